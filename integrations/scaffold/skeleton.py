"""The files that a new connector begins with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from string import Template

from integrations.manifest import FUNCTIONS
from integrations.quality import RULES
from integrations.scaffold.folders import Folders, folders_of

TEMPLATES = Path(__file__).parent / "templates"
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 20


class CannotScaffold(Exception):
    """Nothing was written; the message is a sentence that says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """What is known of a tool before its connector is written. `audience`: its word for a list."""

    name: str
    title: str
    function: str = "any"
    audience: str = "list"


def write_skeleton(tool: Tool) -> list[Path]:
    """Make both folders of a new connector and return the files. Raises CannotScaffold."""
    _refuse(tool)
    folders = folders_of(tool.name)
    for folder in (folders.code, folders.tests):
        if folder.exists():
            raise CannotScaffold(f"{folder} is there already. Choose another name.")
    texts = _texts(tool, folders)
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _refuse(tool: Tool) -> None:
    if not _NAME.fullmatch(tool.name) or len(tool.name) > _LONGEST:
        raise CannotScaffold(
            f"{tool.name!r} cannot name a connector: small letters, digits and _, a letter first,"
            f" at most {_LONGEST}."
        )
    if tool.function not in FUNCTIONS:
        raise CannotScaffold(f"The function is one of: {', '.join(FUNCTIONS)}.")
    for what, text in (("title", tool.title), ("audience", tool.audience)):
        if not re.fullmatch(r"[\w .+&/-]+", text) or len(text) > _LONGEST:
            raise CannotScaffold(
                f"The {what} is up to {_LONGEST} letters, digits, blanks and .+&/-"
            )


def _texts(tool: Tool, folders: Folders) -> dict[Path, str]:
    said = {
        "name": tool.name,
        "title": tool.title,
        "function": tool.function,
        "audience": tool.audience,
        "class_": "".join(part.capitalize() for part in tool.name.split("_")),
        "env": tool.name.upper(),
        "rules": "\n".join(f'{name} = "todo: try it"' for name in RULES),
    }
    return {
        target / path.name.removesuffix(".txt"): Template(path.read_text()).substitute(said)
        for target, source in ((folders.code, "code"), (folders.tests, "tests"))
        for path in sorted((TEMPLATES / source).glob("*.txt"))
    }
