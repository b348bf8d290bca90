"""Walks over many customers at once, held against the oracle; and when they change by time."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import hypothesis
from hypothesis import strategies as st

from catalogue.engine.conditions.terms import Frame
from catalogue.engine.evidence import Evidence
from catalogue.engine.flips import Foresight, Timeline
from catalogue.engine.placed import Placed
from catalogue.engine.plan import Leaf
from catalogue.engine.walks.of_one import condition_at
from tests.catalogue.engine.small_world import MICROSECOND
from tests.catalogue.engine.test_flips import later
from tests.generative.histories import Histories, disagreements, histories, holds, rows_of


@hypothesis.settings(max_examples=300, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True))
def test_all_customers_at_once_are_judged_as_one_after_the_other(rng: Random) -> None:
    found = histories(rng)
    assert list(disagreements(found)) == [], (found.node, found.moment)


@hypothesis.settings(max_examples=150, deadline=None, phases=[hypothesis.Phase.generate])
@hypothesis.given(st.randoms(use_true_random=True))
def test_walks_change_exactly_when_foretold(rng: Random) -> None:
    found = histories(rng, people=1, most=4)
    (person,), now = found.people, found.moment.now
    timeline = ahead(found)

    assert timeline is not None
    instants = [*later(rng, [event.at for event in person.events], found.moment)]
    beside = [at + step for at in timeline.flips for step in (timedelta(0), -MICROSECOND)]
    for at in [now, *(each for each in [*instants, *beside] if each > now)]:
        expected = holds(found.node, person, at, found.zone)
        assert timeline.at(at) == expected, (found.node, person, at, timeline)


def ahead(found: Histories) -> Timeline | None:
    """What is foretold of the walk for the one person there is."""
    (person,), now = found.people, found.moment.now
    condition = condition_at(found.node, Frame(now=now, zone=found.zone))
    rows = rows_of(found.node, [person], found.moment)
    foresight = Foresight(
        evidence=Evidence(said={}, dated={}, times={}, figures={}, rows=rows),
        answers={condition: holds(found.node, person, now, found.zone)},
        now=now,
        zone=found.zone,
        segments={},
    )
    formula = Leaf(condition=condition)
    return foresight.of(Placed(pointer="/where", node=found.node, formula=formula))
