"""Somebody erased leaves no trace but a keyed fingerprint, and evidence of every step."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.utils import timezone
from pyroaring import BitMap

from catalogue import ports, published
from catalogue.membership import bitmaps, snapshots
from catalogue.membership.versions import members_of
from catalogue.models import (
    Change,
    Consent,
    Customer,
    Erasure,
    Feedback,
    GoalSplit,
    KeptAnswer,
    ListedMember,
    MembershipVersion,
    OrdinalCounter,
    Suppressed,
    Suppression,
    User,
    VersionErasure,
    Via,
)
from catalogue.privacy.erasing.asking import request_erasure, waiting_erasures
from catalogue.privacy.erasing.running import run_erasure
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.ordinals import ordinals_of
from catalogue.warehouse.population import merge_customers
from tests.catalogue.membership.ground import publish
from tests.catalogue.privacy.erased import (
    ADDRESS,
    ID,
    OTHERS,
    an_export,
    ask,
    erase,
    everything_stored,
    furnished,
    lake_bytes,
)
from tests.catalogue.privacy.ground import audience, names
from tests.catalogue.workspace import NOW, load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_patience(settings: Any) -> Iterator[None]:
    settings.ERASURE_READ_SECONDS = 0
    before = list(ports._erasure_elsewhere)
    yield
    ports._erasure_elsewhere[:] = before


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


def test_what_workers_remembered_is_deleted() -> None:
    furnished()
    place = snapshots.folder() / "20260318T120000000000-1-00000000.kept"
    place.parent.mkdir()
    place.write_bytes(b"of before")
    erasure = erase()

    assert not place.exists()
    answer = erasure.steps.get(name="files").answer
    assert "1 files of what workers remembered deleted" in answer
