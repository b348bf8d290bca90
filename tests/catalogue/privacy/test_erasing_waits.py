"""What an erasure waits for, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.db import connection
from django.utils import timezone

from catalogue import ports
from catalogue.models import (
    Customer,
    Export,
    Load,
    MembershipVersion,
    Notice,
    RefreshRun,
    User,
    VersionErasure,
)
from catalogue.privacy.erasing.overdue import tell_of_overdue_erasures
from catalogue.privacy.erasing.running import run_erasure
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.ordinals import ordinals_of
from tests.catalogue.membership.ground import START
from tests.catalogue.privacy.erased import (
    ADDRESS,
    ID,
    ask,
    erase,
    everything_stored,
    furnished,
    lake_bytes,
)
from tests.catalogue.workspace import CUSTOMERS, NOW, load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_patience(settings: Any) -> Iterator[None]:
    settings.ERASURE_READ_SECONDS = 0
    yield
    ports._erasure_elsewhere.clear()


class Tools:
    """Two tools; one takes its time."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, str]] = []
        self.is_slow_done = False

    def ask(self, ordinal: int, external_id: str) -> list[ports.ElsewhereStep]:
        self.asked.append((ordinal, external_id))
        return [
            ports.ElsewhereStep(place="Mail", is_done=True, count=1, evidence="204 No Content"),
            ports.ElsewhereStep(
                place="Desk", is_done=self.is_slow_done, count=0, evidence="Job 7 is running."
            ),
        ]


def test_it_waits_for_a_tool_and_keeps_the_id_only_until_then() -> None:
    furnished()
    anna, tools = min(ordinals_of([ID])[0]), Tools()
    ports.register_erasure_elsewhere(tools)

    waiting = erase()

    assert waiting.state == "waiting"
    assert waiting.who == {str(anna): ID}
    assert set(tools.asked) == {(anna, ID)}
    steps = {one.place: one for one in waiting.steps.filter(name="tools")}
    assert (steps["Mail"].is_done, steps["Mail"].answer) == (True, "204 No Content")
    assert (steps["Desk"].is_done, steps["Desk"].answer) == (False, "Job 7 is running.")

    # A source that still lists her is refused, by name, while the id is known.
    load_customers(pa.table({"id": [ID]}), as_of=NOW)
    assert ID in json.dumps(list(Load.objects.values("refused")))
    tools.is_slow_done = True
    done = run_erasure(erasure_id=waiting.pk, now=timezone.now())
    assert (done.state, done.who) == ("done", {})
    assert ID not in everything_stored().replace(f"{ID}0", "")


def test_an_export_that_is_being_written_is_stopped_and_waited_for() -> None:
    segment = furnished()
    export = Export.objects.create(
        membership=segment.membership,
        requested_by=User.objects.create_user("mia"),
        state="running",
    )
    waiting = erase()
    assert waiting.state == "running"
    export.refresh_from_db()
    assert export.cancel_asked
    Export.objects.update(state="cancelled")
    assert run_erasure(erasure_id=waiting.pk, now=timezone.now()).state == "done"


def test_files_are_left_for_those_who_read_them_just_now(settings: Any) -> None:
    settings.ERASURE_READ_SECONDS = 60
    furnished()
    waiting = erase()
    assert waiting.state == "running"
    assert ADDRESS.encode() in lake_bytes(settings)
    done = run_erasure(erasure_id=waiting.pk, now=timezone.now() + timedelta(seconds=61))
    assert done.state == "done"
    assert ADDRESS.encode() not in lake_bytes(settings)


def test_while_a_refresh_runs_versions_wait() -> None:
    from catalogue.membership.attempt import LEASE
    from catalogue.warehouse import leases

    furnished()
    fence = leases.take(LEASE, "somebody", 300)
    assert fence is not None
    waiting = erase()
    assert waiting.state == "running"
    assert not waiting.steps.get(name="members").is_done
    leases.release(LEASE, fence)
    assert run_erasure(erasure_id=waiting.pk, now=timezone.now()).state == "done"


def test_two_workers_do_not_erase_at_once() -> None:
    from catalogue.privacy.erasing.running import LEASE
    from catalogue.warehouse import leases

    furnished()
    leases.take(LEASE, "somebody", 300)
    assert erase().state == "asked"


def test_a_damaged_version_is_not_hashed_as_if_it_were_right() -> None:
    segment = furnished()
    row = segment.memberships.order_by("number")[1]
    asked = ask()
    noted = VersionErasure.objects.create(
        erasure=asked,
        membership=row,
        sha256_before=row.sha256,
        sha256_after="f" * 64,
        cleared=0,
        at=START,
    )
    MembershipVersion.objects.filter(pk=row.pk).update(sha256="f" * 64)
    noted.delete()
    stopped = run_erasure(erasure_id=asked.pk, now=timezone.now())
    assert stopped.state == "running"
    assert "cannot be trusted" in stopped.fault


def test_a_short_id_is_no_reason_to_touch_other_peoples_texts() -> None:
    load_workspace()
    run = RefreshRun.objects.create(results=[{"key": "ada"}], error="ada")
    Load.objects.update(refused=[{"row": 2, "column": "id", "why": "“ada” was deleted"}])
    erase("ada")
    run.refresh_from_db()
    assert (run.results, run.error) == ([{"key": "ada"}], "ada")
    assert "ada" not in json.dumps(list(Load.objects.values("refused")))


def test_an_overdue_erasure_is_told_of_once() -> None:
    load_workspace()
    chief = User.objects.create_superuser("root")
    asked = ask("ada")
    now = timezone.now()
    assert tell_of_overdue_erasures(now=now) == 0
    later = now + timedelta(hours=25)
    assert tell_of_overdue_erasures(now=later) == 1
    assert tell_of_overdue_erasures(now=later) == 0
    told = Notice.objects.get(user=chief)
    assert f"Erasure {asked.pk} should have been done" in told.reason
    assert "ada" not in told.reason


def test_other_people_stay_as_they_were() -> None:
    load_workspace()
    load_customers(pa.table(CUSTOMERS), as_of=NOW)
    before = {row.pk: row.external_id for row in Customer.objects.exclude(external_id="bob")}
    erase("bob")
    assert {row.pk: row.external_id for row in Customer.objects.all()} == before
    assert connection.vendor in ("sqlite", "postgresql")
