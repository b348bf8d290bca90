"""What rules look at: one segment, as far as it is known where it is looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A segment that holds nearly the same: `share` of those in either are in both."""

    key: str
    name: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What only a workspace knows. `silent` and `unknown` are labels of events and traits the
    definition looks at: events whose source has gone quiet, traits with the share of people of whom
    nothing is known. `has_negative`: it asks for what somebody did not do."""

    is_live: bool
    age_days: int
    size: int | None
    population: int
    is_measured: bool
    experiments: int | None
    review_due_at: datetime | None
    review_lapsed: bool
    functions_of_tools: frozenset[str]
    silent: tuple[str, ...]
    unknown: tuple[tuple[str, float], ...]
    twins: tuple[Twin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One segment. `expires`: of each piece of evidence the last day on which it counts, None when
    it always does. `looks_at_usage` and `is_list` say what the definition is made of, with all that
    it is built on as far as that is known. `stored` is None of a file alone."""

    key: str
    why: str
    owner: str
    has_goal: bool
    models: tuple[str, ...]
    evidence: int
    expires: tuple[date | None, ...]
    messages: frozenset[str]
    functions: tuple[str, ...]
    has_review: bool
    tests: int
    is_list: bool
    looks_at_usage: bool
    looks_at_traits: bool
    has_negative: bool
    today: date
    stored: Stored | None = None


# What a rule says of a segment: a sentence, or None when it finds nothing.
Judge = Callable[[Known], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One do or don't. `pointer`: where in a segment's file to mend it. `weight`: what a finding
    takes off the score. `needs_workspace`: a file alone cannot tell."""

    code: str
    name: str
    belief: str
    fix: str
    pointer: str
    weight: int
    judge: Judge
    needs_workspace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that a segment does not keep."""

    rule: Rule
    sentence: str

    def row(self) -> dict[str, object]:
        """As it is kept and shown."""
        return {
            "code": self.rule.code,
            "name": self.rule.name,
            "sentence": self.sentence,
            "fix": self.rule.fix,
            "weight": self.rule.weight,
            "pointer": self.rule.pointer,
        }
