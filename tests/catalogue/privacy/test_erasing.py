"""Somebody erased leaves no trace but a keyed fingerprint, and evidence of every step."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pyroaring import BitMap

from catalogue import ports, published
from catalogue.exports.requesting import exports_folder
from catalogue.membership import bitmaps
from catalogue.membership.versions import members_of
from catalogue.models import (
    Change,
    Consent,
    Customer,
    Erasure,
    Export,
    Feedback,
    GoalSplit,
    KeptAnswer,
    ListedMember,
    Load,
    MembershipVersion,
    Notice,
    OrdinalCounter,
    RefreshRun,
    Segment,
    Suppressed,
    Suppression,
    User,
    VersionErasure,
    Via,
)
from catalogue.privacy.erasing.asking import request_erasure, waiting_erasures
from catalogue.privacy.erasing.overdue import tell_of_overdue_erasures
from catalogue.privacy.erasing.running import run_erasure
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.loads import How
from catalogue.warehouse.ordinals import ordinals_of
from catalogue.warehouse.population import merge_customers
from tests.catalogue.membership.ground import START, make_segment, publish
from tests.catalogue.privacy.ground import audience, names, stop, word
from tests.catalogue.workspace import CUSTOMERS, LOADED, NOW, load_workspace

pytestmark = pytest.mark.django_db
ID, ADDRESS = "anna-7734", "Anna.K@x.example"
OTHERS = ("ada", "bob", "cleo")


@pytest.fixture(autouse=True)
def _no_patience(settings: Any) -> Iterator[None]:
    settings.ERASURE_READ_SECONDS = 0
    yield
    ports._erasure_elsewhere.clear()


def furnished() -> Segment:
    """A segment with five versions, in which Anna comes and goes, and a trace of her everywhere."""
    load_workspace()
    row = {"id": [ID], "plan": ["pro"], "email": [ADDRESS]}
    load_customers(pa.table(row), as_of=LOADED)
    anna, others = set(ordinals_of([ID])[0]), set(ordinals_of(OTHERS)[0])
    segment = make_segment()
    for day, members in enumerate(
        (others, others | anna, others | anna, others - {0} | anna, others, others | anna)
    ):
        publish(segment, members, day=day)
    segment.refresh_from_db()
    _goal(segment, BitMap(anna), BitMap(others))
    Feedback.objects.create(
        segment=segment,
        ordinal=min(anna),
        membership=segment.membership,
        fits=True,
        note="Nice to talk to.",
        who="Mia",
        at=START,
    )
    ListedMember.objects.create(segment=segment, kind="add", customer_id=ID)
    KeptAnswer.objects.create(
        owner="key", key="1", digest="0", started_at=START, body={"results": [{"id": ID}]}
    )
    KeptAnswer.objects.create(owner="key", key="2", digest="0", started_at=START, body={"id": "x"})
    Change.objects.create(
        kind="segment.edited",
        object_type="segment",
        object_key="payers",
        actor="mia",
        via="web",
        message=f"As {ADDRESS.lower()} asked; not of {ID}0.",
    )
    word(ID, given=True)
    stop(ID, purpose="sales")
    with_bad_row = pa.table({"id": [ID, ID], "plan": ["pro", "free"]})
    load_customers(with_bad_row, as_of=NOW, how=How(skip_bad_rows=True))
    return segment


def _goal(segment: Segment, anna: BitMap, others: BitMap) -> None:
    version = segment.membership
    assert version is not None
    both = bitmaps.dump(anna | others)
    GoalSplit.objects.create(
        segment=segment,
        goal={},
        goal_hash="0" * 64,
        now=START,
        membership=version,
        photo=version.photo,
        run=version.run,
        reached=both,
        missed=b"",
        not_yet=b"",
        too_early=b"",
        reached_count=4,
        missed_count=0,
        not_yet_count=0,
        too_early_count=0,
        sha256="0" * 64,
    )


def an_export(segment: Segment) -> Path:
    folder = exports_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "1.csv"
    file.write_text(f"id\n{ID}\n")
    Export.objects.create(
        membership=segment.membership,
        requested_by=User.objects.create_user("mia"),
        state="succeeded",
        path=file.name,
    )
    return file


def erase(customer_id: str = ID) -> Erasure:
    """Ask, and go through it."""
    asked = ask(customer_id)
    return run_erasure(erasure_id=asked.pk, now=timezone.now())


def ask(customer_id: str = ID) -> Erasure:
    return request_erasure(
        customer_id=customer_id,
        reason="Letter of 3 March.",
        now=timezone.now(),
        by=None,
        via=Via.COMMAND,
    )


def everything_stored() -> str:
    """All rows of the catalogue as text."""
    rows = []
    for model in apps.get_app_config("catalogue").get_models():
        rows += [json.dumps(row, default=str) for row in model._default_manager.values()]
    return "\n".join(rows)


def lake_bytes(settings: Any) -> bytes:
    files = (path for path in Path(settings.LAKE_DIR).rglob("*") if path.is_file())
    return b"".join(path.read_bytes() for path in files)


@pytest.mark.both_databases
def test_no_row_and_no_file_says_who_it_was(settings: Any) -> None:
    segment = furnished()
    file = an_export(segment)
    anna = min(ordinals_of([ID])[0])
    assert ID in everything_stored()
    assert ADDRESS.encode() in lake_bytes(settings)

    done = erase()

    assert (done.state, done.who, done.fault) == ("done", {}, "")
    stored = everything_stored().replace(f"{ID}0", "")
    assert ID not in stored
    assert ADDRESS.lower() not in stored.lower()
    assert f"not of {ID}0." in Change.objects.get(kind="segment.edited").message
    assert ADDRESS.encode() not in lake_bytes(settings)
    assert not file.exists()
    assert not Customer.objects.filter(pk=anna).exists()
    assert not Feedback.objects.exists()
    assert not Consent.objects.exists()
    assert not Suppressed.objects.exists()
    assert not ListedMember.objects.exists()
    assert KeptAnswer.objects.count() == 1
    assert {row.source for row in Suppression.objects.all()} == {"erasure"}


@pytest.mark.both_databases
def test_every_version_is_without_them_and_can_be_verified() -> None:
    segment = furnished()
    anna = min(ordinals_of([ID])[0])
    before = [set(members_of(row)) for row in segment.memberships.order_by("number")]
    assert any(anna in members for members in before)

    erase()

    rows = list(segment.memberships.order_by("number"))
    assert [set(members_of(row)) for row in rows] == [members - {anna} for members in before]
    for row in rows:
        bits = (bitmaps.load(one) for one in (row.entered, row.left, row.key_frame))
        entered, left, _ = bits
        assert not (entered | left) & BitMap([anna])
        assert (row.entered_count, row.left_count) == (len(entered), len(left))
    split = GoalSplit.objects.get()
    assert set(bitmaps.load(split.reached)) == set(ordinals_of(OTHERS)[0])
    assert split.reached_count == 3


def test_what_was_rewritten_is_on_record_with_who_why_and_how_many() -> None:
    segment = furnished()
    sums = dict(segment.memberships.values_list("number", "sha256"))
    done = erase()
    records = VersionErasure.objects.filter(erasure=done).select_related("membership")
    assert [one.membership.number for one in records] == [2, 3, 4, 5]
    for one in records:
        assert one.sha256_before == sums[one.membership.number]
        assert one.sha256_after == one.membership.sha256
        assert (one.is_open, one.cleared > 0) == (False, True)
    steps = {one.name: one for one in done.steps.all()}
    assert list(steps) == [
        "suppression", "exports", "texts", "lake", "members", "rows", "files", "photos", "ids",
    ]  # fmt: skip
    assert all(one.is_done for one in steps.values())
    assert steps["lake"].count == 3
    assert steps["ids"].count == 1
    kinds = Change.objects.filter(object_type="erasure").values_list("kind", flat=True)
    assert set(kinds) == {"erasure.asked", "erasure.done"}


@pytest.mark.both_databases
def test_nobody_but_an_erasure_changes_a_version_also_after_one() -> None:
    segment = furnished()
    erase()
    row = segment.memberships.order_by("number")[1]
    for change in ({"size": 9}, {"sha256": row.sha256}, {"number": 99}, {"entered": b""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            MembershipVersion.objects.filter(pk=row.pk).update(**change)


def test_their_number_is_given_to_nobody_else() -> None:
    furnished()
    anna, free = min(ordinals_of([ID])[0]), OrdinalCounter.objects.get(subject="customer").next
    erase()
    load_customers(pa.table({"id": ["zoe"]}), as_of=NOW)
    assert min(ordinals_of(["zoe"])[0]) == free > anna


def test_who_is_loaded_again_by_id_or_by_address_is_suppressed_as_they_come() -> None:
    segment = furnished()
    erase()
    row = {"id": [ID, "other-id", "zoe"], "email": ["new@x.example", ADDRESS, "z@x.example"]}
    load_customers(pa.table(row), as_of=NOW)
    back = ordinals_of([ID, "other-id", "zoe"])[0]
    publish(segment, set(back), day=9)
    version = published.newest("payers")
    assert version is not None
    found = audience(version)
    assert names(found) == ["zoe"]
    assert found.eligible.suppressed == 2


def test_from_asking_on_they_leave_by_no_way() -> None:
    furnished()
    version = published.newest("payers")
    assert version is not None
    asked = ask()
    assert ID not in names(audience(version))
    assert asked.state == "asked"
    assert waiting_erasures() == [asked.pk]


def test_whoever_was_merged_is_erased_under_all_ids() -> None:
    load_workspace()
    merge_customers(pa.table({"from": ["dan", "eve"], "into": ["bob", "dan"]}), now=NOW)
    whole = ordinals_of(["bob", "dan", "eve"])[0]
    done = erase("eve")
    assert (done.state, done.fault) == ("done", "")
    assert not Customer.objects.filter(pk__in=list(whole)).exists()
    assert Customer.objects.count() == 2
    assert done.steps.get(name="ids").count == 3


def test_asking_twice_is_one_erasure_also_by_another_id_and_when_it_is_done() -> None:
    load_workspace()
    merge_customers(pa.table({"from": ["dan"], "into": ["bob"]}), now=NOW)
    first = ask("bob")
    assert ask("dan").pk == ask("bob").pk == first.pk
    run_erasure(erasure_id=first.pk, now=timezone.now())
    assert ask("bob").pk == first.pk
    assert Erasure.objects.count() == 1


def test_who_came_back_can_be_erased_again() -> None:
    load_workspace()
    first = erase("bob")
    load_customers(pa.table({"id": ["bob"]}), as_of=NOW)
    second = erase("bob")
    assert (second.pk != first.pk, second.state) == (True, "done")


def test_a_stranger_is_not_erased() -> None:
    load_workspace()
    with pytest.raises(PrivacyRefused, match="no customer “nobody”"):
        ask("nobody")
    with pytest.raises(PrivacyRefused, match="Say why"):
        request_erasure(customer_id="ada", reason=" ", now=timezone.now(), by=None, via=Via.COMMAND)


def test_only_site_admins_have_somebody_erased() -> None:
    load_workspace()
    with pytest.raises(PermissionDenied, match="site admins"):
        request_erasure(
            customer_id="ada",
            reason="x",
            now=timezone.now(),
            by=User.objects.create_user("vic"),
            via=Via.WEB,
        )
    assert not Erasure.objects.exists()


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
