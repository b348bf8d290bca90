"""Steering a list over REST: each act does what its page does, and nothing without its scope."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone

from catalogue.models import Change, Scope, Segment
from integrations.models import Audience, SyncRun
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.segments.ground import team
from tests.integrations.ground import destination, live_segment, make_customers, publish, sync

pytestmark = pytest.mark.django_db
PATH = "segments/risk/syncs/drop/"
STEERS = (Scope.SYNCS_WRITE, Scope.SEGMENTS_READ)


@pytest.fixture
def asks(tmp_path: Path) -> Program:
    """A key that steers; the list `risk` in the tool `drop` holds 400 people."""
    cache.clear()
    make_customers([f"c{n}" for n in range(400)])
    destination("drop", "files", {"directory": tmp_path})
    publish(live_segment("risk", to="drop"), [f"c{n}" for n in range(400)])
    sync("risk")
    return program(*STEERS, at="marketing")


def kinds() -> list[str]:
    rows = Change.objects.filter(object_type="list").order_by("pk")
    assert {row.via for row in rows} <= {"api"}
    return [row.kind for row in rows]


def test_a_list_is_paused_goes_on_and_is_synced(asks: Program) -> None:
    paused = asks.post(f"{PATH}pause/", {"reason": "A freeze."})
    assert paused.status_code == 202
    assert paused.json()["connection"]["state"] == "paused"
    assert Audience.objects.get().paused_reason == "key “crm”: A freeze."
    assert asks.post(f"{PATH}resume/").json()["connection"]["state"] == "working"
    problem(asks.post(f"{PATH}resume/"), 409, "refused")
    assert asks.post(f"{PATH}now/").status_code == 202
    assert kinds() == ["sync.paused", "sync.resumed", "sync.asked"]


def test_everybody_is_sent_again(asks: Program) -> None:
    assert asks.post(f"{PATH}full/", Idempotency_Key="full-1").status_code == 202
    assert asks.post(f"{PATH}full/", Idempotency_Key="full-1").status_code == 202
    assert Audience.objects.get().full_due
    assert kinds() == ["sync.full_asked"]


def test_a_sync_that_goes_on_is_cancelled_and_no_other(asks: Program) -> None:
    problem(asks.post(f"{PATH}cancel/"), 409, "refused")
    row = Audience.objects.get()
    facts = {"actor": "timetable", "fence": 2, "to_version": 1, "started_at": timezone.now()}
    run = SyncRun.objects.create(audience=row, **facts)
    assert asks.post(f"{PATH}cancel/").status_code == 202
    run.refresh_from_db()
    assert run.cancel_asked
    assert SyncRun.objects.filter(cancel_asked=True).count() == 1
    assert kinds() == ["sync.cancelled"]


def test_the_brake_yields_to_who_may_publish_and_only_for_that_version(asks: Program) -> None:
    publish(Segment.objects.get(), ["c1"])
    assert sync("risk").run.state == "braked"
    problem(asks.post(f"{PATH}now/"), 409, "refused")
    data = problem(asks.post(f"{PATH}approve/", {"membership_version": 2}), 403, "missing_scope")
    assert data["scope"] == "segments:publish"
    chief = program(*STEERS, Scope.SEGMENTS_PUBLISH, at="marketing")
    problem(chief.post(f"{PATH}approve/", {"membership_version": 1}), 409, "refused")
    assert chief.post(f"{PATH}approve/", {"membership_version": 2}).status_code == 202
    assert Audience.objects.get().is_approved(2)
    assert sync("risk").run.removed == 399


@pytest.mark.parametrize("verb", ["now", "pause", "resume", "full", "cancel", "approve"])
def test_steering_needs_its_scope_and_a_key_of_the_team(asks: Program, verb: str) -> None:
    body = {"pause": {"reason": "x"}, "approve": {"membership_version": 1}}.get(verb, {})
    few = program(Scope.SEGMENTS_WRITE, Scope.SEGMENTS_PUBLISH, at="marketing")
    assert problem(few.post(f"{PATH}{verb}/", body), 403, "missing_scope")["scope"] == (
        "syncs:write"
    )
    team("sales")
    problem(program(at="sales").post(f"{PATH}{verb}/", body), 403, "forbidden")
    assert kinds() == []


def test_what_does_not_fit_or_is_not_there_is_said(asks: Program) -> None:
    data = problem(asks.post(f"{PATH}pause/", {"reason": 3}), 400, "invalid_body")
    assert [flaw["pointer"] for flaw in data["errors"]] == ["/reason"]
    problem(asks.post(f"{PATH}now/", {"force": True}), 400, "invalid_body")
    problem(asks.post("segments/risk/syncs/other/now/"), 404, "not_found")
    problem(asks.post("segments/none/syncs/drop/now/"), 404, "not_found")
    assert kinds() == []
