"""One measuring finds of every segment what pandas finds in its own rows, names the versions that
it measured, and writes all of it or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from catalogue.metrics.asking import cancel_measurement, request_measurement
from catalogue.metrics.measuring import run_measurement
from catalogue.models import Measurement, Metric, Reading, RunState, Segment, Whose
from tests.catalogue.metrics.measured import (
    PEOPLE,
    PROS,
    events,
    load,
    load_once,
    measure,
    reading,
    settle,
)
from tests.catalogue.workspace import NOW, add_accounts, define, load_workspace, refresh

pytestmark = pytest.mark.django_db


def age(rows: pd.DataFrame) -> pd.Series:
    return (pd.Timestamp(NOW) - rows["at"]) / pd.Timedelta(days=1)


def own(key: str, definition: dict[str, Any], unit: str = "share") -> None:
    Metric.objects.create(key=key, name=key, unit=unit, definition=definition)


@pytest.fixture
def rows() -> pd.DataFrame:
    found = load_once()
    settle()
    define("pros", PROS)
    refresh()
    return found


@pytest.mark.parametrize("whose", list(Whose)[:3])
def test_members_everybody_else_and_everyone_are_measured_by_their_own_rows(
    rows: pd.DataFrame, whose: Whose
) -> None:
    done = measure()
    assert (done.state, done.rows_read, done.faults) == (RunState.SUCCEEDED, len(rows), {})
    is_in = {
        Whose.MEMBERS: lambda who: who % 3 == 0,
        Whose.OTHERS: lambda who: who % 3 != 0,
        Whose.EVERYONE: lambda who: True,
    }[whose]
    people = {who for who in range(PEOPLE) if is_in(who)}
    mine = rows[rows["who"].isin(people)]
    near, before = mine[age(mine) <= 28], mine[(age(mine) > 28) & (age(mine) <= 56)]
    n = len(people)
    active = set(near["who"])

    def value(metric: str) -> float | None:
        return reading(metric, whose=whose).value

    assert value("size") == n
    assert value("active_share_28d") == len(active) / n
    assert value("active_share_7d") == mine[age(mine) <= 7]["who"].nunique() / n
    stayed = len(set(before["who"]) & active) / before["who"].nunique()
    assert value("churn_28d") == pytest.approx(1 - stayed)
    gone = set(near[near["name"] == "cancelled"]["who"]) & set(before["who"])
    assert value("cancelled_28d") == pytest.approx(len(gone) / before["who"].nunique())
    assert value("clv_realised") == pytest.approx(mine["amount"].sum() / n)
    assert reading("clv_realised", whose=whose).unit == "EUR"
    share = reading("active_share_28d", whose=whose)
    assert share.low is not None
    assert share.high is not None
    assert share.low <= len(active) / n <= share.high
    assert share.n == n


def test_readings_name_what_they_measured(rows: pd.DataFrame) -> None:
    done = measure()
    segment = Segment.objects.get(key="pros")
    found = reading("active_share_28d")
    assert (found.measurement, found.as_of) == (done, NOW)
    assert (found.membership, found.definition) == (segment.membership, segment.definition)
    assert found.photo == done.photo
    assert "28" in found.method
    everyone = reading("size", whose=Whose.EVERYONE)
    assert (everyone.segment, everyone.membership) == (None, None)


def test_metrics_of_the_companys_own_are_those_of_pandas(rows: pd.DataFrame) -> None:
    own("sessions", {"count": "session", "in_last": "28 days"}, "sessions")
    own("paid", {"sum": "amount", "of": "paid"}, "EUR")
    own("each", {"avg": "amount", "of": "paid"}, "EUR")
    own("seats", {"mean": {"trait": "seats"}}, "seats")
    own("payers", {"share": {"did": "paid", "in_last": "28 days"}})
    own("both", {"share": {"all": [{"in_segment": "pros"}, {"did": "paid"}]}})
    own("by", {"ratio": [{"sum": "amount", "of": "paid"}, {"count": "session"}]}, "EUR")
    measure()
    mine = rows[rows["who"] % 3 == 0]
    near, n = mine[age(mine) <= 28], PEOPLE / 3
    paid = mine[mine["name"] == "paid"].groupby("who")["amount"]
    assert reading("sessions").value == pytest.approx((near["name"] == "session").sum() / n)
    assert reading("paid").value == pytest.approx(mine["amount"].sum() / n)
    each = reading("each")
    assert (each.value, each.n) == (pytest.approx(paid.mean().mean()), paid.ngroups)
    assert reading("seats").value == pytest.approx(np.arange(0, PEOPLE, 3).mean())
    assert reading("payers").value == near[near["name"] == "paid"]["who"].nunique() / n
    assert reading("both", whose=Whose.OTHERS).value == 0
    sessions = (mine["name"] == "session").sum()
    assert reading("by").value == pytest.approx(mine["amount"].sum() / sessions)


def test_conversion_counts_those_who_entered_four_weeks_ago(rows: pd.DataFrame) -> None:
    define("fresh", {"did": "session", "in_last": "3 days"})
    for back in (50, 40, 30, 10, 0):
        refresh("fresh", now=NOW - timedelta(days=back))
    measure()
    entered = []
    before: set[int] = set()
    for back in (50, 40, 30):
        ages = age(rows)
        there = set(rows[(rows["name"] == "session") & (ages >= back) & (ages <= back + 3)]["who"])
        # Who was there at the first refresh did not enter.
        entered += [(who, back) for who in there - before if back != 50]
        before = there
    subscribed = rows[rows["name"] == "subscribed"]
    reached = [
        ((subscribed["who"] == who) & age(subscribed).between(back - 28, back)).any()
        for who, back in entered
    ]
    found = reading("conversion_28d", "fresh")
    assert (found.n, found.value) == (len(entered), pytest.approx(np.mean(reached)))


def test_a_new_definition_and_the_one_before_are_measured_at_the_same_instant(
    rows: pd.DataFrame,
) -> None:
    measure(now=NOW)
    later = NOW + timedelta(hours=2)
    define("pros", {"trait": "plan", "is": "free"})
    refresh(now=later)
    measure(now=later)
    old, new = reading("size", whose=Whose.BEFORE), reading("size")
    assert (old.as_of, new.as_of) == (later, later)
    assert (old.value, new.value) == (PEOPLE / 3, PEOPLE * 2 / 3)
    assert (old.definition.number, new.definition.number) == (1, 2)  # type: ignore[union-attr]
    assert old.membership is None
    # Only once: after that the line goes on.
    measure(now=later + timedelta(hours=2))
    assert Reading.objects.filter(whose=Whose.BEFORE, metric="size").count() == 1


def test_numbers_on_few_people_are_hidden_with_the_reason(rows: pd.DataFrame) -> None:
    settle(fewest_people=21)
    measure()
    found = reading("active_share_28d")
    assert (found.value, found.low, found.n) == (None, None, 20)
    assert "fewer than 21 people" in found.reason
    assert reading("size").value == 20
    assert reading("active_share_28d", whose=Whose.OTHERS).value is not None


def test_what_cannot_be_measured_says_why_and_stops_nothing_else(rows: pd.DataFrame) -> None:
    settle(revenue=None, converted_events=[])
    own("broken", {"mean": {"nonsense": 1}}, "x")
    own("fine", {"count": "session"}, "sessions")
    done = measure()
    assert done.state == RunState.SUCCEEDED
    assert set(done.faults) == {"revenue", "converted", "broken"}
    for metric in ("clv_realised", "clv_12_months", "conversion_28d", "broken"):
        found = reading(metric)
        assert found.value is None
        assert found.reason
    assert "which event means “revenue”" in reading("clv_realised").reason
    assert reading("fine").value is not None
    assert reading("cancelled_28d").value is not None


def test_amounts_in_several_currencies_are_not_added_up() -> None:
    found = events()
    codes = ["USD" if who == 7 else "EUR" for who in found["who"]]
    load(found, currency=codes)
    settle(
        revenue={
            **dict(event="paid", property="amount", currency="EUR"),
            "currency_property": "currency",
        }
    )
    define("pros", PROS)
    refresh()
    done = measure()
    assert "EUR and USD" in done.faults["revenue"]
    assert reading("clv_realised").value is None
    assert reading("active_share_28d").value is not None


def test_only_events_that_mean_active_count(rows: pd.DataFrame) -> None:
    settle(active_events=["cancelled"])
    done = measure()
    near = rows[(age(rows) <= 28) & (rows["name"] == "cancelled")]
    members = near[near["who"] % 3 == 0]["who"].nunique()
    assert reading("active_share_28d").value == members / 20
    # Sessions mean nothing now, so they are not read.
    assert done.rows_read == len(rows[rows["name"] != "session"])


def test_a_segment_of_accounts_is_measured_by_their_customers() -> None:
    load_workspace()
    add_accounts()
    settle(fewest_people=5)
    define("firms", {"subject": "account", "where": {"trait": "tier", "is": "business"}})
    refresh()
    measure()
    found = reading("size", "firms")
    assert found.value == 2
    assert found.method.endswith("of the customers of its accounts")


def test_the_same_is_never_written_twice(rows: pd.DataFrame) -> None:
    done = measure()
    count = Reading.objects.count()
    again = run_measurement(measurement_id=done.pk)
    assert (again.attempts, Reading.objects.count()) == (1, count)


def test_a_cancelled_measuring_writes_nothing(rows: pd.DataFrame) -> None:
    asked = request_measurement(keys=[], now=NOW)
    before = Reading.objects.count()
    cancel_measurement(measurement_id=asked.pk)
    done = run_measurement(measurement_id=asked.pk)
    assert (done.state, Reading.objects.count()) == (RunState.CANCELLED, before)


def test_without_data_the_ledger_says_what_to_do() -> None:
    asked = Measurement.objects.create(now=NOW)
    with pytest.raises(Exception, match="manage.py load customers"):
        run_measurement(measurement_id=asked.pk)
    asked.refresh_from_db()
    assert (asked.state, "nothing to measure" in asked.error) == (RunState.FAILED, True)
