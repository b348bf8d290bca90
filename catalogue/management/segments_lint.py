"""manage.py segments lint: are these files well-formed? Needs no database."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.utils import timezone

from catalogue.definitions.segment_file import SegmentFile
from catalogue.lint.files import Advice, look_at_files
from catalogue.management.lines import json_line
from catalogue.management.sarif import sarif
from catalogue.management.segments_apply import refuse
from catalogue.models.workspace import functions
from catalogue.segments.checking import check_alone, warnings_alone
from catalogue.segments.folder import read_folder
from catalogue.segments.reports import Problem

HELP = (
    "Check segment files without a workspace: their form, keys, circles and what live needs, and by"
    " the rules of docs/linter.md. Exit status 1 when anything is refused; warnings and advice"
    " refuse nothing."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR")
    parser.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text", help="default: text"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Say what is wrong with the files; 1 when anything is."""
    paths = options["paths"]
    files, problems = read_folder(paths, default_timezone=settings.WORKSPACE_TIME_ZONE)
    problems += check_alone(files).problems
    is_whole = any(Path(path).is_dir() for path in paths)
    warnings = warnings_alone(files, is_whole=is_whole and not problems)
    advice = look_at_files(files, functions=functions(), today=timezone.now().date())
    if options["format"] == "sarif":
        stdout.write(sarif(problems, warnings, advice, root=Path.cwd()))
        return 1 if problems else 0
    said = {**options, "json": options["json"] or options["format"] == "json"}
    _warn(warnings, said, stdout, stderr)
    _advise(advice, said, stdout, stderr)
    if problems:
        return refuse(problems, said, stdout, stderr)
    _pass(files, said, stdout)
    return 0


def _warn(
    warnings: Sequence[Problem], options: Mapping[str, Any], stdout: TextIO, stderr: TextIO
) -> None:
    for warning in warnings:
        if options["json"]:
            json_line(stdout, {"outcome": "warning", **warning.row()})
        else:
            stderr.write(f"Warning: {warning.sentence()}\n")


def _advise(
    advice: Sequence[Advice], options: Mapping[str, Any], stdout: TextIO, stderr: TextIO
) -> None:
    for one in advice:
        if options["json"]:
            json_line(stdout, {"outcome": "advice", **one.row()})
        else:
            stderr.write(f"Advice: {one.sentence()}\n")


def _pass(files: Sequence[SegmentFile], options: Mapping[str, Any], stdout: TextIO) -> None:
    for file in files:
        if options["json"]:
            json_line(stdout, {"outcome": "ok", "file": file.file_name, "segment": file.key})
    if not options["json"]:
        stdout.write(f"{len(files)} segment(s) are well-formed.\n")
