"""manage.py segments fmt: segment files in the one layout. Needs no database."""

from __future__ import annotations

import os
import shutil
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.layout import format_yaml
from catalogue.management.lines import json_line
from catalogue.management.segments_apply import refuse
from catalogue.segments.folder import find_files, text_of
from catalogue.segments.reports import Problem

HELP = (
    "Write segment files in the one layout; words, order and comments stay. A file that cannot be"
    " read is left as it is and named."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit status 1 if a file would change"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Name each file that changes; 1 when one cannot be read, or would change and may not."""
    problems: list[Problem] = []
    changed = 0
    for path in find_files(options["paths"], problems):
        try:
            before = text_of(path)
            after = format_yaml(before)
        except DefinitionError as error:
            problems += [Problem(file=str(path), fault=fault) for fault in error.faults]
            continue
        if after != before:
            changed += 1
            if not options["check"]:
                _write(path, after)
            _say(path, options, stdout)
    if problems:
        refuse(problems, options, stdout, stderr)
    return 1 if problems or (changed and options["check"]) else 0


def _say(path: Path, options: Mapping[str, Any], stdout: TextIO) -> None:
    if options["json"]:
        outcome = "would_change" if options["check"] else "formatted"
        json_line(stdout, {"outcome": outcome, "file": str(path)})
    else:
        stdout.write(f"{path}\n")


def _write(path: Path, text: str) -> None:
    """All of the file or nothing of it."""
    beside = path.with_name(f".{path.name}.fmt")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        shutil.copymode(path, beside)
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
