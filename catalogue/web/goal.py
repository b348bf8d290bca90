"""A goal as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.definitions.english.wording import Labels, Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.goals import read_goal, say_goal
from catalogue.definitions.nodes import Subject

# The colour of a state: green is what is reached, red what is over and missed.
TONES = {
    "missed": "bad",
    "not_reached": "warn",
    "too_early": "idle",
    "no_data": "idle",
    "not_measured": "idle",
    "measured": "info",
    "reached": "good",
    "none": "idle",
}


def sentence(
    goal: Mapping[str, Any] | None, labels: Labels | None = None, subject: Subject = "customer"
) -> str:
    """`“Subscription started” within 14 days of entering; at least 25% by 31 December 2026.`"""
    if not goal:
        return ""
    try:
        found = read_goal(goal, subject=subject)
    except DefinitionError as error:
        return f"It cannot be measured: {error.faults[0].message}"
    return say_goal(found, Wording(labels=labels or Labels(), about=subject))
