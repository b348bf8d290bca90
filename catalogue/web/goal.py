"""A goal as a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.definitions.english.wording import Labels, Wording
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.goals import read_goal, say_goal
from catalogue.definitions.nodes import Subject
from catalogue.segments.goal_states import SIGN, Standing
from catalogue.segments.queries.rows import SegmentRow


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalInShort:
    """A goal for a line of a list; `sentence` is empty without one. `share` as people read it."""

    sentence: str
    tone: str
    standing: Standing
    share: str


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


def in_short(row: SegmentRow) -> GoalInShort:
    """The goal of a row: its sentence, its state, and the share where there is one."""
    standing = row.standing
    share = "" if standing.share is None else f"{100 * standing.share:.1f}{SIGN}"
    return GoalInShort(
        sentence=sentence(row.goal, subject=row.subject),
        tone=TONES[standing.state],
        standing=standing,
        share=share,
    )


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
