"""manage.py segments leaving KEY: who will leave a segment by the clock alone."""

from __future__ import annotations

import csv
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone

from catalogue import published
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.static_list import COLUMNS
from catalogue.management.instants import instant
from catalogue.management.lines import json_line, table
from catalogue.management.segment_keys import check_keys
from catalogue.membership.estimating import NoDataYet
from catalogue.membership.leaving import (
    ASSUMPTION,
    MOST_DAYS,
    Leaving,
    NothingToForetell,
    ScanFailed,
    leaving,
)
from catalogue.membership.versions import DamagedVersion
from catalogue.models import Segment
from catalogue.published import Purpose
from catalogue.segments.subjects import PLURALS

HELP = (
    "Foretell how many will leave a segment by the clock alone, day by day: as if nothing more were"
    " said or done."
)
HEAD = ("day", "as of", "leaving", "left")


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--days", type=_days, default=7, help=f"1 to {MOST_DAYS} (default: 7)")
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="judge as of this instant (default: now)"
    )
    parser.add_argument("--seconds", type=float, default=60, help="give up after (default: 60)")
    parser.add_argument("--people", action="store_true", help="print who, not how many")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DAYS:
        raise ArgumentTypeError(f"{text!r} is no number of days from 1 to {MOST_DAYS}")
    return int(text)


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Foretell and print."""
    check_keys([options["key"]])
    segment = Segment.objects.get(key=options["key"])
    now = options["now"] or timezone.now()
    try:
        found = leaving(segment, now=now, days=options["days"], seconds=options["seconds"])
    except (NothingToForetell, DamagedVersion, NoDataYet, ScanFailed, DefinitionError) as error:
        raise CommandError(str(error)) from error
    if options["people"]:
        _print_people(found, stdout, as_json=options["json"])
    elif options["json"]:
        json_line(stdout, {**found.row(), "now": found.now})
    else:
        _print(found, stdout)
    return 0


def _print(found: Leaving, stdout: TextIO) -> None:
    stdout.write(
        f"{found.key}: of {found.size:,} {PLURALS[found.subject]} in membership version"
        f" {found.version}, {found.count:,} leave within {len(found.days)} days after"
        f" {_when(found.now)}, and {len(found.due):,} are out already, until the next refresh.\n"
        f"{ASSUMPTION}\n\n"
    )
    table(stdout, HEAD, [(day.number, _when(day.at), day.count, day.left) for day in found.days])


def _print_people(found: Leaving, stdout: TextIO, *, as_json: bool) -> None:
    column = COLUMNS[found.subject]
    leavers = published.leavers(found, purpose=Purpose.COMMAND, viewer=None)
    if as_json:
        for name, at in leavers:
            json_line(stdout, {column: name, "leaves_by": at})
        return
    writer = csv.writer(stdout, lineterminator="\n")
    writer.writerow([column, "leaves_by"])
    writer.writerows((name, at.astimezone(UTC).isoformat()) for name, at in leavers)


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
