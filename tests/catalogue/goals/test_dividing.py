"""Who reached the goal, missed it, or still has time, as refreshes find and store it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pyarrow as pa
import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.engine.local_times import microseconds, naive
from catalogue.goals.entries import entries_until
from catalogue.membership import bitmaps
from catalogue.membership.estimating import estimate
from catalogue.membership.explaining import explain
from catalogue.models import GoalSplit, Segment
from catalogue.segments.documents import token_of
from catalogue.segments.editing import create_segment, save_draft
from catalogue.segments.parts import names_of_parts
from catalogue.segments.publishing import publish
from catalogue.segments.storing import set_facts
from catalogue.warehouse.ingest import load_customers, load_events
from catalogue.warehouse.ordinals import ids_of, ordinals_of
from catalogue.warehouse.population import merge_customers
from tests.catalogue.segments.ground import changed, document, team
from tests.catalogue.workspace import (
    LOADED,
    NOW,
    add_accounts,
    define,
    ids,
    load_workspace,
    refresh,
)

pytestmark = pytest.mark.django_db
KNOWN: dict[str, object] = {"trait": "plan", "is_set": True}  # ada, bob, cleo, eve
GOAL = {"event": "paid", "within": "3 days", "at_least": "25%"}
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def paid(**when: datetime) -> None:
    """Somebody paid at these instants."""
    people = list(when)
    columns = {"customer": people, "name": ["paid"] * len(people), "time": list(when.values())}
    load_events(pa.table(columns), event_column="name", customer="customer", time="time")


def plan(on: datetime, **plans: str | None) -> None:
    """Somebody's plan became another one."""
    columns = {"id": list(plans), "plan": list(plans.values())}
    load_customers(pa.table(columns), as_of=on)


def split(key: str = "known") -> dict[str, set[str]]:
    """The ids of the newest split, by state; states without anybody are left out."""
    stored = GoalSplit.objects.filter(segment__key=key).latest("pk")
    members = {state: bitmaps.load(getattr(stored, state)) for state in GoalSplit.STATES}
    for state, some in members.items():
        assert len(some) == getattr(stored, f"{state}_count")
    return {state: {name for _, name in ids_of(some)} for state, some in members.items() if some}


def test_everybody_is_in_the_one_state_that_fits() -> None:
    define("known", KNOWN, goal=GOAL)
    paid(ada=NOW + DAY, bob=NOW + 4 * DAY, eve=NOW - DAY)
    refresh()
    assert split() == {"not_yet": {"ada", "bob", "cleo", "eve"}}  # eve paid before she entered
    refresh(now=NOW + DAY)
    assert split() == {"too_early": {"ada"}, "not_yet": {"bob", "cleo", "eve"}}
    refresh(now=NOW + 3 * DAY)
    assert split() == {"reached": {"ada"}, "missed": {"bob", "cleo", "eve"}}


def test_the_first_and_the_last_instant_of_the_time_count() -> None:
    define("known", KNOWN, goal=GOAL)
    refresh()
    moment = timedelta(microseconds=1)
    end = NOW + 3 * DAY
    paid(ada=NOW, bob=end, cleo=end + moment, eve=NOW - moment)
    refresh(now=end - moment)
    assert split() == {"too_early": {"ada"}, "not_yet": {"bob", "cleo", "eve"}}
    refresh(now=end + moment)
    assert split() == {"reached": {"ada", "bob"}, "missed": {"cleo", "eve"}}


def test_who_has_left_still_counts_and_who_comes_again_begins_again() -> None:
    define("known", KNOWN, goal=GOAL)
    refresh()
    plan(NOW + DAY, ada=None, bob=None)
    paid(ada=NOW + 2 * DAY)
    refresh(now=NOW + 2 * DAY)
    assert ids("known") == {"cleo", "eve"}
    assert split() == {"too_early": {"ada"}, "not_yet": {"bob", "cleo", "eve"}}
    plan(NOW + 2 * DAY, ada="pro")
    refresh(now=NOW + 4 * DAY)
    assert split() == {"not_yet": {"ada"}, "missed": {"bob", "cleo", "eve"}}


def test_with_a_day_for_all_the_time_ends_with_that_local_day() -> None:
    tree = {"subject": "customer", "timezone": "Europe/Berlin", "where": KNOWN}
    define("known", tree, goal={"event": "paid", "by": "2026-03-20"})
    end = datetime.fromisoformat("2026-03-20T23:00:00+00:00")  # midnight in Berlin
    paid(ada=end - timedelta(seconds=1), bob=end)
    refresh()
    refresh(now=end - timedelta(seconds=1))
    assert split() == {"too_early": {"ada"}, "not_yet": {"bob", "cleo", "eve"}}
    plan(end, dan="pro")  # entered after the day, so never had a chance
    refresh(now=end)
    assert ids("known") == {"ada", "bob", "cleo", "dan", "eve"}
    assert split() == {"reached": {"ada"}, "missed": {"bob", "cleo", "eve"}}


def test_months_end_on_the_calendar_of_the_segment() -> None:
    entered = datetime.fromisoformat("2026-01-31T12:00:00+00:00")
    define(
        "known",
        {"did": "login", "since": "2020-01-01"},
        goal={"event": "paid", "within": "1 month"},
    )
    refresh(now=entered)  # eve, who logged in on 2 January
    end = datetime.fromisoformat("2026-02-28T12:00:00+00:00")
    refresh(now=end - timedelta(seconds=1))
    assert split() == {"not_yet": {"eve"}}
    refresh(now=end)
    assert split() == {"missed": {"eve"}}


def test_only_events_that_fit_count() -> None:
    goal = {"event": "purchase", "where": [{"prop": "amount", "gt": 20}], "within": "30 days"}
    define("known", KNOWN, goal=goal)
    define("easy", KNOWN, goal=goal | {"where": [{"prop": "amount", "gt": 10}]})
    refresh(now=LOADED)
    refresh()
    assert split()["not_yet"] == {"ada", "bob", "cleo", "eve"}
    assert split("easy")["too_early"] == {"ada"}


def test_a_condition_counts_from_when_it_was_first_seen() -> None:
    goal = {"condition": {"trait": "plan", "is": "pro"}, "within": "3 days"}
    define("known", {"trait": "plan", "is_set": True}, goal=goal)
    plan(LOADED, ada="free", cleo="free")
    refresh()
    plan(NOW + DAY, ada="pro", eve="pro")
    plan(NOW + 3 * DAY, ada="free", bob="pro")  # no more, and too late to be seen in time
    refresh(now=NOW + 2 * DAY)
    assert split() == {"too_early": {"ada", "eve"}, "not_yet": {"bob", "cleo"}}
    refresh(now=NOW + 4 * DAY)
    assert split() == {"reached": {"ada", "eve"}, "missed": {"bob", "cleo"}}


def test_accounts_reach_a_condition() -> None:
    add_accounts()
    goal = {"condition": {"customers": "any", "where": {"did": "purchase"}}, "within": "3 days"}
    tree = {"subject": "account", "where": {"everyone": True}}
    define("firms", tree, goal=goal)
    refresh()
    stored = GoalSplit.objects.get()
    assert (stored.subject, stored.too_early_count, stored.not_yet_count) == ("account", 1, 2)


def test_those_who_are_gone_are_in_no_state_and_merges_are_followed() -> None:
    define("known", KNOWN, goal=GOAL)
    refresh()
    paid(bob=NOW + DAY)
    merges = pa.table({"from": ["bob"], "into": ["dan"]})
    merge_customers(merges, now=NOW + DAY)
    refresh(now=NOW + 2 * DAY)
    # dan is no member, but bob's time and event passed to him.
    assert split() == {"too_early": {"dan"}, "not_yet": {"ada", "cleo", "eve"}}


def test_parts_are_segments_like_others() -> None:
    define("known", KNOWN, goal=GOAL)
    define("late", {"in_segment": "known#not_reached"})
    define("there", {"all": [{"trait": "plan", "is": "pro"}, {"in_segment": "known#reached"}]})
    paid(ada=NOW + DAY, bob=NOW + DAY)
    refresh()
    refresh(now=NOW + DAY)
    assert ids("late") == {"cleo", "eve"}
    assert ids("there") == {"ada"}
    refresh(now=NOW + 9 * DAY)
    assert ids("late") == {"cleo", "eve"}


def test_a_part_is_judged_with_those_who_enter_by_the_same_refresh() -> None:
    """Also before the segment itself was ever refreshed."""
    define("known", KNOWN, goal=GOAL)
    define("late", {"in_segment": "known#not_reached"})
    refresh("late")
    assert ids("late") == {"ada", "bob", "cleo", "eve"}
    assert estimate(parse_definition({"in_segment": "known#not_reached"}), now=NOW).size == 4
    (dan,) = ordinals_of(["dan"])[0]
    found = explain(keys=["late"], ordinal=dan, now=NOW).segments["late"]
    assert not isinstance(found, DefinitionError)
    assert not found.is_in
    assert found.nodes[0].text == "is in segment “Known”, goal not reached"


def test_nothing_is_stored_twice_and_as_of_moves_on() -> None:
    segment = define("known", KNOWN, goal=GOAL)
    refresh()
    refresh(now=NOW + DAY)
    segment.refresh_from_db()
    assert GoalSplit.objects.count() == 1
    assert segment.goal_split is not None
    assert (segment.goal_split.now, segment.goal_as_of) == (NOW, NOW + DAY)
    refresh(now=NOW - DAY)  # back in time: what is known of later stays
    segment.refresh_from_db()
    assert segment.goal_as_of == NOW + DAY


def test_a_split_names_the_version_and_the_data_it_measured() -> None:
    define("known", KNOWN, goal=GOAL)
    run = refresh()
    stored = GoalSplit.objects.get()
    version = Segment.objects.get().membership
    assert (stored.membership, stored.photo, stored.run) == (version, run.photo, run)
    assert stored.goal == GOAL


def test_earlier_splits_keep_the_goal_they_measured() -> None:
    segment = define("known", KNOWN, goal=GOAL)
    paid(ada=NOW + 5 * DAY)
    refresh()
    refresh(now=NOW + 3 * DAY)
    segment.refresh_from_db()
    assert set_facts(segment, {"goal": GOAL | {"at_least": "50%"}})
    assert segment.goal_split is not None
    assert set_facts(segment, {"goal": GOAL | {"within": "6 days"}})
    assert (segment.goal_split, segment.goal_as_of) == (None, None)
    segment.save()
    refresh(now=NOW + 6 * DAY)
    assert [one.goal["within"] for one in GoalSplit.objects.order_by("pk")][1:] == [
        "3 days",
        "6 days",
    ]
    assert split() == {"reached": {"ada"}, "missed": {"bob", "cleo", "eve"}}


def test_a_goal_that_cannot_be_judged_keeps_the_last_split_and_the_segment() -> None:
    goal = {"condition": {"in_segment": "pros"}, "within": "3 days"}
    define("pros", {"trait": "plan", "is": "pro"})
    segment = define("known", KNOWN, goal=goal)
    refresh()
    Segment.objects.filter(key="pros").update(status="archived")
    run = refresh(now=NOW + DAY)
    segment.refresh_from_db()
    assert (segment.refreshed_at, segment.broken_reason) == (NOW + DAY, "")
    assert segment.goal_as_of == NOW
    assert all(not row["error"] for row in run.results)
    assert "no segment “pros”" in segment.goal_fault

    Segment.objects.filter(key="pros").update(status="live")
    refresh(now=NOW + 2 * DAY)
    segment.refresh_from_db()
    assert (segment.goal_as_of, segment.goal_fault) == (NOW + 2 * DAY, "")


def test_another_goal_has_none_of_the_faults_of_the_one_before() -> None:
    segment = define("known", KNOWN, goal=GOAL)
    segment.goal_fault = "there is no segment “pros”"
    assert set_facts(segment, {"goal": {**GOAL, "within": "5 days"}})
    assert segment.goal_fault == ""


def test_segments_with_goals_have_parts_to_name() -> None:
    define("known", KNOWN, goal=GOAL)
    define("plain", KNOWN)
    assert names_of_parts() == {"known": {"reached", "not_reached"}}


def test_entries_are_read_off_versions_also_when_a_refresh_went_back_in_time() -> None:
    segment = define("known", KNOWN)
    refresh(now=NOW)
    plan(NOW - 3 * DAY, bob=None)
    refresh(now=NOW - 2 * DAY)  # without bob
    entries = entries_until(segment, NOW)
    when = dict(zip(entries.people.tolist(), entries.at.tolist(), strict=True))
    (ada, bob) = ordinals_of(["ada", "bob"])[0]
    assert when[ada] == microseconds(naive(NOW - 2 * DAY))
    assert when[bob] == microseconds(naive(NOW))
    earlier = entries_until(segment, NOW - DAY)
    assert bob not in earlier.people.tolist()


def drafted(definition: dict[str, object]) -> None:
    """A draft segment `known` with a goal, refreshed a day ago."""
    team()
    paid(dan=NOW - 9 * DAY)
    made = {**document("known"), "goal": GOAL, "definition": definition}
    create_segment(document=made, by=None, via="command")
    refresh(now=NOW - DAY)


def go_live() -> None:
    token = token_of(Segment.objects.get(key="known"))
    publish(key="known", message="First.", token=token, by=None, via="command")


def test_who_belonged_to_a_draft_alone_has_entered_nothing() -> None:
    drafted({"everyone": True})
    segment = Segment.objects.get(key="known")
    wanted = changed(segment, definition=KNOWN)
    save_draft(key="known", document=wanted, token=token_of(segment), by=None, via="command")
    go_live()
    refresh()
    assert split() == {"not_yet": {"ada", "bob", "cleo", "eve"}}
    entries = entries_until(Segment.objects.get(key="known"), NOW)
    assert set(entries.at.tolist()) == {microseconds(naive(NOW))}


def test_who_is_in_when_a_refreshed_draft_goes_live_entered_with_that_refresh() -> None:
    drafted(KNOWN)
    go_live()
    refresh()
    entries = entries_until(Segment.objects.get(key="known"), NOW)
    assert set(entries.at.tolist()) == {microseconds(naive(NOW - DAY))}
    assert len(entries.people) == 4
