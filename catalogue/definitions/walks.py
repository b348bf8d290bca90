"""The nodes about order and habit: what was done after what, and how steadily.

Part of the tree in `nodes`, which names them all; like every node they cannot be built wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.definitions import rules, walk_rules
from catalogue.definitions.spans import Duration, Window, check_event_window
from catalogue.definitions.terms import Comparator, Comparison, EventSelector, Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event of a sequence; `within` bounds the time since the step before: 0 < gap ≤ within."""

    events: EventSelector
    within: Duration | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence:
    """Two or more steps at strictly increasing times, all in the window; the first step has no
    `within`."""

    steps: tuple[Step, ...]
    window: Window | None = None

    def __post_init__(self) -> None:
        walk_rules.check_steps([step.within is not None for step in self.steps])
        check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedOff:
    """Of the attempts that are over, the one that started last is lost. An attempt is a `start`
    event in the window; a `goal` event in (start, start + within] wins it."""

    start: EventSelector
    goal: EventSelector
    within: Duration
    window: Window | None = None

    def __post_init__(self) -> None:
        check_event_window(self.window)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Did in [now − active_within, now − quiet_for) and not in [now − quiet_for, now]."""

    events: EventSelector
    active_within: Duration
    quiet_for: Duration

    def __post_init__(self) -> None:
        _check_pause(self.active_within, self.quiet_for, ("active_within", "quiet_for"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed:
    """Did in [now − back_within, now], not in [now − quiet_within, now − back_within), and at least
    once before that."""

    events: EventSelector
    back_within: Duration
    quiet_within: Duration

    def __post_init__(self) -> None:
        _check_pause(self.quiet_within, self.back_within, ("quiet_within", "back_within"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """At least `in_at_least` of the last `of_last` periods: period 0 is [now − per, now], period k
    is [now − (k + 1) · per, now − k · per)."""

    per: Duration
    in_at_least: int
    of_last: int

    def __post_init__(self) -> None:
        walk_rules.check_periods(self.in_at_least, self.of_last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regularly:
    """In enough of the periods done at least once and as often as `times` allows."""

    events: EventSelector
    periods: Periods
    times: tuple[Comparison, ...] = ()

    def __post_init__(self) -> None:
        # A mapping has no order, so neither have several comparisons.
        ordered = sorted(self.times, key=lambda one: list(Comparator).index(one.comparator))
        object.__setattr__(self, "times", tuple(ordered))
        rules.check_times([(one.comparator, one.bound, one.high) for one in ordered])


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveDays:
    """The number of local dates with such events, zero included, compares: in the window, or in
    each of enough periods; never both."""

    events: EventSelector
    comparison: Comparison
    window: Window | None = None
    periods: Periods | None = None

    def __post_init__(self) -> None:
        check_event_window(self.window)
        walk_rules.check_when(self.window is not None, self.periods is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The newest such event in the window satisfies all of `has`; of several at the newest instant
    one is enough."""

    events: EventSelector
    has: tuple[Term, ...]
    window: Window | None = None

    def __post_init__(self) -> None:
        walk_rules.check_has(self.has)
        check_event_window(self.window)


Walk = Sequence | DroppedOff | Stopped | Resumed | Regularly | ActiveDays | Latest


def _check_pause(longer: Duration, shorter: Duration, names: tuple[str, str]) -> None:
    ages = ((longer.count, longer.unit), (shorter.count, shorter.unit))
    walk_rules.check_pause(*ages, names)
