from __future__ import annotations

import pytest

from catalogue.models import Notice, Role, Segment
from catalogue.notices.telling import answer_for, notify
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.workspace import make_segment

pytestmark = pytest.mark.django_db


def test_what_somebody_has_not_seen_is_not_told_twice_and_what_they_have_seen_is() -> None:
    mia, rob = seat("mia"), seat("rob")
    first = notify(mia, reason="It is too hot.", link="/runs/1/")
    assert notify(mia, reason="It is too hot.", link="/runs/1/") == first
    assert notify(mia, reason="It is too hot.", link="/runs/2/") != first
    assert notify(rob, reason="It is too hot.", link="/runs/1/") != first
    Notice.objects.filter(pk=first.pk).update(seen_at=first.created_at)
    assert notify(mia, reason="It is too hot.", link="/runs/1/") != first


def test_the_owner_answers_for_a_segment_and_without_an_active_one_the_admins_of_its_team() -> None:
    mia, chief = seat("mia"), seat("chief", Role.ADMIN)
    seat("elsewhere", Role.ADMIN, at="sales"), seat("editor", Role.EDITOR)
    make_segment("busy", name="Busy")
    make_segment("calm", name="Calm")
    make_segment("idle", name="Idle")
    Segment.objects.filter(key__in=["busy", "idle"]).update(owner=mia)

    assert answer_for(["busy", "calm"]) == {mia: ["Busy"], chief: ["Calm"]}
    mia.is_active = False
    mia.save()
    assert answer_for(["busy", "calm"]) == {chief: ["Busy", "Calm"]}
