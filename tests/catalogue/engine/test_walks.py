"""Walks over many customers at once, held against the oracle; and when they change by time."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import hypothesis
import numpy as np
from hypothesis import strategies as st

from catalogue.definitions import nodes as n
from catalogue.definitions import windows
from catalogue.engine.conditions.terms import Frame
from catalogue.engine.evidence import Evidence
from catalogue.engine.flips import Foresight, Timeline
from catalogue.engine.local_times import microseconds, naive
from catalogue.engine.placed import Placed
from catalogue.engine.plan import Leaf
from catalogue.engine.reference import Person, condition_holds
from catalogue.engine.reference_dates import AsOf
from catalogue.engine.walks.of_one import condition_at, is_judged_true, picks_of
from catalogue.engine.walks.rows import Rows
from catalogue.warehouse.given import GivenEvent
from tests.catalogue.engine.small_world import MICROSECOND, events
from tests.catalogue.engine.test_flips import later
from tests.generative.cases import TIMES, _comparison
from tests.generative.moments import MOMENT_POOL, SMALL_STEPS, Moment, instant
from tests.generative.operands import Ground
from tests.generative.values import THEMES
from tests.generative.walks import WITHIN, walk

NAMES = ("a", "b", "c")
SELECTIONS = [("a",), ("a",), ("b",), ("a", "b"), ("c",), ("a*",), ("b", "c")]


def selector(rng: Random, ground: Ground) -> n.EventSelector:
    return events(*rng.choice(SELECTIONS))


def node_of(rng: Random, ground: Ground) -> n.Walk:
    """A walk without terms: what terms mean is tested where the back end judges them."""
    while True:
        found = walk(rng, ground, selector, _comparison, TIMES, ("v",))
        if not isinstance(found, n.Latest):
            return found


def people(rng: Random, moment: Moment, count: int) -> list[Person]:
    return [
        Person(id=str(place), changes=(), events=tuple(history(rng, moment)))
        for place in range(count)
    ]


def history(rng: Random, moment: Moment) -> list[GivenEvent]:
    """Events close to each other and to edges, several at one instant, some a reach apart."""
    zone = ZoneInfo(moment.zone)
    times: list[datetime] = []
    for _ in range(rng.choice([0, 1, 2, 4, 8, 12])):
        if times and rng.random() < 0.5:
            reach, sign = rng.choice(WITHIN), rng.choice([-1, 1])
            moved = windows.shift(rng.choice(times), reach, zone, sign=sign)
            times.append(moved + rng.choice(SMALL_STEPS))
        elif times and rng.random() < 0.3:
            times.append(rng.choice(times))
        else:
            times.append(instant(rng, moment))
    done = (GivenEvent(name=rng.choice(NAMES), at=at) for at in times if at <= moment.now)
    return sorted(done, key=lambda event: event.at)


def rows_of(node: n.Walk, persons: list[Person], moment: Moment) -> Rows:
    """The events of all of them, as the back end would give them."""
    picks = picks_of(condition_at(node, Frame(now=moment.now, zone=ZoneInfo(moment.zone))))
    done = [
        (place, microseconds(naive(event.at)), event.name)
        for place, person in enumerate(persons)
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


def holds(node: n.Node, one: Person, at: datetime, zone: ZoneInfo) -> bool:
    return condition_holds(node, one, AsOf(now=at, zone=zone))


@hypothesis.settings(max_examples=300, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True))
def test_all_customers_at_once_are_judged_as_one_after_the_other(rng: Random) -> None:
    moment = rng.choice(MOMENT_POOL)
    zone = ZoneInfo(moment.zone)
    node = node_of(rng, ground(rng, moment))
    persons = people(rng, moment, 20)
    condition = condition_at(node, Frame(now=moment.now, zone=zone))
    if isinstance(node, n.Stopped | n.Resumed):
        found = [is_judged_true(condition, rows_of(node, [person], moment)) for person in persons]
    else:
        rows = rows_of(node, persons, moment)
        found = [condition.true_without_events] * len(persons)
        for place, answer in zip(rows.people, condition.judge(rows), strict=True):
            found[place] = bool(answer)

    for person, answer in zip(persons, found, strict=True):
        assert answer == holds(node, person, moment.now, zone), (node, person, moment)


@hypothesis.settings(max_examples=150, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True))
def test_walks_change_exactly_when_foretold(rng: Random) -> None:
    moment = rng.choice(MOMENT_POOL)
    zone = ZoneInfo(moment.zone)
    node = node_of(rng, ground(rng, moment))
    person = Person(id="c", changes=(), events=tuple(history(rng, moment)[:5]))
    timeline = ahead(node, person, moment)

    assert timeline is not None
    instants = [*later(rng, [event.at for event in person.events], moment)]
    beside = [at + step for at in timeline.flips for step in (timedelta(0), -MICROSECOND)]
    for at in [moment.now, *(each for each in [*instants, *beside] if each > moment.now)]:
        assert timeline.at(at) == holds(node, person, at, zone), (node, person, at, timeline)


def ground(rng: Random, moment: Moment) -> Ground:
    return Ground(moment=moment, themes={"v": rng.choice(THEMES)})


def ahead(node: n.Walk, person: Person, moment: Moment) -> Timeline | None:
    """What is foretold of a walk for somebody."""
    zone = ZoneInfo(moment.zone)
    condition = condition_at(node, Frame(now=moment.now, zone=zone))
    rows = rows_of(node, [person], moment)
    foresight = Foresight(
        evidence=Evidence(said={}, dated={}, times={}, figures={}, rows=rows),
        answers={condition: holds(node, person, moment.now, zone)},
        now=moment.now,
        zone=zone,
        segments={},
    )
    return foresight.of(Placed(pointer="/where", node=node, formula=Leaf(condition=condition)))
