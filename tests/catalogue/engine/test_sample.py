"""Samples: the draw is SHA-256's and nobody else's, and is compared exactly."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.engine import scans
from catalogue.engine.conditions.sample import DRAWS, SampleCondition, draws, sample_condition
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import Judged
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import NOW, customer, segment, who, world


def sample(percent: str, salt: str = "sample") -> n.Sample:
    return n.Sample(share=n.Share(percent=Decimal(percent)), salt=salt)


def test_the_draw_of_a_known_customer_is_fixed_for_ever() -> None:
    # The first 16 digits of: printf 'exp-12:c17' | sha256sum
    assert hashlib.sha256(b"exp-12:c17").hexdigest()[:16] == f"{int(draws('exp-12', ['c17'])[0]):x}"
    assert [int(one) for one in draws("sample", ["c1", "é"])] == [
        int.from_bytes(hashlib.sha256(b"sample:c1").digest()[:8], "big"),
        int.from_bytes(hashlib.sha256("sample:é".encode()).digest()[:8], "big"),
    ]


@given(
    draw=st.integers(0, DRAWS - 1),
    percent=st.decimals(0, 100, places=18) | st.sampled_from([Decimal(0), Decimal(100)]),
)
def test_a_draw_is_in_when_its_part_of_all_draws_lies_below_the_share(
    draw: int, percent: Decimal
) -> None:
    condition = sample_condition(sample(str(percent)))
    is_in = bool(condition.judge(np.array([draw], dtype=np.uint64))[0])
    assert is_in == (Fraction(draw, DRAWS) < Fraction(percent) / 100)


def test_a_draw_on_the_share_is_out_and_the_one_below_is_in() -> None:
    half = sample_condition(sample("50"))
    edge = np.array([2**63 - 1, 2**63, 2**63 + 1], dtype=np.uint64)
    assert half.judge(edge).tolist() == [True, False, False]
    assert sample_condition(sample("100")).judge(np.array([DRAWS - 1], dtype=np.uint64)).all()
    assert not sample_condition(sample("0")).judge(np.array([0], dtype=np.uint64)).any()


def test_a_share_of_many_is_near_to_that_and_nested_in_every_greater_one() -> None:
    given_ = world(*(customer(f"c{number}") for number in range(5_000)))
    tenth, third = who(sample("10"), given_), who(sample("33.3"), given_)
    assert tenth < third
    assert 400 < len(tenth) < 600
    assert 1_550 < len(third) < 1_780
    other = who(sample("10", salt="other"), given_)
    assert 20 < len(tenth & other) < 90


def test_all_samples_read_the_ids_once_and_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "AT_A_TIME", 3)
    given_ = world(*(customer(f"c{number}") for number in range(10)))
    segments = {
        "half": segment(sample("50")),
        "less": segment(n.Not(child=sample("20"))),
        "salted": segment(sample("50", salt="x")),
    }
    asked: list[int] = []
    with MemoryTables.from_world(given_) as tables:
        ids_of = tables.customer_ids

        def customer_ids(ordinals: BitMap) -> Mapping[int, str]:
            asked.append(len(ordinals))
            return ids_of(ordinals)

        monkeypatch.setattr(tables, "customer_ids", customer_ids)
        outcomes = evaluate(segments, tables, now=NOW).outcomes
        monkeypatch.undo()
        found = {
            key: tables.ids(outcome.members)
            for key, outcome in outcomes.items()
            if isinstance(outcome, Judged)
        }
    assert asked == [3, 3, 3, 1]
    for key, salt, share in (("half", "sample", 50), ("salted", "x", 50)):
        drawn = {f"c{i}": int(draws(salt, [f"c{i}"])[0]) for i in range(10)}
        assert found[key] == {id_ for id_, draw in drawn.items() if draw * 100 < share * DRAWS}
    assert len(found["less"]) == 10 - len(who(sample("20"), given_))


def test_equal_shares_of_one_salt_are_one_condition() -> None:
    assert sample_condition(sample("50")) == sample_condition(sample("50.00"))
    assert sample_condition(sample("50")) == SampleCondition(salt="sample", limit=2**63)
