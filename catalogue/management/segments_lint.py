"""manage.py segments lint: are these files well-formed? Needs no database."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TextIO

from django.conf import settings

from catalogue.management.lines import json_line
from catalogue.management.segments_apply import refuse
from catalogue.segments.checking import check_alone
from catalogue.segments.folder import read_folder

HELP = "Check segment files without a workspace: their form, keys, circles and what live needs."


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Say what is wrong with the files; 1 when anything is."""
    files, problems = read_folder(options["paths"], default_timezone=settings.WORKSPACE_TIME_ZONE)
    problems += check_alone(files).problems
    if problems:
        return refuse(problems, options, stdout, stderr)
    for file in files:
        if options["json"]:
            json_line(stdout, {"outcome": "ok", "file": file.file_name, "segment": file.key})
    if not options["json"]:
        stdout.write(f"{len(files)} segment(s) are well-formed.\n")
    return 0
