"""manage.py experiments list: all experiments, what was seen and what was decided."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TextIO

from catalogue.experiments.queries import Standing, experiments_for, standings
from catalogue.management.lines import json_line, table
from catalogue.models import ExperimentState

HELP = "List experiments, the newest first, with what could be said at the newest look."
HEAD = ("experiment", "segment", "state", "seen", "people", "needed", "decision")


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("--state", choices=ExperimentState.values, help="only those of this state")
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Print them."""
    rows = experiments_for(None)
    if options["state"]:
        rows = rows.filter(state=options["state"])
    found = [_row(one) for one in standings(rows)]
    if options["json"]:
        for row in found:
            json_line(stdout, row)
    else:
        table(stdout, HEAD, [list(row.values())[: len(HEAD)] for row in found])
    return 0


def _row(one: Standing) -> dict[str, object]:
    row, look = one.experiment, one.look
    return {
        "experiment": str(row),
        "segment": row.segment.key,
        "state": row.state,
        "seen": look.state if look else None,
        "people": look.people if look else None,
        "needed": row.needed,
        "decision": row.decision or None,
        "effects": look.effects if look else [],
    }
