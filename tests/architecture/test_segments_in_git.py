"""docs/segments-in-git.md can be followed as it stands."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML

from catalogue.management.commands.segments import SUBCOMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "segments-in-git.md").read_text(encoding="utf-8")


def test_the_commands_that_it_names_exist() -> None:
    named = set(re.findall(r"segments ([a-z]+) (?:--[a-z]+ )?(?:sarif )?(?:DIR|segments/)", PAGE))
    assert named == {"fmt", "lint", "test", "plan", "apply", "export"}
    assert named <= set(SUBCOMMANDS)


def test_the_pipeline_is_yaml_with_three_jobs() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    jobs = YAML(typ="safe", pure=True).load(text)
    assert list(jobs) == ["check", "plan", "apply"]
    assert all(
        line.startswith("manage.py segments ") for job in jobs.values() for line in job["script"]
    )
