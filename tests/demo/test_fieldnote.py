"""Fieldnote is believable: what its systems export looks like a subscription business."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from catalogue.management.demo_workspace.exports import Export, exports, invent
from catalogue.management.demo_workspace.span import Span
from catalogue.management.demo_workspace.traits import Business

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
EVENTS = {
    "api_called",
    "app_opened",
    "checkout_started",
    "invite_sent",
    "order_paid",
    "payment_method_added",
    "project_created",
    "report_exported",
    "subscription_cancelled",
    "subscription_started",
    "ticket_opened",
    "trial_started",
}
pytestmark = pytest.mark.xdist_group("fieldnote")


@pytest.fixture(scope="module")
def business() -> Business:
    return invent(Span(now=NOW))


@pytest.fixture(scope="module")
def files(business: Business) -> list[Export]:
    return list(exports(business))


@pytest.fixture(scope="module")
def events(files: list[Export]) -> pd.DataFrame:
    """Every event once, as it would be after loading all files in order."""
    return received(files).drop_duplicates("event_id")


def received(files: list[Export]) -> pd.DataFrame:
    """Every row of every file of events, in the order of arrival."""
    columns = ["event_id", "customer_id", "time"]
    parts = []
    before = NOW - 180 * DAY
    for at in sorted({file.at for file in files if file.kind == "events"}):
        for file in (file for file in files if file.kind == "events" and file.at == at):
            part = file.table.select(columns).to_pandas()
            parts.append(part.assign(event=file.event, since=before, until=at))
        before = at
    return pd.concat(parts, ignore_index=True)


def month(number: int) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Thirty days, counted back from now."""
    end = pd.Timestamp(NOW) - number * 30 * DAY
    return end - 30 * DAY, end


def test_there_are_20_000_customers_in_2_500_accounts(files: list[Export]) -> None:
    (accounts,) = (file.table for file in files if file.kind == "accounts")
    sign_ups = [file.table for file in files if file.name.startswith("sign-ups")]
    people = pa.concat_tables(sign_ups).to_pandas()
    assert len(accounts) == accounts["id"].to_pandas().nunique() == 2_500
    assert len(people) == people["id"].nunique() == 20_000
    assert people["email"].nunique() == 20_000
    assert set(people["account"]) == set(accounts["id"].to_pylist())


def test_twelve_kinds_of_events_cover_180_days(events: pd.DataFrame) -> None:
    assert set(events["event"]) == EVENTS
    assert 500_000 < len(events) < 1_200_000
    span = events["time"].max() - events["time"].min()
    assert timedelta(days=179) < span <= timedelta(days=181)
    assert events["time"].max() <= pd.Timestamp(NOW)


def test_nobody_does_anything_before_joining(business: Business) -> None:
    for happenings in business.happenings:
        early = happenings.at < business.people.joined[happenings.person]
        assert not early.any(), happenings.name


def test_15_to_35_of_100_trials_become_subscriptions(events: pd.DataFrame) -> None:
    trials = events[events["event"] == "trial_started"].set_index("customer_id")["time"]
    decided = trials[trials < pd.Timestamp(NOW) - 30 * DAY]
    started = events[events["event"] == "subscription_started"].set_index("customer_id")["time"]
    first = started.groupby(level=0).min().reindex(decided.index)
    share = (first.notna() & (first - decided <= 30 * DAY)).mean()
    assert len(decided) > 500
    assert 0.15 <= share <= 0.35


@pytest.mark.parametrize("number", range(6))
def test_1_to_5_of_100_subscriptions_end_each_month(
    business: Business, events: pd.DataFrame, number: int
) -> None:
    start, end = month(number)
    ended = events[(events["event"] == "subscription_cancelled") & (events["time"] > start)]
    day = (start - (pd.Timestamp(NOW).normalize() - 180 * DAY)).days
    paying = business.subscriptions.paying()[:, max(day, 0)].sum()
    assert 0.01 <= (ended["time"] <= end).sum() / paying <= 0.05


def test_working_days_are_busy_and_weekends_quiet(events: pd.DataFrame) -> None:
    opened = events[(events["event"] == "app_opened") & (events["time"] > NOW - 84 * DAY)]
    by_day = opened["time"].dt.day_of_week.value_counts().sort_index()
    assert by_day[[1, 2]].min() > 4 * by_day[[5, 6]].max()
    assert by_day[4] < by_day[2]


def test_most_happens_in_working_hours(business: Business) -> None:
    opened = business.happenings[0]
    offset = business.people.hours_from_utc[opened.person] * 3_600_000_000
    hour = (opened.at + offset) // 3_600_000_000 % 24
    assert ((hour >= 8) & (hour < 18)).mean() > 0.75


def test_some_events_arrive_days_after_their_time(files: list[Export]) -> None:
    rows = received(files)
    is_late = rows["time"] < rows["since"] - DAY
    assert is_late.sum() > 300
    assert is_late.mean() < 0.05
    assert (rows["since"] - rows["time"])[is_late].max() < 11 * DAY
    assert (rows["time"] <= rows["until"]).all()


def test_some_events_are_sent_twice_in_one_file_and_in_two(files: list[Export]) -> None:
    rows = received(files)
    doubled = rows[rows.duplicated("event_id", keep=False)]
    sent = doubled.groupby("event_id")
    assert 0.001 < len(sent) / rows["event_id"].nunique() < 0.02
    assert (sent[["customer_id", "time", "event"]].nunique() == 1).all(axis=None)
    assert set(sent["until"].nunique()) == {1, 2}


def test_the_same_seed_and_instant_give_the_same_files(files: list[Export]) -> None:
    again = list(exports(invent(Span(now=NOW))))
    assert [file.name for file in again] == [file.name for file in files]
    assert all(a.table.equals(b.table) for a, b in zip(again, files, strict=True))


def test_a_week_later_the_same_happens_a_week_later(business: Business) -> None:
    later = invent(Span(now=NOW + 7 * DAY))
    week = 7 * 86_400_000_000
    for before, after in zip(business.happenings, later.happenings, strict=True):
        assert np.array_equal(before.at + week, after.at), before.name
        assert np.array_equal(before.person, after.person), before.name


@pytest.mark.parametrize("day", range(7))
def test_the_trials_convert_whatever_day_it_is_today(day: int) -> None:
    span = Span(now=NOW + day * DAY, customers=4_000, accounts=2_500)
    business = invent(span)
    names = {happenings.name: len(happenings) for happenings in business.happenings}
    assert set(names) == EVENTS
    assert min(names.values()) > 0
