"""manage.py segments apply: store segments as their files say, all of them or none."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError

from catalogue.definitions.segment_file import SegmentFile
from catalogue.management.lines import json_line
from catalogue.segments.folder import read_folder
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reports import ApplyReport, FilesRefused, Problem
from catalogue.segments.saved_plans import (
    AGAIN,
    PlanOutdated,
    PlanUnreadable,
    apply_planned,
    read_plan,
)
from catalogue.segments.services import apply_files

HELP = "Store segments as their files say: all files of one apply together, or none of them."


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR")
    parser.add_argument(
        "--plan",
        type=Path,
        metavar="FILE",
        help="only what segments plan --out FILE said, and only while nothing has moved since",
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Apply, and say what became of each segment; 1 when the files are refused."""
    files, problems = read_folder(options["paths"], default_timezone=settings.WORKSPACE_TIME_ZONE)
    if problems:
        return refuse(problems, options, stdout, stderr)
    try:
        report = _apply(files, options["plan"])
    except PlanOutdated as error:
        return _outdated(error, options, stdout, stderr)
    except FilesRefused as error:
        return refuse(error.problems, options, stdout, stderr)
    except (SegmentRefused, DatabaseError) as error:
        raise CommandError(f"Nothing was stored. {error}") from error
    _print(report, stdout, as_json=options["json"])
    return 0


def _apply(files: Sequence[SegmentFile], plan: Path | None) -> ApplyReport:
    if plan is None:
        return apply_files(files, by=None)
    try:
        saved = read_plan(plan.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{plan} cannot be read: {error.strerror}.") from error
    except (PlanUnreadable, UnicodeDecodeError) as error:
        raise CommandError(
            f"{plan} is no plan to apply. Write one with manage.py segments plan FILE_OR_DIR --out"
            f" {plan}"
        ) from error
    return apply_planned(files, saved, by=None)


def _outdated(
    error: PlanOutdated, options: Mapping[str, Any], stdout: TextIO, stderr: TextIO
) -> int:
    if options["json"]:
        for reason in error.reasons:
            json_line(stdout, {"outcome": "refused", "code": "plan_outdated", "message": reason})
    else:
        stderr.writelines(f"{line}\n" for line in (*error.reasons, AGAIN))
    return 1


def refuse(
    problems: Sequence[Problem], options: Mapping[str, Any], stdout: TextIO, stderr: TextIO
) -> int:
    """Print every problem, as sentences on stderr or as JSON Lines; the exit code."""
    for problem in problems:
        if options["json"]:
            json_line(stdout, {"outcome": "refused", **problem.row()})
        else:
            stderr.write(problem.sentence() + "\n")
    if not options["json"]:
        stderr.write(f"Refused for {len(problems)} reason(s).\n")
    return 1


def _print(report: ApplyReport, stdout: TextIO, *, as_json: bool) -> None:
    if as_json:
        _print_json(report, stdout)
        return
    for one in report.segments:
        stdout.write(f"{one.outcome:<9}  {one.key} d{one.definition_version}\n")
        for warning in one.warnings:
            stdout.write(f"           {warning}\n")
    for team in report.teams_created:
        stdout.write(f"Created the team “{team}”, which did not exist.\n")
    for address in report.unknown_owners:
        stdout.write(f"The owner {address} has no login yet; the address is kept.\n")


def _print_json(report: ApplyReport, stdout: TextIO) -> None:
    for one in report.segments:
        row = {
            "outcome": one.outcome,
            "segment": one.key,
            "definition_version": one.definition_version,
            "new_definition": one.is_new_definition,
            "warnings": one.warnings,
        }
        json_line(stdout, row)
    for team in report.teams_created:
        json_line(stdout, {"outcome": "created", "team": team})
    for address in report.unknown_owners:
        json_line(stdout, {"outcome": "kept", "owner": address})
