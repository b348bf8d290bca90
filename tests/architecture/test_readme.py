"""What the README shows can be used as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from catalogue.definitions.segment_file import parse_segment_files

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_segment_that_the_readme_shows_is_a_segment_file() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (segment,) = parse_segment_files(text, file_name="README.md", default_timezone="UTC")
    assert segment.key == "trial-ending"
    assert not segment.refused


@pytest.mark.parametrize("command", sorted(set(re.findall(r"manage\.py ([a-z_]+)", README))))
def test_the_commands_that_the_readme_names_exist(command: str) -> None:
    assert command in get_commands()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([\w./-]+)\)", README))))
def test_the_links_of_the_readme_lead_somewhere(link: str) -> None:
    assert (ROOT / link).exists()
