"""The scans of a refresh in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WHAT = {
    "trait": ("the trait {names}", "the newest values"),
    "history": ("the trait {names}", "the whole history"),
    "accounts": ("accounts", "whose customer is whose"),
    "sample": ("ids", "drawn for samples"),
    "events": ("{names}", "counted"),
    "walk": ("{names}", "one after the other"),
}
# More names than these are counted.
NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScan:
    """What was read and how, and what that took; `bytes` is None where it is not known."""

    what: str
    how: str
    conditions: int
    rows: int
    bytes: int | None
    milliseconds: float
    error: str


def shown_scans(scans: Sequence[Mapping[str, Any]]) -> list[ShownScan]:
    """The scans as `RefreshRun.scans` keeps them, the longest first."""
    return [_shown(one) for one in sorted(scans, key=lambda one: -one["milliseconds"])]


def _shown(scan: Mapping[str, Any]) -> ShownScan:
    what, how = WHAT[scan["kind"]]
    whose = " of accounts" if scan["subject"] == "account" else ""
    return ShownScan(
        what=what.format(names=_names(scan["names"])) + whose,
        how=f"{how}; only what was new" if scan["update"] else how,
        conditions=scan["conditions"],
        rows=scan["rows"],
        bytes=scan["bytes"],
        milliseconds=scan["milliseconds"],
        error=scan["error"],
    )


def _names(names: Sequence[str]) -> str:
    if not names:
        return "events that never happened"
    shown = [f"“{name}”" for name in names[:NAMED]]
    more = len(names) - NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")
