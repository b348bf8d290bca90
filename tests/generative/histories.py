"""Histories of events that walks are judged by without a back end, many of them in a second."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

import numpy as np

from catalogue.definitions import nodes as n
from catalogue.definitions import windows
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.local_times import microseconds, naive
from catalogue.engine.reference import Person, condition_holds
from catalogue.engine.reference_dates import AsOf
from catalogue.engine.walks.conditions import WalkCondition
from catalogue.engine.walks.of_one import condition_at, is_judged_true, picks_of
from catalogue.engine.walks.rows import Rows
from catalogue.warehouse.given import GivenEvent
from tests.generative.cases import TIMES, _comparison
from tests.generative.moments import MOMENT_POOL, SMALL_STEPS, Moment, instant
from tests.generative.operands import Ground
from tests.generative.values import THEMES
from tests.generative.walks import WITHIN, walk

NAMES = ("a", "b", "c")
SELECTIONS = [("a",), ("a",), ("b",), ("a", "b"), ("c",), ("a*",), ("b", "c")]


@dataclass(frozen=True, kw_only=True)
class Histories:
    """A walk and what some people did, up to the moment it is judged at."""

    moment: Moment
    node: n.Walk
    people: list[Person]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the walk's calendar."""
        return ZoneInfo(self.moment.zone)


def histories(rng: Random, *, people: int = 20, most: int = 12) -> Histories:
    """A walk without terms: what these mean is tested where a back end judges them."""
    moment = rng.choice(MOMENT_POOL)
    ground = Ground(moment=moment, themes={"v": rng.choice(THEMES)})
    node: n.Node = n.Everyone()
    while not isinstance(node, n.Walk) or isinstance(node, n.Latest):
        node = walk(rng, ground, _selector, _comparison, TIMES, ("v",))
    persons = [
        Person(id=str(place), changes=(), events=tuple(history(rng, moment, most)))
        for place in range(people)
    ]
    return Histories(moment=moment, node=node, people=persons)


def _selector(rng: Random, ground: Ground) -> n.EventSelector:
    names = rng.choice(SELECTIONS)
    return n.EventSelector(
        names=tuple(name for name in names if not name.endswith("*")),
        prefixes=tuple(name[:-1] for name in names if name.endswith("*")),
    )


def history(rng: Random, moment: Moment, most: int) -> list[GivenEvent]:
    """Events on edges and close to each other, several at one instant, some a reach apart."""
    times: list[datetime] = []
    for _ in range(rng.choice([0, 1, 2, 4, 8, 12])):
        times.append(_another(rng, moment, times))
    done = (GivenEvent(name=rng.choice(NAMES), at=at) for at in times if at <= moment.now)
    return sorted(done, key=lambda event: event.at)[-most:]


def _another(rng: Random, moment: Moment, times: list[datetime]) -> datetime:
    fate = rng.random()
    if not times or fate > 0.65:
        return instant(rng, moment)
    if fate > 0.5:
        return rng.choice(times)
    zone, sign = ZoneInfo(moment.zone), rng.choice([-1, 1])
    moved = windows.shift(rng.choice(times), rng.choice(WITHIN), zone, sign=sign)
    return moved + rng.choice(SMALL_STEPS)


def holds(node: n.Node, one: Person, at: datetime, zone: ZoneInfo) -> bool:
    """What the oracle says."""
    return condition_holds(node, one, AsOf(now=at, zone=zone))


def disagreements(found: Histories) -> Iterator[Person]:
    """Those of whom the engine, which judges all at once, says something else than the oracle."""
    for person, answer in zip(found.people, judged(found), strict=True):
        if answer != holds(found.node, person, found.moment.now, found.zone):
            yield person


def judged(found: Histories) -> list[bool]:
    """What the engine says of everybody."""
    condition = condition_at(found.node, Frame(now=found.moment.now, zone=found.zone))
    if not isinstance(condition, WalkCondition):
        one_by_one = (rows_of(found.node, [one], found.moment) for one in found.people)
        return [is_judged_true(condition, rows) for rows in one_by_one]
    rows = rows_of(found.node, found.people, found.moment)
    answers = [condition.true_without_events] * len(found.people)
    for place, answer in zip(rows.people, condition.judge(rows), strict=True):
        answers[place] = bool(answer)
    return answers


def rows_of(node: n.Walk, people: list[Person], moment: Moment) -> Rows:
    """The events of all of them, as a back end would give them."""
    picks = picks_of(condition_at(node, Frame(now=moment.now, zone=ZoneInfo(moment.zone))))
    done = [
        (place, microseconds(naive(event.at)), event.name)
        for place, person in enumerate(people)
        for event in person.events
    ]
    done.sort(key=lambda row: row[:2])
    owners = np.array([row[0] for row in done], dtype=np.int64)
    ordinals, person = np.unique(owners, return_inverse=True)
    return Rows(
        people=ordinals.astype(np.uint32),
        person=person.astype(np.int64),
        at=np.array([row[1] for row in done], dtype=np.int64),
        fits={
            pick: np.array([bool(pick.selection.among([row[2]])) for row in done], dtype=bool)
            for pick in picks
        },
    )
