"""manage.py segments reviews: which segments are to be looked over, and when."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TextIO

from django.utils import timezone

from catalogue.management.lines import json_line
from catalogue.segments.queries.reviews import due_reviews

HELP = "List the next review of every live segment, the most overdue first."


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument(
        "--overdue", action="store_true", help="only those; exit status 1 when there are any"
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print them; 1 when only overdue ones were asked for and there are some."""
    found = due_reviews(None, now=timezone.now())
    if options["overdue"]:
        found = [one for one in found if one.state == "overdue"]
    for one in found:
        if options["json"]:
            row = {
                "segment": one.key,
                "state": one.state,
                "due_at": one.due_at.isoformat(),
                "every": one.every,
                "reviewer": one.reviewer,
            }
            json_line(stdout, row)
        else:
            asked = one.reviewer or "nobody"
            stdout.write(f"{one.state:<8} {one.due_at:%Y-%m-%d}  {one.key}, asked of {asked}\n")
    return 1 if options["overdue"] and found else 0
