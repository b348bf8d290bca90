"""What an address asks for, read with care: whatever is not understood is the default."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date


def number_in(
    query: Mapping[str, str], name: str, *, default: int, choices: Collection[int]
) -> int:
    """One of `choices`, else the default."""
    found = whole_number(query.get(name, ""), most=10**9, default=default)
    return found if found in choices else default


def whole_number(text: str, *, most: int, default: int) -> int:
    """A number from 0 to `most`, in plain digits; else the default."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(most))
    return int(text) if is_number and int(text) <= most else default


def day_in(query: Mapping[str, str], name: str) -> date | None:
    """A day written 2026-11-23; None when it is none."""
    text = query.get(name, "")
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-23") else None
    except ValueError:
        return None
