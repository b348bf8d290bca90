"""A goal as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


def sentence(goal: Mapping[str, Any] | None) -> str:
    """`“Subscription started” within 14 days of entering; at least 25% by 31 Dec 2026.`"""
    if not goal:
        return ""
    event = str(goal.get("event", "")).replace("_", " ").capitalize()
    within = f" within {goal['within']} of entering" if goal.get("within") else ""
    wanted = f"; at least {goal['at_least']}" if goal.get("at_least") is not None else ""
    due = f" by {_day(str(goal['by']))}" if goal.get("by") else ""
    return f"“{event}”{within}{wanted}{due}."


def _day(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%b %Y}"
