"""Commits of a Delta table that add files and do nothing else, as nearly all do: what they add is
read here in a tenth of the time that the library takes to move a table on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.warehouse.pieces import Piece, Pieces

# Every line of a commit has one of these, or it is left to the library.
PLAIN = frozenset({"add", "commitInfo"})


def added_by(folder: Path, version: int) -> Pieces | None:
    """The files that a version of the table adds to the one before; None where it does anything
    else, or says less of a file than is wanted."""
    try:
        told = (folder / "_delta_log" / f"{version:020}.json").read_text(encoding="utf-8")
        actions = [json.loads(line) for line in told.splitlines()]
        if any(action.keys() - PLAIN for action in actions):
            return None
        added = [action["add"] for action in actions if "add" in action]
        # One that adds nothing may be one that was cut off.
        return {_path(folder, one): _piece(one) for one in added} or None
    except (OSError, LookupError, ValueError, TypeError, AttributeError):
        # A commit may be spelt in other ways than ours, or be gone behind a checkpoint.
        return None


def rounded(newest: datetime | None) -> datetime | None:
    """An instant that may have been cut to milliseconds, as one that nothing is later than."""
    return newest and newest + timedelta(milliseconds=1)


def _path(folder: Path, added: Mapping[str, Any]) -> str:
    path = str(added["path"])
    if "%" in path or added["partitionValues"] or added.get("deletionVector"):
        raise ValueError(path)
    return str(folder / path)


def _piece(added: Mapping[str, Any]) -> Piece:
    told = json.loads(added["stats"])
    newest = told.get("maxValues", {}).get("at")
    at = None if newest is None else datetime.fromisoformat(newest)
    at = at.astimezone(UTC).replace(tzinfo=None) if at and at.tzinfo else at
    return Piece(size=int(added["size"]), rows=int(told["numRecords"]), newest=rounded(at))
