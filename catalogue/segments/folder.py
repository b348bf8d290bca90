"""Segment files on disk: found, read, and everything wrong with them noted. Needs no database."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.segment_file import SegmentFile, parse_segment_files
from catalogue.segments.reports import Problem

ENDINGS = {".yaml", ".yml"}


def read_folder(
    paths: Iterable[str], *, default_timezone: str
) -> tuple[list[SegmentFile], list[Problem]]:
    """Read files, and folders with everything below them, in the order of their names. What cannot
    be read is a problem and does not hide what is wrong with other files."""
    found: list[SegmentFile] = []
    problems: list[Problem] = []
    for path in find_files(paths, problems):
        try:
            found += _parse(path, default_timezone)
        except DefinitionError as error:
            problems += [Problem(file=str(path), fault=fault) for fault in error.faults]
    return found, problems


def find_files(paths: Iterable[str], problems: list[Problem]) -> list[Path]:
    """The segment files that are meant, each once; what is wrong is added to `problems`."""
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        below = sorted(one for one in path.rglob("*") if one.suffix in ENDINGS and one.is_file())
        if path.is_dir() and below:
            files.update(dict.fromkeys(below))
        elif path.is_dir():
            problems.append(_problem(path, "There are no .yaml or .yml files in this folder."))
        else:
            files[path] = None
    return list(files)


def _parse(path: Path, default_timezone: str) -> list[SegmentFile]:
    def read_beside(name: str) -> str:
        return (path.parent / name).read_bytes().decode("utf-8")

    return parse_segment_files(
        text_of(path),
        file_name=str(path),
        default_timezone=default_timezone,
        read_file=read_beside,
    )


def text_of(path: Path) -> str:
    """The text of a file. Raises DefinitionError when it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        message = "The file is not UTF-8 text. Save it with the encoding UTF-8."
        fault = Fault(code=Code.BAD_VALUE, message=message, line=line, column=1)
        raise DefinitionError(fault) from None
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        raise DefinitionError(Fault(code=Code.BAD_VALUE, message=message)) from None


def _problem(path: Path, message: str) -> Problem:
    return Problem(file=str(path), fault=Fault(code=Code.BAD_VALUE, message=message))
