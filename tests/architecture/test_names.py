"""Rules about the tree itself that no tool checks for us."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "misc", "shared"}
CODE = ("catalogue", "integrations", "config", "tests")


def sources() -> list[Path]:
    return [path for folder in CODE for path in (ROOT / folder).rglob("*.py")]


def test_nothing_is_called_a_drawer() -> None:
    names = {part for path in sources() for part in (*path.parent.parts, path.stem)}

    assert names & DRAWERS == set()


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources()
        if "migrations" not in path.parts
        and (count := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }

    assert long == {}


def test_no_test_is_skipped_or_expected_to_fail() -> None:
    excuse = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|skipif|xfail)")
    others = (path for path in sources() if path != Path(__file__))

    assert [path for path in others if excuse.search(path.read_text(encoding="utf-8"))] == []


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None

    printed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)

    listed = re.findall(r"^make ([a-z-]+) +\S", printed.stdout, re.MULTILINE)
    assert listed == phony.group(1).split()
    assert {"setup", "run", "demo", "test", "test-more", "lint", "fix", "bench"} <= set(listed)


def test_every_group_left_out_of_make_test_is_in_make_test_more() -> None:
    from tests.conftest import MORE

    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert f"\nMORE := {' '.join(MORE)}\n" in makefile


def test_every_template_and_style_asks_nothing_of_other_hosts() -> None:
    assets = [
        path
        for folder in ("templates", "static")
        for path in (ROOT / "catalogue" / folder).rglob("*")
        if path.suffix in {".html", ".css", ".js"}
    ]
    assert assets

    assert [path for path in assets if re.search(r"(https?:)?//[a-z]", path.read_text())] == []


def test_no_template_carries_a_script_or_a_style_of_its_own() -> None:
    # The content security policy would refuse them.
    inline = re.compile(r"<script(?! src=)|<style| style=| on[a-z]+=")
    templates = (ROOT / "catalogue" / "templates").rglob("*.html")

    assert [path for path in templates if inline.search(path.read_text())] == []
