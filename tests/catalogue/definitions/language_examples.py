"""The examples of docs/language.md: below each clause the lines of a spec that holds it. A comment
on the page names the spec; what stands below it is written by

    BASELINE=write pytest tests/catalogue/definitions/test_language_page.py
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from catalogue.definitions.segment_file import SegmentFile, parse_segment_files

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "language.md"
SPECS = ROOT / "tests" / "specs"
# Inside a numbered list everything is indented.
PAD = " " * 4
NAMED = re.compile(
    rf"^{PAD}<!-- spec: (\S+) (\S+) -->\n(?:{PAD}```yaml\n.*?\n{PAD}```\n)?",
    re.MULTILINE | re.DOTALL,
)


@cache
def spec(name: str, key: str) -> SegmentFile:
    """A segment of a file of specs."""
    parts = (SPECS / name).read_text(encoding="utf-8").split("\n---\n")
    (part,) = (one for one in parts if f"\nkey: {key}\n" in one)
    (file,) = parse_segment_files(part, file_name=name)
    return file


def with_examples(page: str) -> str:
    """The page with the lines of every spec that it names."""
    return NAMED.sub(lambda found: _example(found[1], found[2]), page)


def _example(name: str, key: str) -> str:
    lines = [f"# tests/specs/{name}, {key}", *_lines(spec(name, key))]
    shown = "".join(f"{PAD}{line}\n" if line else "\n" for line in lines)
    return f"{PAD}<!-- spec: {name} {key} -->\n{PAD}```yaml\n{shown}{PAD}```\n"


def _lines(file: SegmentFile) -> list[str]:
    """What the spec says from its definition on."""
    lines = file.own_text.rstrip().splitlines()
    return lines[next(i for i, line in enumerate(lines) if line.startswith("definition:")) :]
