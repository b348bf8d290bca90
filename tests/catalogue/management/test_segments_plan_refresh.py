"""manage.py segments plan-refresh, as people and programs call it."""

from __future__ import annotations

import pytest

from catalogue.models import MembershipVersion, RefreshRun
from tests.catalogue.management.test_segments_commands import manage, rows
from tests.catalogue.workspace import define, load_workspace

pytestmark = pytest.mark.django_db
NOW = "2026-03-18T12:00:00Z"


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def plan(*arguments: str) -> tuple[int, str, str]:
    return manage("segments", "plan-refresh", "--now", NOW, *arguments)


def test_conditions_that_are_written_differently_and_mean_the_same_are_asked_once() -> None:
    define("one", {"did": "login", "in_last": "7 days"})
    define("other", {"not": {"did_not": "login", "in_last": "7 days"}})
    define("third", {"count": "login", "gte": 1, "in_last": "7 days"})
    asked = [one for row in rows(plan("--json")[1]) for one in row["conditions"]]
    logins = [one for one in asked if "one" in one["segments"]]
    assert [one["segments"] for one in logins] == [["one", "other", "third"]]


def test_conditions_on_the_same_events_and_the_same_trait_share_a_scan() -> None:
    define("recent", {"did": "login", "in_last": "7 days"})
    define("lately", {"count": "login", "gte": 3, "in_last": "30 days"})
    define("pros", {"any": [{"trait": "plan", "is": "pro"}, {"trait": "plan", "is_set": False}]})
    found = {
        (row["kind"], *row["names"]): len(row["conditions"]) for row in rows(plan("--json")[1])
    }
    # Two of segments; whether anybody did anything lately is asked of each event, too.
    assert found[("events", "login")] == 3
    assert found[("trait", "plan")] == 2


def test_what_cannot_be_followed_says_why() -> None:
    define("largest", {"max": "amount", "of": "order_paid", "lt": 5})
    define("ordered", {"sequence": [{"did": "login"}, {"did": "order_paid"}]})
    define("counted", {"did": "login", "in_last": "7 days"})
    asked = [one for row in rows(plan("--json")[1]) for one in row["conditions"]]
    why = {key: one["read_anew"] for one in asked for key in one["segments"]}
    assert why["counted"] == ""
    assert why["largest"] == "it asks for more than counts, sums, first and last events"
    assert why["ordered"] == "order and habit are asked of the events one after the other"


def test_people_read_a_table_and_with_explain_every_condition() -> None:
    define("recent", {"did": "login", "in_last": "7 days"})
    code, out, err = plan("recent")
    assert (code, err) == (0, "")
    assert "distinct conditions of 1 segment, as of 2026-03-18 12:00 UTC" in out
    assert "events, counted" in out
    explained = plan("recent", "--explain")[1]
    assert "  has done “Login” in the last 7 days\n    for recent\n" in explained


def test_a_segment_that_cannot_be_judged_is_named_and_the_others_are_planned() -> None:
    define("good", {"did": "login"})
    define("broken", {"in_segment": "nothing"})
    code, out, err = plan("--json")
    assert code == 1
    assert "broken would not be judged" in err
    assert any("good" in one["segments"] for row in rows(out) for one in row["conditions"])


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    define("recent", {"did": "login"})
    code, _, err = plan("recnt")
    assert code == 1
    assert "Did you mean “recent”?" in err


def test_nothing_is_read_and_nothing_is_published() -> None:
    define("recent", {"did": "login"})
    plan()
    assert not RefreshRun.objects.exists()
    assert not MembershipVersion.objects.exists()
