"""Vectors of purchases are what pandas makes of them, and the literature of CDNOW."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.metrics.instants import DAY
from catalogue.metrics.purchases import Purchases, purchases
from tests.catalogue.metrics.cdnow_sample import CALIBRATED, purchases_up_to, summary

BERLIN = ZoneInfo("Europe/Berlin")
UTC = ZoneInfo("UTC")
SIZE = 300


def test_frequency_recency_and_age_of_cdnow_are_those_of_its_summary() -> None:
    ours, theirs = purchases_up_to(CALIBRATED), summary().sort_values("ID")
    assert ours.frequency.tolist() == theirs["frequency"].tolist()
    # The summary has two digits.
    assert np.abs(ours.recency - theirs["recency"]).max() < 0.00501
    assert np.abs(ours.age - theirs["T"]).max() < 0.00501


def test_vectors_are_what_pandas_groups_in_a_zone_of_its_own() -> None:
    rng = np.random.default_rng(5)
    ordinals = rng.integers(0, SIZE - 20, 4_000).astype(np.uint32)
    start = int(np.datetime64("2026-03-01", "us").astype("int64"))
    at = start + rng.integers(0, 60 * DAY, 4_000)
    amounts = rng.integers(-5_000_000, 90_000_000, 4_000)
    now = start + 45 * DAY + 7
    ours = purchases(ordinals, at, amounts, size=SIZE, now=now, zone=BERLIN)

    rows = pd.DataFrame({"who": ordinals, "at": at, "amount": amounts})
    rows = rows[rows["at"] <= now]
    local = pd.to_datetime(rows["at"], unit="us", utc=True).dt.tz_convert(BERLIN)
    rows["day"] = local.dt.tz_localize(None).dt.normalize()
    today = pd.Timestamp(now, unit="us", tz="UTC").tz_convert(BERLIN).tz_localize(None).normalize()
    days = rows.groupby(["who", "day"], as_index=False)["amount"].sum()
    each = days.groupby("who").agg(
        n=("day", "size"), first=("day", "min"), last=("day", "max"), revenue=("amount", "sum")
    )
    each["on_first"] = days.groupby("who")["amount"].first()
    each = each.reindex(range(SIZE))
    there = each["n"].notna().to_numpy()
    assert 0 < there.sum() < SIZE
    assert ours.bought.tolist() == there.tolist()
    assert ours.frequency.tolist() == (each["n"].fillna(1) - 1).tolist()
    assert ours.revenue.tolist() == each["revenue"].fillna(0).tolist()
    repeated = (each["revenue"] - each["on_first"]).fillna(0)
    assert ours.repeat_revenue.tolist() == repeated.tolist()
    recency = ((each["last"] - each["first"]).dt.days / 7).fillna(0)
    assert ours.recency.tolist() == recency.tolist()
    assert ours.age.tolist() == ((today - each["first"]).dt.days / 7).fillna(0).tolist()


def at_hour(hour: float) -> np.ndarray:
    return np.array([int(hour * 3_600_000_000)])


def both(one: float, other: float, zone: ZoneInfo) -> Purchases:
    at = np.concatenate([at_hour(one), at_hour(other)])
    amounts = np.array([2_000_000, 5_000_000])
    whose = np.zeros(2, dtype=np.uint32)
    return purchases(whose, at, amounts, size=1, now=int(at.max()), zone=zone)


def test_two_purchases_of_one_local_day_are_one_transaction() -> None:
    # 22:30 and 23:30 UTC are two days in Berlin, 23:30 and 00:30 in the end of one.
    assert both(22.5, 23.5, UTC).frequency.tolist() == [0]
    assert both(22.5, 23.5, BERLIN).frequency.tolist() == [1]
    assert both(23.5, 24.5, BERLIN).frequency.tolist() == [0]
    assert both(23.5, 24.5, BERLIN).repeat_mean().tolist() == [0]
    assert both(22.5, 23.5, BERLIN).repeat_mean().tolist() == [5.0]


def test_a_purchase_at_now_counts_and_one_after_it_does_not() -> None:
    one = np.zeros(1, dtype=np.uint32)
    amount = np.array([1])
    at = purchases(one, at_hour(5), amount, size=1, now=int(at_hour(5)[0]), zone=UTC)
    late = purchases(one, at_hour(5), amount, size=1, now=int(at_hour(5)[0]) - 1, zone=UTC)
    assert (at.bought.tolist(), late.bought.tolist()) == ([True], [False])


@pytest.mark.parametrize(
    ("ordinals", "amounts", "said"),
    [
        ([0, 1], [1], "/events: Each event needs one ordinal and one value."),
        ([9], [1], "/events: There is an ordinal beyond the 5 customers."),
        ([0, 1], [2**61, 2**61], "/value: The amounts are too large to add up."),
    ],
)
def test_arrays_that_cannot_be_right_are_refused(
    ordinals: list[int], amounts: list[int], said: str
) -> None:
    at = np.zeros(len(ordinals), dtype=np.int64)
    with pytest.raises(DefinitionError) as refused:
        purchases(
            np.array(ordinals, dtype=np.uint32), at, np.array(amounts), size=5, now=1, zone=UTC
        )
    assert str(refused.value) == said
