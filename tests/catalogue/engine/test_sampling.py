"""Samples: the same customers every time, and numbers that are as near as they say."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.engine.estimate import estimate
from catalogue.engine.inputs import SegmentInput
from catalogue.engine.sampling import EVERY, Sample, chosen, margin, may_be_sampled, scaled_up
from catalogue.warehouse.given import GivenCustomer, World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    NOW,
    customer,
    event,
    events,
    is_,
    last,
    segment,
    trait,
)

COUNT = n.Count(events=events("login"), comparison=is_("gte", 2), window=last(7))
PRO = trait("is", "pro", "plan")


def test_about_one_in_sixteen_is_chosen_whoever_else_there_is() -> None:
    everybody = BitMap(range(160_000))
    some = chosen(everybody)
    assert abs(len(some) - 10_000) < 300
    assert chosen(BitMap(range(0, 160_000, 2))) == some & BitMap(range(0, 160_000, 2))
    # Nor do neighbours, or every tenth, stand for anything.
    assert abs(len(some & BitMap(range(1_600))) - 100) < 40
    assert abs(len(some & BitMap(range(0, 160_000, 10))) - 1_000) < 150
    assert len(chosen(BitMap())) == 0


def test_a_sample_counts_its_own_people_exactly_and_scales_up() -> None:
    people = [
        customer(
            f"c{i}",
            *(event("login", timedelta(hours=k + 1)) for k in range(i % 4)),
            plan="pro" if i % 3 else "free",
        )
        for i in range(800)
    ]
    # Events that pass to a customer of the sample, from one who is none of it.
    into = next(o for o in chosen(BitMap(range(800))) if not o % 4 and o % 3)
    twice = (event("login"), event("login"))
    away = GivenCustomer(id="away", events=twice, merged_into=f"c{into}")
    given = World(customers=(*people, away))
    where = n.All(children=(COUNT, PRO))
    with MemoryTables.from_world(given) as tables:
        some, inputs = chosen(tables.customers), {"it": segment(where)}
        whole = estimate(inputs, "it", tables, now=NOW)
        sampled = estimate(inputs, "it", Sample(tables), now=NOW)
        assert sampled.members == whole.members & some
        assert into in sampled.members
        assert (sampled.population, len(whole.members)) == (len(some), 267)
        told = scaled_up(sampled, len(tables.customers))
    times = 800 / len(some)
    assert told.population == 800
    assert told.nodes[0].alone == round(len(sampled.members) * times)
    assert [one.null_share for one in told.nodes] == [None, None, 0.0]
    assert EVERY == 16


def test_margins_hold_as_often_as_they_say() -> None:
    draw = np.random.default_rng(5)
    population, size = 100_000, 6_250
    for share in (0.001, 0.02, 0.3, 0.9):
        true = round(population * share)
        parts = draw.hypergeometric(true, population - true, size, 1_000)
        off = np.abs(parts / size * population - true)
        held = off <= [margin(int(part), size, population) for part in parts]
        assert np.mean(held) > 0.93, share
    assert margin(0, size, population) == margin(size, size, population) == 45
    assert margin(5, population, population) == 0
    assert margin(0, 0, 10) == 10


def test_where_others_decide_a_sample_tells_nothing() -> None:
    fine = {"it": segment(n.All(children=(COUNT, n.Not(child=PRO))))}
    top = n.Top(size=3, by=n.TraitMeasure(path=("seats",)), among=n.Everyone())
    staff = n.AccountMembers(how="any", where=PRO)
    built = {"it": segment(n.InSegment(key="best")), "best": segment(top)}
    firms = SegmentInput(
        definition=n.Definition(where=n.Everyone(), subject="account", timezone="UTC")
    )
    assert may_be_sampled(fine, "it", NOW)
    assert not may_be_sampled({"it": segment(top)}, "it", NOW)
    assert not may_be_sampled({"it": segment(n.Not(child=staff))}, "it", NOW)
    assert not may_be_sampled(built, "it", NOW)
    assert not may_be_sampled({"it": firms}, "it", NOW)
