"""manage.py segments plan DIR: what an apply of these files would do. Stores nothing."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from catalogue.definitions.segment_file import SegmentFile
from catalogue.management.instants import instant
from catalogue.management.plan_report import Report, report_json, report_text
from catalogue.management.segments_apply import refuse
from catalogue.membership.planning import SECONDS, FilesPlan, plan_files
from catalogue.ports import tool_states
from catalogue.segments.checking import check_files
from catalogue.segments.folder import read_folder
from catalogue.segments.lifecycle import Gate
from catalogue.segments.proposals import without_file
from catalogue.segments.saved_plans import write_plan
from catalogue.segments.vocabulary import stored_labels, stored_vocabulary

HELP = (
    "Say what applying files would do: what differs in plain words, how many enter and leave, what"
    " is built on it and which tools follow. Stores nothing. Exit status 0: no difference, 2: a"
    " difference, 1: refused."
)
DIFFERENCE = 2


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("paths", nargs="+", metavar="FILE_OR_DIR")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="keep the plan, for segments apply --plan FILE"
    )
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="count as of this instant (default: now)"
    )
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help=f"count so long (default: {SECONDS:.0f})"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print the plan; whether anything differs is the exit code."""
    files, problems = read_folder(options["paths"], default_timezone=settings.WORKSPACE_TIME_ZONE)
    if not problems:
        own = {file.key: file.subject for file in files}
        gate = Gate.of_workspace(timezone.localdate())
        problems = check_files(files, stored_vocabulary(also=own), gate).problems
    if problems:
        return refuse(problems, options, stdout, stderr)
    made_at = timezone.now()
    plan = plan_files(
        files, now=options["now"] or made_at, made_at=made_at, seconds=options["seconds"]
    )
    if options["out"] is not None:
        _keep(plan, options["out"])
    report = report_json if options["json"] else report_text
    report(_report(plan, files, options["paths"]), stdout)
    return DIFFERENCE if plan.has_difference else 0


def _report(plan: FilesPlan, files: Sequence[SegmentFile], paths: Sequence[str]) -> Report:
    # Who plans a single file does not say anything about all others.
    whole = any(Path(path).is_dir() for path in paths)
    return Report(
        plan=plan,
        labels=stored_labels(None),
        tools=tool_states([file.key for file in files]),
        without_file=without_file(files) if whole else [],
    )


def _keep(plan: FilesPlan, path: Path) -> None:
    try:
        path.write_text(write_plan(plan.saved), encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.") from error
