"""manage.py segments goal KEY: whether the goal of a segment is reached, and by how many."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import UTC
from typing import Any, TextIO

from catalogue.goals.reading import METHOD, GoalReport, report_of, row_of
from catalogue.management.lines import json_line, table
from catalogue.management.segment_keys import check_keys
from catalogue.models import GoalSplit, Segment
from catalogue.segments.vocabulary import stored_labels

HELP = "Print whether the goal of a segment is reached, and how everybody who entered stands to it."
HEAVY = tuple(f"goal_split__{state}" for state in GoalSplit.STATES)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Read and print."""
    check_keys([options["key"]])
    related = ("definition", "membership", "goal_split__membership")
    rows = Segment.objects.select_related(*related).defer(*HEAVY)
    report = report_of(rows.get(key=options["key"]), labels=stored_labels(None))
    if options["json"]:
        json_line(stdout, row_of(report))
    else:
        _print(report, stdout)
    return 0


def _print(report: GoalReport, stdout: TextIO) -> None:
    standing, split = report.standing, report.split
    stdout.write(f"{report.segment.key}: {report.sentence or 'no goal'}\n")
    share = "" if standing.share is None else f"{100 * standing.share:.1f} % "
    stdout.write(f"{share}{standing.word}. {standing.because}\n")
    if split is None:
        return
    if standing.low is not None:
        stdout.write(f"95 % interval {report.interval_words}; {METHOD}.\n")
    if standing.as_of is not None:
        stdout.write(f"As of {standing.as_of.astimezone(UTC):%Y-%m-%d %H:%M} UTC.\n")
    stdout.write("\n")
    rows = [
        ("reached", split.reached_count),
        ("missed", split.missed_count),
        ("there already, time runs", split.too_early_count),
        ("not yet, time runs", split.not_yet_count),
        ("entered", split.entered),
    ]
    table(stdout, ("state", report.plural), rows)
