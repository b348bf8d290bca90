"""manage.py segments overlap KEY KEY …: how much segments have in common."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import UTC
from typing import Any, TextIO

from django.core.management.base import CommandError

from catalogue.management.lines import json_line, table
from catalogue.management.segment_keys import check_keys
from catalogue.membership.overlap import Circle, NotComparable, Overlap, Pair, overlap
from catalogue.membership.versions import DamagedVersion
from catalogue.segments.subjects import PLURALS

HELP = (
    "Count what segments have in common: every two of them, and of up to five each region. By what"
    " was published last of each."
)
CIRCLES = ("size", "version", "as of", "segment")
PAIRS = ("both", "of all", "of the smaller", "segments")
REGIONS = ("members", "only in")


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("keys", metavar="KEY", nargs="+", help="keys of two segments or more")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Count and print."""
    check_keys(options["keys"])
    try:
        found = overlap(options["keys"], viewer=None)
    except (NotComparable, DamagedVersion) as error:
        raise CommandError(str(error)) from error
    if options["json"]:
        json_line(stdout, found.as_data())
    else:
        _print(found, stdout)
    return 0


def _print(found: Overlap, stdout: TextIO) -> None:
    table(stdout, CIRCLES, [_circle(one) for one in found.circles])
    stdout.write(f"\n{found.union:,} {PLURALS[found.subject]} are in any of them.\n\n")
    pairs = sorted(found.pairs(), key=lambda one: one.both, reverse=True)
    table(stdout, PAIRS, [_pair(one) for one in pairs])
    if found.regions is not None:
        stdout.write("\n")
        rows = [(one.size, ", ".join(one.keys)) for one in found.regions]
        table(stdout, REGIONS, rows)


def _circle(one: Circle) -> tuple[object, ...]:
    return one.size, f"m{one.version}", f"{one.now.astimezone(UTC):%Y-%m-%d %H:%M} UTC", one.key


def _pair(one: Pair) -> tuple[object, ...]:
    shares = (_share(one.jaccard), _share(one.share_of_smaller))
    return one.both, *shares, f"{one.one}, {one.other}"


def _share(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"
