"""manage.py segments plan-refresh: which scans a refresh would make, and what each answers."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone

from catalogue.management.instants import instant
from catalogue.management.lines import json_line, table
from catalogue.management.segment_keys import check_keys
from catalogue.membership.estimating import NoDataYet
from catalogue.membership.refresh_plans import Planned, PlannedScan, plan_refresh

HELP = (
    "Show the scans that a refresh would make and how many conditions each answers; nothing is read"
    " but file lists. --explain lists the conditions, the segments that ask them, and which of them"
    " are read anew at every refresh."
)
HEAD = ("reads", "of", "conditions", "anew", "bytes")
READS = {
    "trait": "newest values",
    "history": "history",
    "accounts": "accounts of customers",
    "sample": "ids",
    "events": "events, counted",
    "walk": "events, in order",
}


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("keys", nargs="*", metavar="KEY", help="segments; none: all of them")
    parser.add_argument("--explain", action="store_true", help="list what each scan answers")
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="as of this instant (default: now)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines: one for each scan")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print the plan; 1 when a segment could not be judged."""
    check_keys(options["keys"])
    try:
        planned = plan_refresh(options["keys"], now=options["now"] or timezone.now())
    except NoDataYet as nothing:
        raise CommandError(str(nothing)) from nothing
    if options["json"]:
        for scan in planned.scans:
            json_line(stdout, _row(scan, planned))
    else:
        _print(planned, stdout, explain=options["explain"])
    for key, reason in planned.refused.items():
        stderr.write(f"{key} would not be judged: {reason}\n")
    return 1 if planned.refused else 0


def _print(planned: Planned, stdout: TextIO, *, explain: bool) -> None:
    asked = sum(len(scan.answers) for scan in planned.scans)
    stdout.write(
        f"{len(planned.scans):,} scans answer {asked:,} distinct conditions of"
        f" {planned.segments:,} segments, as of {planned.now:%Y-%m-%d %H:%M} UTC on data loaded"
        f" {planned.data_as_of:%Y-%m-%d %H:%M} UTC (photo {planned.photo}).\n\n"
    )
    if explain:
        for scan in planned.scans:
            stdout.writelines(_explained(scan))
    elif planned.scans:
        table(stdout, HEAD, [_cells(scan) for scan in planned.scans])


def _cells(scan: PlannedScan) -> list[object]:
    anew = sum(bool(one.read_anew) for one in scan.answers)
    return [READS[scan.source.kind], _names(scan), len(scan.answers), anew, scan.size]


def _names(scan: PlannedScan) -> str:
    listed = ", ".join(scan.source.names)
    return f"{listed} (of accounts)" if scan.source.subject == "account" else listed


def _explained(scan: PlannedScan) -> Iterator[str]:
    size = "" if scan.size is None else f", {scan.size:,} bytes"
    yield f"{READS[scan.source.kind]}: {_names(scan) or 'of everybody'}{size}\n"
    for one in scan.answers:
        yield f"  {one.text}\n"
        yield f"    for {', '.join(one.segments)}\n"
        if one.read_anew:
            yield f"    read anew every time: {one.read_anew}\n"
    yield "\n"


def _row(scan: PlannedScan, planned: Planned) -> dict[str, object]:
    return {
        "kind": scan.source.kind,
        "names": list(scan.source.names),
        "subject": scan.source.subject,
        "bytes": scan.size,
        "photo": planned.photo,
        "now": planned.now,
        "conditions": [
            {
                "text": one.text,
                "segments": list(one.segments),
                "follows": not one.read_anew,
                "read_anew": one.read_anew,
            }
            for one in scan.answers
        ],
    }
