"""What an address asks for, read with care: whatever is not understood is the default."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date


def number_in(
    query: Mapping[str, str], name: str, *, default: int, choices: Collection[int]
) -> int:
    """One of `choices`, else the default."""
    text = query.get(name, "")
    found = int(text) if _is_number(text) else default
    return found if found in choices else default


def day_in(query: Mapping[str, str], name: str) -> date | None:
    """A day written 2026-11-23; None when it is none."""
    try:
        return date.fromisoformat(query.get(name, ""))
    except ValueError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10
