"""What people do in the product, day by day: working days are busy, weekends quiet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from catalogue.management.demo_workspace.people import ADMIN, OWNER, People
from catalogue.management.demo_workspace.span import DAY_US, Days, Instants, Span, pick
from catalogue.management.demo_workspace.subscriptions import (
    ACTIVE,
    CANCELLED,
    FREE,
    PAST_DUE,
    TRIALING,
    Subscriptions,
)

MINUTE_US = 60_000_000
# Monday to Sunday.
WEEKDAY_BUSY = np.array([0.96, 1.0, 1.0, 0.97, 0.82, 0.14, 0.12])
STATUS_BUSY = {TRIALING: 0.75, ACTIVE: 1.0, PAST_DUE: 0.8, FREE: 0.46, CANCELLED: 0.02}
# When in the local day something happens, hour by hour from 0:00.
HOURS = np.array(
    [1, 1, 0, 0, 0, 1, 3, 10, 28, 40, 44, 38, 24, 32, 42, 40, 34, 24, 12, 8, 7, 5, 3, 2]
)
FALLS_QUIET, COMES_BACK = 0.022, 0.11  # chances a week

Column = npt.NDArray[np.generic]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """Events of one name: who (indexes into people), when, and their properties."""

    name: str
    person: Days
    at: Instants
    properties: dict[str, Column] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.at)

    def only(self, mask: npt.NDArray[np.bool_] | Days) -> Happenings:
        """Those that a mask keeps, or those at some places, in their order."""
        return Happenings(
            name=self.name,
            person=self.person[mask],
            at=self.at[mask],
            properties={name: column[mask] for name, column in self.properties.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Days on which somebody is in the product: who, which day, and from when on."""

    person: Days
    day: Days
    at: Instants


def visit(span: Span, people: People, subscriptions: Subscriptions) -> Visits:
    """Every day with Fieldnote of everybody."""
    dice = span.dice(4)
    chance = people.eagerness[:, None] * WEEKDAY_BUSY[span.weekdays()]
    chance = chance * _busy(subscriptions)[people.account] * _awake(dice, span, len(people))
    person, day = np.nonzero(dice.random(chance.shape) < chance)
    at = span.instants(day) + _time_of_day(dice, people.hours_from_utc[person])
    there = (at > people.joined[person]) & (at <= span.now_us)
    first = people.joined >= span.first_us
    person = np.concatenate([np.flatnonzero(first), person[there]])
    at = np.concatenate([people.joined[first] + MINUTE_US, at[there]])
    order = np.argsort(at, kind="stable")
    return Visits(person=person[order], day=span.days_of(at[order]), at=at[order])


def _busy(subscriptions: Subscriptions) -> npt.NDArray[np.float64]:
    by_status = np.zeros(6)
    by_status[list(STATUS_BUSY)] = list(STATUS_BUSY.values())
    return by_status[subscriptions.status]


def _awake(dice: np.random.Generator, span: Span, count: int) -> npt.NDArray[np.float64]:
    """People × days: people fall quiet for weeks, some come back."""
    weeks = -(-(span.days + 1) // 7)
    awake = np.zeros((count, weeks))
    state = dice.random(count) < 0.85
    for week in range(weeks):
        roll = dice.random(count)
        state = np.where(state, roll >= FALLS_QUIET, roll < COMES_BACK)
        awake[:, week] = state
    return np.repeat(awake, 7, axis=1)[:, : span.days + 1]


def _time_of_day(dice: np.random.Generator, hours_from_utc: Days) -> Instants:
    hour = dice.choice(24, size=len(hours_from_utc), p=HOURS / HOURS.sum())
    within = dice.integers(0, 3600 * 1_000_000, len(hours_from_utc))
    return ((hour - hours_from_utc) % 24) * 3_600_000_000 + within


def use_product(span: Span, people: People, visits: Visits) -> list[Happenings]:
    """What is done during visits."""
    dice = span.dice(5)
    return [
        _opened(dice, people, visits),
        _projects(dice, people, visits),
        _exports(dice, people, visits),
        _invites(dice, people, visits),
        _tickets(dice, people, visits),
        _api_calls(dice, span, people, visits),
    ]


def _during(
    dice: np.random.Generator, visits: Visits, name: str, chance: npt.NDArray[np.float64] | float
) -> Happenings:
    some = dice.random(len(visits.at)) < chance
    at = visits.at[some] + dice.integers(MINUTE_US, 55 * MINUTE_US, int(some.sum()))
    return Happenings(name=name, person=visits.person[some], at=at)


def _with(events: Happenings, **properties: Column) -> Happenings:
    return Happenings(
        name=events.name, person=events.person, at=events.at, properties=dict(properties)
    )


def _opened(dice: np.random.Generator, people: People, visits: Visits) -> Happenings:
    again = _during(dice, visits, "app_opened", 0.32)
    person = np.concatenate([visits.person, again.person])
    at = np.concatenate([visits.at, again.at])
    usual = people.device[person]
    other = pick(dice, {"desktop": 0.6, "mobile": 0.4}, len(at))
    unusual = (dice.random(len(at)) < 0.2) | np.array([device is None for device in usual])
    version = pick(dice, {"5.8.1": 0.5, "5.8.0": 0.3, "5.7.4": 0.2}, len(at))
    events = Happenings(name="app_opened", person=person, at=at)
    return _with(events, device=np.where(unusual, other, usual), app_version=version)


def _projects(dice: np.random.Generator, people: People, visits: Visits) -> Happenings:
    fresh = visits.at - people.joined[visits.person] < 10 * DAY_US
    events = _during(dice, visits, "project_created", np.where(fresh, 0.16, 0.05))
    template = pick(
        dice, {"blank": 0.4, "interviews": 0.3, "survey": 0.2, "diary": 0.1}, len(events)
    )
    return _with(events, template=template, imported=dice.random(len(events)) < 0.12)


def _exports(dice: np.random.Generator, people: People, visits: Visits) -> Happenings:
    habit = np.where(dice.random(len(people)) < 0.4, 0.27, 0.03)
    events = _during(dice, visits, "report_exported", habit[visits.person])
    kind = pick(dice, {"pdf": 0.56, "xlsx": 0.29, "csv": 0.15}, len(events))
    return _with(events, format=kind, pages=dice.geometric(0.12, len(events)))


def _invites(dice: np.random.Generator, people: People, visits: Visits) -> Happenings:
    leads = np.isin(people.role, [OWNER, ADMIN])[visits.person]
    events = _during(dice, visits, "invite_sent", np.where(leads, 0.07, 0.012))
    return _with(events, role=pick(dice, {"member": 0.8, "admin": 0.2}, len(events)))


def _tickets(dice: np.random.Generator, people: People, visits: Visits) -> Happenings:
    worried = np.isin(people.worry, ["too complex"])[visits.person]
    events = _during(dice, visits, "ticket_opened", np.where(worried, 0.028, 0.012))
    topic = pick(dice, {"how to": 0.45, "bug": 0.3, "billing": 0.15, "access": 0.1}, len(events))
    urgent = dice.random(len(events)) < 0.15
    return _with(events, topic=topic, severity=np.where(urgent, "high", "normal").astype(object))


def _api_calls(dice: np.random.Generator, span: Span, people: People, visits: Visits) -> Happenings:
    """One event a day with the number of calls, as the API's counter sends it."""
    events = _during(dice, visits, "api_called", np.where(people.technical[visits.person], 0.9, 0))
    size = dice.lognormal(4.9, 0.8, len(people))[events.person]
    calls = 1 + dice.poisson(size)
    endpoint = pick(dice, {"notes": 0.5, "search": 0.3, "exports": 0.2}, len(events))
    return _with(events, calls=calls, endpoint=endpoint)
