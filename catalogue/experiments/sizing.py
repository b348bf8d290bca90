"""How many people an experiment needs, from what the segment itself has done so far.

The arithmetic needs scipy and statsmodels, so it is imported where it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from catalogue.definitions.errors import Code, refuse
from catalogue.experiments.design import Design
from catalogue.experiments.reading import Deeds, Starters, deeds, micros
from catalogue.experiments.states import Counting
from catalogue.membership.entrances import entrances
from catalogue.models import MembershipVersion, Segment, Workspace
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import estimate_budget
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.opened import borrowed

if TYPE_CHECKING:
    from catalogue.experiments.size import Aim, Size

MEASURED = "of those who entered long enough ago, in the time each of them had"
WRITTEN = "as written by whoever planned it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the segment does without an experiment: `value` is the share that reaches it, or the
    mean, `spread` how much the numbers of people differ (standard deviation). Measured on `n`
    people as of an instant; written by hand: of nobody."""

    value: float | None
    spread: float | None
    n: int
    as_of: datetime | None
    method: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """The size a design needs, and what it was worked out from."""

    size: Size
    needed: int
    base: Base

    def as_row(self, design: Design) -> dict[str, Any]:
        """As `Experiment.plan` keeps it."""
        return {
            "effect": design.effect,
            "power": design.power,
            "base_rate": self.base.value,
            "spread": self.base.spread,
            "base_rate_given": design.base_rate is not None,
            "spread_given": design.spread is not None,
            "power_given": True,
            "n": self.base.n,
            "as_of": self.base.as_of and self.base.as_of.isoformat(),
            "method": self.base.method,
            "people": self.size.people,
            "needed": self.needed,
            "members": self.size.members,
            "findable": self.size.findable,
            "arms": dict(self.size.arms),
        }


def base_of(segment: Segment, outcome: Counting) -> Base:
    """What the people of a segment, by its newest definition, did after they entered it. Only those
    count whose time was over; without enough of them there is no number, but a reason."""
    photo, now = photos.newest_photo(), segment.refreshed_at
    if photo is None or now is None:
        reason = "The segment has not been refreshed yet, so it has no base rate."
        return Base(value=None, spread=None, n=0, as_of=None, method=MEASURED, reason=reason)
    who = entrants(segment, until=micros(now) - outcome.length)
    budget = estimate_budget()
    with borrowed(photo, budget) as tables, Deadline(budget.seconds).held(tables.connection):
        found = deeds(outcome, who, tables, now)
    return _base(outcome, who, found, now)


def entrants(segment: Segment, *, until: int) -> Starters:
    """Who entered the segment by its newest definition up to an instant, and when first."""
    versions = MembershipVersion.objects.filter(
        segment=segment, definition=segment.definition_id
    ).order_by("-number")
    began: dict[int, int] = {}
    # The newest first, so that the first time of each is what stays.
    for one in entrances(versions):
        if micros(one.at) <= until:
            began.update(dict.fromkeys(one.people, micros(one.at)))
    return Starters.of(began)


def planned(design: Design, members: int, base: Base) -> Planned:
    """The size that a design needs on a segment of so many members. Raises DefinitionError with the
    place of the fault: an empty segment, no base rate, an effect that leads beyond 100 %."""
    from catalogue.experiments.size import needed_size

    split = design.split()
    size = needed_size(split, members, aim_of(design, base))
    held_out = float(split.holdout.fraction)
    return Planned(size=size, needed=round(size.people * (1 - held_out)), base=base)


def base_for(design: Design, segment: Segment) -> Base:
    """The base that a design writes, or the segment's own."""
    given = design.spread if design.outcome.is_mean else design.base_rate
    if given is None:
        return base_of(segment, design.outcome)
    return Base(value=design.base_rate, spread=design.spread, n=0, as_of=None, method=WRITTEN)


def aim_of(design: Design, base: Base) -> Aim:
    """The aim in numbers. Raises DefinitionError."""
    from catalogue.experiments.aims import MeanAim, ShareAim

    if design.outcome.is_mean:
        if base.spread is None:
            raise refuse(Code.BAD_VALUE, _missing(base, "spread"), "/spread")
        return MeanAim(
            spread=base.spread,
            effect=design.effect,
            power=design.power,
            is_sequential=design.is_sequential,
        )
    if base.value is None:
        raise refuse(Code.BAD_VALUE, _missing(base, "base_rate"), "/base_rate")
    return ShareAim(
        base_rate=base.value,
        effect=design.effect,
        power=design.power,
        is_sequential=design.is_sequential,
    )


def _missing(base: Base, field: str) -> str:
    why = base.reason or "The segment has no base rate yet."
    return f"{why} Write what you expect as “{field}”."


def _base(outcome: Counting, who: Starters, found: Deeds, now: datetime) -> Base:
    n, fewest = len(who.ordinals), Workspace.current().fewest_people
    if n < fewest:
        reason = (
            f"Fewer than {fewest} people entered the segment at least {outcome.days:g} days ago, so"
            " it has no base rate of its own."
        )
        return Base(value=None, spread=None, n=n, as_of=now, method=MEASURED, reason=reason)
    if outcome.is_mean:
        spread = float(found.sums.std(ddof=1))
        value = float(found.sums.mean())
        return Base(value=value, spread=spread or None, n=n, as_of=now, method=MEASURED)
    share = float(found.attempts.reached_within(outcome.length).mean())
    return Base(value=share, spread=None, n=n, as_of=now, method=MEASURED)
