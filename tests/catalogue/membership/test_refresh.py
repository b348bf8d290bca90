"""A refresh judges segments at one instant on one photo and publishes what changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db.models import F

from catalogue.membership.attempt import LEASE, Attempt, LostLease, RefreshError
from catalogue.membership.refresh import (
    UnknownSegment,
    cancel_refresh,
    request_refresh,
    run_refresh,
)
from catalogue.metrics.readings import readings_of
from catalogue.models import Lease, ListedMember, RefreshRun, RunState, Segment
from catalogue.warehouse import leases
from catalogue.warehouse.connection import standing_connection
from catalogue.warehouse.ingest import load_customers
from tests.catalogue.workspace import CUSTOMERS, NOW, define, ids, load_workspace, refresh

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

PRO = {"trait": "plan", "is": "pro"}
RECENT = {"did": "login", "in_last": "7 days"}


def stored(key: str) -> Segment:
    return Segment.objects.select_related("membership").get(key=key)


def test_drafts_and_live_segments_are_refreshed_and_archived_ones_are_not() -> None:
    load_workspace()
    define("draft", PRO)
    define("live", RECENT, status="live")
    define("gone", PRO, status="archived")
    run = refresh()
    assert run.state == RunState.SUCCEEDED
    assert ids("draft") == {"ada", "cleo"}
    assert ids("live") == {"ada"}
    assert stored("gone").membership is None


def test_a_run_says_what_it_did() -> None:
    load_workspace()
    define("pros", PRO)
    run = refresh()
    assert run.photo is not None
    assert run.now == NOW
    assert run.milliseconds is not None
    assert run.rows_read > 0
    assert run.progress_done == run.progress_total > 0
    assert (run.attempts, run.error) == (1, "")
    row = run.results[0]
    assert row.pop("milliseconds") >= 0
    assert row == {
        "key": "pros", "size": 2, "entered": 2, "left": 0, "version": 1, "error": "",
    }  # fmt: skip


def test_only_the_segments_asked_for_are_published_though_others_are_judged_for_them() -> None:
    load_workspace()
    define("pros", PRO)
    define("built", {"all": [{"in_segment": "pros"}, RECENT]})
    run = refresh("built")
    assert [row["key"] for row in run.results] == ["built"]
    assert ids("built") == {"ada"}
    assert stored("pros").membership is None


def test_refreshing_again_publishes_nothing_but_says_when() -> None:
    load_workspace()
    define("pros", PRO)
    refresh()
    run = refresh(now=NOW + timedelta(days=1))
    assert run.results[0]["version"] == 1
    assert stored("pros").memberships.count() == 1
    assert stored("pros").refreshed_at == NOW + timedelta(days=1)


def test_new_data_makes_the_next_version_with_who_entered_and_who_left() -> None:
    load_workspace()
    define("pros", PRO)
    refresh()
    load_customers(pa.table({"id": ["ada", "bob"], "plan": ["free", "pro"]}), as_of=NOW)
    run = refresh(now=NOW + timedelta(days=1))
    assert ids("pros") == {"bob", "cleo"}
    assert (run.results[0]["entered"], run.results[0]["left"]) == (1, 1)


def test_a_second_definition_with_the_same_people_is_a_version_without_changes() -> None:
    load_workspace()
    define("pros", PRO)
    refresh()
    define("pros", {"all": [PRO]})
    run = refresh()
    row = run.results[0]
    assert (row["version"], row["entered"], row["left"]) == (2, 0, 0)
    membership = stored("pros").membership
    assert membership is not None
    assert membership.definition.number == 2


def test_active_members_are_measured_with_every_version() -> None:
    load_workspace()
    define("pros", PRO)
    define("everyone", {"everyone": True})
    refresh()
    shares = {}
    for key in ("pros", "everyone"):
        membership = stored(key).membership
        assert membership is not None
        shares[key] = readings_of(membership)["active_share_28d"].value
    assert shares == {"pros": 1 / 2, "everyone": 2 / 5}


def test_people_listed_by_hand_enter_and_stay_out() -> None:
    load_workspace()
    segment = define("pros", PRO)
    for kind, customer_id in (("add", "dan"), ("remove", "cleo"), ("add", "nobody-yet")):
        ListedMember.objects.create(segment=segment, kind=kind, customer_id=customer_id)
    refresh()
    assert ids("pros") == {"ada", "dan"}
    load_customers(pa.table({"id": ["nobody-yet"]}), as_of=NOW)
    refresh()
    assert ids("pros") == {"ada", "dan", "nobody-yet"}


def test_a_broken_segment_keeps_its_people_and_does_not_stop_the_others() -> None:
    load_workspace()
    define("base", PRO)
    define("built", {"in_segment": "base"})
    define("other", PRO)
    refresh()
    Segment.objects.filter(key="base").update(status="archived")
    load_customers(pa.table({"id": ["bob"], "plan": ["pro"]}), as_of=NOW)
    run = refresh()
    assert run.state == RunState.SUCCEEDED
    errors = {row["key"]: row["error"] for row in run.results}
    assert "base" in errors["built"]
    assert errors["other"] == ""
    assert ids("other") == {"ada", "bob", "cleo"}
    assert ids("built") == {"ada", "cleo"}
    assert "base" in stored("built").broken_reason
    Segment.objects.filter(key="base").update(status="draft")
    refresh()
    assert stored("built").broken_reason == ""
    assert ids("built") == {"ada", "bob", "cleo"}


def test_before_the_first_load_a_refresh_says_what_to_do() -> None:
    define("pros", PRO)
    run = request_refresh()
    with pytest.raises(RefreshError, match="load customers first|Load customers first"):
        run_refresh(run_id=run.pk, clock_now=NOW)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert "manage.py load customers" in run.error
    assert leases.held_by(LEASE) is None


def test_an_unknown_key_is_refused_with_the_nearest_one() -> None:
    define("power-users", PRO)
    with pytest.raises(UnknownSegment, match=r"“power-user”. Did you mean “power-users”\?"):
        request_refresh(keys=["power-user"])
    assert not RefreshRun.objects.exists()


def test_a_run_waits_in_the_ledger_while_another_refresh_is_under_way() -> None:
    load_workspace()
    define("pros", PRO)
    leases.take(LEASE, "elsewhere:1", 60)
    assert refresh().state == RunState.QUEUED
    assert stored("pros").membership is None


def test_requests_during_a_refresh_wait_as_one_run() -> None:
    define("pros", PRO)
    assert len({request_refresh().pk for _ in range(100)}) == 1
    assert len({request_refresh(keys=["pros"]).pk for _ in range(100)}) == 1
    assert RefreshRun.objects.count() == 2


def test_a_slot_is_run_once_however_often_it_is_asked_for() -> None:
    load_workspace()
    define("pros", PRO)
    first = request_refresh(slot="2026-03-18T06:00")
    run_refresh(run_id=first.pk, clock_now=NOW)
    again = request_refresh(slot="2026-03-18T06:00")
    assert again.pk == first.pk
    before = again.finished_at
    assert run_refresh(run_id=again.pk, clock_now=NOW).finished_at == before


def test_a_second_attempt_judges_the_instant_of_the_first() -> None:
    load_workspace()
    define("pros", PRO)
    run = request_refresh()
    run_refresh(run_id=run.pk, clock_now=NOW)
    RefreshRun.objects.update(state=RunState.QUEUED)
    later = run_refresh(run_id=run.pk, clock_now=NOW + timedelta(hours=9))
    assert (later.now, later.attempts) == (NOW, 2)


def test_a_cancelled_run_is_never_done() -> None:
    load_workspace()
    define("pros", PRO)
    run = cancel_refresh(run_id=request_refresh().pk)
    assert run_refresh(run_id=run.pk, clock_now=NOW).state == RunState.CANCELLED
    assert stored("pros").membership is None


@pytest.mark.parametrize("loss", ["expired", "taken over"])
def test_an_attempt_that_lost_its_lease_cannot_go_on(loss: str) -> None:
    fence = leases.take(LEASE, "me:1", 60)
    assert fence is not None
    run = RefreshRun.objects.create(state=RunState.RUNNING, fence=fence)
    if loss == "expired":
        Lease.objects.update(expires_at=NOW)
    else:
        Lease.objects.update(fence=F("fence") + 1)
    with pytest.raises(LostLease), Attempt(run.pk, fence) as attempt:
        attempt.renew()
    run.refresh_from_db()
    assert run.state == RunState.FAILED


def test_all_customers_of_the_workspace_are_in_everyone() -> None:
    load_workspace()
    define("everyone", {"everyone": True})
    refresh()
    assert ids("everyone") == set(CUSTOMERS["id"])


@pytest.mark.parametrize("where", [PRO, RECENT], ids=["traits", "events"])
def test_a_damaged_lake_is_said_in_a_sentence_and_the_last_good_version_stays(
    where: dict[str, object], settings: Any
) -> None:
    load_workspace()
    define("kept", where)
    refresh()
    before = ids("kept")
    for file in settings.LAKE_DIR.rglob("*.parquet"):
        file.write_bytes(b"no Parquet any more")
    lake = {"lake": settings.LAKE_DIR, "memory_limit": f"{settings.REFRESH_MEMORY_MIB}MiB"}
    standing_connection(**lake).con.execute("CREATE TABLE mark AS SELECT 1")
    with pytest.raises(RefreshError, match="could not be read.*Look at the files of the lake"):
        refresh(now=NOW + timedelta(days=1))
    # After a failure the next refresh has a DuckDB of its own.
    tables = standing_connection(**lake).con.execute("SHOW TABLES").fetchall()
    assert ("mark",) not in tables
    run = RefreshRun.objects.order_by("pk").last()
    assert run is not None
    assert (run.state, stored("kept").membership.number) == (RunState.FAILED, 1)
    assert "Look at the files of the lake" in run.error
    assert ids("kept") == before
