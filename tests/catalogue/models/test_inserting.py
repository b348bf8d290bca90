"""Rows that are inserted by the hundred are those that would have been created one by one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now

from catalogue.models import MembershipVersion, Reading, Segment
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def version() -> MembershipVersion:
    load_workspace()
    define("pros", {"trait": "plan", "is": "pro"})
    refresh()
    return MembershipVersion.objects.get()


def said(of: MembershipVersion, metric: str, as_of: datetime) -> dict[str, object]:
    return {
        "segment_id": of.segment_id,
        "membership_id": of.pk,
        "definition_id": of.definition_id,
        "photo_id": of.photo_id,
        "metric": metric,
        "value": None if metric == "none" else 0.25,
        "points": None if metric == "none" else [[1, 0.5, None, "≥ 3"], {}],
        "n": 3,
        "unit": "people",
        "method": "100 % of 'them', counted",
        "as_of": as_of,
    }


def test_they_are_as_bulk_create_makes_them() -> None:
    of = version()
    rows = [said(of, metric, NOW + timedelta(microseconds=1)) for metric in ("one", "none")]
    Reading.objects.all().delete()
    Reading.objects.bulk_create([Reading(**row) for row in rows])
    created = list(Reading.objects.order_by("metric").values())
    Reading.objects.all().delete()
    Reading.objects.insert(rows)
    inserted = list(Reading.objects.order_by("metric").values())
    assert [row | {"id": 0} for row in inserted] == [row | {"id": 0} for row in created]
    Reading.objects.insert([])
    assert Reading.objects.count() == 2


def test_the_database_puts_in_its_own_time_and_holds_to_its_rules() -> None:
    first = version()
    row = MembershipVersion.objects.filter(pk=first.pk).values().get()
    row = {name: value for name, value in row.items() if name not in ("id", "published_at")}
    row |= {"key_frame": bytes(row["key_frame"]), "entered": bytes(row["entered"])}
    row |= {"left": bytes(row["left"]), "number": 2}
    MembershipVersion.objects.insert([row], clock="published_at")
    second = MembershipVersion.objects.annotate(clock=Now()).get(number=2)
    assert timedelta(0) <= second.clock - second.published_at < timedelta(minutes=1)
    assert (bytes(second.key_frame or b""), second.now) == (row["key_frame"], first.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        MembershipVersion.objects.insert([row], clock="published_at")


def test_a_refresh_leaves_versions_readings_and_segments_that_name_each_other() -> None:
    version()
    define("recent", {"did": "login", "in_last": "7 days"})
    refresh(now=NOW + timedelta(days=30))
    newest = Segment.objects.filter(membership__segment=F("pk")).order_by("key")
    assert [one.key for one in newest] == ["pros", "recent"]
    for one in MembershipVersion.objects.all():
        found = Reading.objects.filter(membership=one)
        assert {(row.segment_id, row.definition_id, row.photo_id) for row in found} == {
            (one.segment_id, one.definition_id, one.photo_id)
        }
        assert {row.metric for row in found} >= {"size", "entered", "left"}
