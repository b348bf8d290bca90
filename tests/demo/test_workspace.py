"""`manage.py demo_workspace`, run once as a whole on an empty workspace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
NOW = datetime.fromisoformat("2026-11-23T09:00:00+00:00")
SEGMENTS = (
    "api-builders",
    "champions-gone-quiet",
    "checkout-left",
    "midsize-dach-leads",
    "power-users-free",
    "team-full",
    "trial-ending-unengaged",
    "unhappy-with-support",
)
MODELS = {
    "behavioural",
    "demographic",
    "drop_off",
    "plan_status",
    "psychographic",
    "technographic",
    "usage",
}
WITH_GAPS = (
    "acquired_by",
    "company_size",
    "device",
    "industry",
    "integrations",
    "job_function",
    "language",
    "marketing_consent",
    "phone",
    "survey_motive",
    "survey_nps",
    "survey_support_satisfaction",
    "survey_worry",
    "trial_ends_at",
)
WITHOUT_GAPS = (
    "country",
    "email",
    "name",
    "plan",
    "role",
    "seat_usage",
    "seats",
    "signed_up_at",
    "subscription_status",
)
# Asked of some, three days ago.
SURVEYED = (
    "survey_trial_start_ease_of_use",
    "survey_trial_start_what_kept_you_from_starting",
    "survey_trial_start_would_you_pick_a_template",
)
# One worker builds the workspace once for all of these.
pytestmark = [pytest.mark.long, pytest.mark.xdist_group("fieldnote")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A built workspace: its environment, what was printed, how long it took, what it holds."""

    environment: dict[str, str]
    said: str
    holds: dict[str, Any]

    def versions(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.holds["segments"][key]["versions"]
        return found


def run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def look(environment: dict[str, str]) -> dict[str, Any]:
    holds: dict[str, Any] = json.loads(run(environment, "-m", "tests.demo.look"))
    return holds


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("fieldnote")
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SECRET_KEY": "only for tests",
        "LOG_LEVEL": "ERROR",
    }
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    said = run(environment, "manage.py", "demo_workspace", "--now", NOW.isoformat())
    return Built(environment=environment, said=said, holds=look(environment))


def test_everything_invented_is_there(built: Built) -> None:
    assert (built.holds["customers"], built.holds["accounts"]) == (20_000, 2_500)
    assert len(built.holds["events"]) == 12
    assert 500_000 < sum(built.holds["events"].values()) < 1_200_000
    assert built.holds["rows_refused"] == 0


def test_events_sent_twice_count_once(built: Built) -> None:
    assert 1_000 < built.holds["rows_known"] < 20_000


@pytest.mark.parametrize("trait", WITH_GAPS)
def test_what_not_everybody_tells_is_missing_for_2_to_40_of_100(built: Built, trait: str) -> None:
    assert 0.02 <= built.holds["null_shares"][trait] <= 0.40


@pytest.mark.parametrize("trait", WITHOUT_GAPS)
def test_what_the_business_always_knows_is_never_missing(built: Built, trait: str) -> None:
    assert built.holds["null_shares"][trait] == 0


def test_every_trait_is_one_of_these(built: Built) -> None:
    assert set(built.holds["null_shares"]) == {*WITH_GAPS, *WITHOUT_GAPS, *SURVEYED}


def test_events_have_properties_of_their_own_only(built: Built) -> None:
    assert "api_called.calls" in built.holds["properties"]
    assert "app_opened.calls" not in built.holds["properties"]


def test_twelve_weeks_were_refreshed_one_by_one(built: Built) -> None:
    assert [(state, now) for state, now, _ in built.holds["runs"]] == [
        ("succeeded", (NOW - timedelta(weeks=back)).isoformat()) for back in range(11, -1, -1)
    ]


def test_there_are_eight_segments_that_show_every_model(built: Built) -> None:
    assert tuple(sorted(built.holds["segments"])) == SEGMENTS
    shown = {model for segment in built.holds["segments"].values() for model in segment["models"]}
    assert shown == MODELS


@pytest.mark.parametrize("key", SEGMENTS)
def test_each_segment_answers_who_why_what_for_and_what_to_say(built: Built, key: str) -> None:
    segment = built.holds["segments"][key]
    assert segment["status"] == "live"
    assert segment["owner"] in built.holds["users"]
    assert len(segment["why"]) > 80
    assert {"event", "within", "at_least", "by"} <= set(segment["goal"])
    assert segment["goal"]["event"] in built.holds["events"]
    assert segment["evidence"] >= 1
    assert set(segment["messages"]) == {"sales", "marketing", "customer_success"}
    assert all(len(text) > 30 for text in segment["messages"].values())


@pytest.mark.parametrize("key", SEGMENTS)
def test_each_segment_holds_1_to_40_of_100_and_changes_every_week(built: Built, key: str) -> None:
    versions = built.versions(key)
    assert len(versions) == 12
    for version in versions:
        assert 0.01 <= version["size"] / built.holds["customers"] <= 0.40
        assert len(version["members"]) == version["size"]
    for before, after in pairwise(versions):
        assert after["entered"] + after["left"] > 0
        assert after["entered"] == len(set(after["members"]) - set(before["members"]))
        assert after["left"] == len(set(before["members"]) - set(after["members"]))


@pytest.mark.parametrize("week", range(12))
def test_no_two_segments_are_nearly_the_same(built: Built, week: int) -> None:
    for one, other in combinations(SEGMENTS, 2):
        a, b = (set(built.versions(key)[week]["members"]) for key in (one, other))
        both = len(a & b)
        assert both / len(a | b) <= 0.8, (one, other)
        assert both / min(len(a), len(b)) <= 0.8, (one, other)


def test_one_definition_was_changed_with_a_reason_and_one_change_waits(built: Built) -> None:
    segments = built.holds["segments"]
    assert {key: len(segments[key]["definitions"]) for key in SEGMENTS} == {
        key: 2 if key == "midsize-dach-leads" else 1 for key in SEGMENTS
    }
    number, message = segments["midsize-dach-leads"]["definitions"][-1]
    assert (number, "public sector" in message) == (2, True)
    eighth, ninth = built.versions("midsize-dach-leads")[7:9]
    assert ninth["size"] > eighth["size"]
    assert [key for key in SEGMENTS if segments[key]["draft"]] == ["api-builders"]


def test_each_kind_of_seat_is_taken_and_people_are_seen_by_some_only(built: Built) -> None:
    users = built.holds["users"].values()
    seats = [seat for user in users for seat in user["seats"].values()]
    assert {role for role, _ in seats} == {"viewer", "editor", "admin"}
    assert {sees for _, sees in seats} == {True, False}


def test_every_function_has_a_login_and_the_command_prints_it(built: Built) -> None:
    users = built.holds["users"]
    assert all(user["demo_password"] for user in users.values())
    assert [name for name, user in users.items() if user["admin"]] == ["admin@fieldnote.example"]
    for function in ("marketing", "sales", "customer success", "product", "data"):
        assert f", {function}" in built.said
    for name in users:
        assert name in built.said
    assert "fieldnote-demo" in built.said


def test_a_second_call_changes_nothing(built: Built) -> None:
    run(built.environment, "manage.py", "demo_workspace")
    assert look(built.environment) == built.holds
