"""What a scaffold leaves to be written: functions that raise NotImplementedError, and the mark
TODO in texts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from integrations.scaffold.folders import Folders

MARK = "TODO"
_TEXTS = ("manifest.toml", "README.md", "config.py")


def unwritten(folders: Folders) -> Iterator[str]:
    """One sentence for each thing still to be written, in both folders."""
    for name in _TEXTS:
        path = folders.code / name
        if path.is_file():
            yield from _marks(name, path)
    for path in folders.sources:
        where = f"tests: {path.name}" if path.is_relative_to(folders.tests) else path.name
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, UnicodeDecodeError):
            # Importing it says so, better.
            continue
        yield from _raising(where, tree)


def _marks(name: str, path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        before, mark, after = line.partition(f"{MARK}:")
        if mark:
            section = before.strip(' #="-')
            what = after.strip().rstrip('".')
            yield f"{name}: {section}: {what}" if section else f"{name}: {what}"


def _raising(where: str, tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            reason = next((said for one in node.body if (said := _not_written(one))), None)
            if reason is not None:
                yield f"{where}: {node.name}: {reason}"


def _not_written(statement: ast.stmt) -> str | None:
    """What `raise NotImplementedError("…")` says; None for all else."""
    match statement:
        case ast.Raise(exc=ast.Call(func=ast.Name(id="NotImplementedError"), args=args)):
            said = args[0].value if args and isinstance(args[0], ast.Constant) else ""
            return str(said) or "not written"
        case ast.Raise(exc=ast.Name(id="NotImplementedError")):
            return "not written"
    return None
