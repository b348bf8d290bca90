"""Names that reach into objects: `company.size.seats`, `"a.b".c`."""

from __future__ import annotations

import re

from catalogue.definitions.pieces import Piece
from catalogue.definitions.terms import Path

QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"(?=\.|$)', re.DOTALL)
PLAIN = re.compile(r'[^".][^.]*(?=\.|$)', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def read_path(text: str) -> Path | None:
    """The names of a path; None when it is none. A name with a dot in it stands in quotes; in
    quotes a backslash keeps the next character as it is."""
    names = []
    position = 0
    while True:
        match = QUOTED.match(text, position) or PLAIN.match(text, position)
        if match is None:
            return None
        names.append(ESCAPED.sub(r"\1", match[1]) if match.re is QUOTED else match[0])
        if match.end() == len(text):
            return tuple(names) if all(names) else None
        position = match.end() + 1


def write_path(path: Path) -> str:
    """A path as a file writes it."""
    return ".".join(_write_name(name) for name in path)


def _write_name(name: str) -> str:
    if "." not in name and not name.startswith('"'):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parse_path(piece: Piece, what: str) -> Path:
    """The path of a trait or property."""
    text = piece.text(what)
    path = read_path(text)
    if path is None:
        raise piece.bad(
            f"“{text}” is not a name. Dots reach into objects, as in company.size; a name with a"
            ' dot of its own stands in quotes, as in "a.b".c.'
        )
    return path
