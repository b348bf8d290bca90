"""manage.py segments members KEY: who is in a segment."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TextIO

from django.core.management.base import CommandError

from catalogue import published
from catalogue.definitions.static_list import COLUMNS
from catalogue.management.instants import instant
from catalogue.management.lines import json_line
from catalogue.management.segment_keys import check_keys
from catalogue.membership.versions import DamagedVersion
from catalogue.published import PublishedVersion, Purpose

HELP = (
    "Print the customers (or accounts) of a segment, drafts too, as of its last refresh or of an"
    " instant."
)


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("--format", choices=("csv", "jsonl"), help="csv (default) or jsonl")
    parser.add_argument(
        "--as-of", type=instant, metavar="INSTANT", help="as last refreshed at or before it"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print ids in the order of their ordinals, that is of their first load."""
    version = _version(options["key"], options["as_of"])
    try:
        audience = published.people(version, purpose=Purpose.COMMAND, viewer=None)
    except DamagedVersion as error:
        raise CommandError(str(error)) from error
    as_lines = options["format"] == "jsonl" or (options["json"] and not options["format"])
    ids, column = (one for _, one in audience.ids()), COLUMNS[version.subject]
    if as_lines:
        for one in ids:
            json_line(stdout, {column: one})
    else:
        writer = csv.writer(stdout, lineterminator="\n")
        writer.writerow([column])
        writer.writerows([one] for one in ids)
    return 0


def _version(key: str, as_of: Any) -> PublishedVersion:
    check_keys([key])
    version = published.newest(key) if as_of is None else published.as_of(key, as_of)
    if version is not None:
        return version
    if as_of is not None and published.newest(key) is not None:
        raise CommandError(f"Segment “{key}” was not refreshed as of {as_of} or before.")
    raise CommandError(f"Segment “{key}” has never been refreshed: manage.py refresh {key}")
