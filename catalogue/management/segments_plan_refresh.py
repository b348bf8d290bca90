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
from catalogue.membership.judging import is_gauge
from catalogue.membership.refresh_plans import Planned, PlannedScan, plan_refresh

HELP = (
    "Show the scans that a refresh would make and how many conditions each answers; nothing is read"
    " but file lists. --explain lists the conditions, the segments that ask them, and which of them"
    " are read anew at every refresh."
)
HEAD = ("reads", "of", "conditions", "anew", "bytes")
# More names than these are counted in the table.
NAMED = 4
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
        f"{_count(len(planned.scans), 'scan')} for {_count(asked, 'distinct condition')} of"
        f" {_count(planned.segments, 'segment')}, as of {planned.now:%Y-%m-%d %H:%M} UTC on data"
        f" loaded {planned.data_as_of:%Y-%m-%d %H:%M} UTC (photo {planned.photo}).\n\n"
    )
    if explain:
        for scan in planned.scans:
            stdout.writelines(_explained(scan))
        for key, read in sorted(planned.parts.items()):
            stdout.write(f"parts of {key}\n    read anew every time: {read}\n\n")
    elif planned.scans:
        table(stdout, HEAD, [_cells(scan) for scan in planned.scans])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cells(scan: PlannedScan) -> list[object]:
    anew = sum(bool(one.read_anew) for one in scan.answers)
    return [READS[scan.source.kind], _names(scan), len(scan.answers), anew, scan.size]


def _names(scan: PlannedScan) -> str:
    names = scan.source.names
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    listed = ", ".join(names[:NAMED]) + more
    return f"{listed} (of accounts)" if scan.source.subject == "account" else listed


def _explained(scan: PlannedScan) -> Iterator[str]:
    size = "" if scan.size is None else f", {scan.size:,} bytes"
    yield f"{READS[scan.source.kind]}: {', '.join(scan.source.names) or 'of everybody'}{size}\n"
    for one in scan.answers:
        yield f"  {one.text}\n"
        yield f"    for {', '.join(map(_asker, one.segments))}\n"
        if one.read_anew:
            yield f"    read anew every time: {one.read_anew}\n"
    yield "\n"


def _asker(key: str) -> str:
    """A segment; its goal; or a gauge, which every segment is measured by."""
    kind, _, name = key.partition(":")
    if is_gauge(key):
        return f"the gauge {name.partition(':')[0]}"
    return f"the {kind} of {name}" if name else key


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
