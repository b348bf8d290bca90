"""Vouching for a segment: it holds while the definition stays and the reviews are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from catalogue.models import Role, Segment
from catalogue.segments.certifying import Trust, certify, trust_of, withdraw_certificate
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import publish
from catalogue.segments.refusals import SegmentRefused
from tests.catalogue.segments.ground import FREE, changed, draft_segment, key, live_segment, seat

pytestmark = [pytest.mark.django_db]


def trust(*, days: int = 0) -> Trust:
    now = timezone.now() + timedelta(days=days)
    return trust_of(Segment.objects.get(key="pros"), now=now, review_days=90)


def test_a_certificate_names_who_gave_it_and_why() -> None:
    live_segment()
    chief = seat("chief", Role.ADMIN)
    certify(key="pros", message="Looked at with sales.", by=chief, via="web")
    found = trust()
    assert (found.state, found.by, found.message) == ("certified", "Chief", "Looked at with sales.")


def test_it_falls_off_with_another_definition() -> None:
    live = live_segment()
    certify(key="pros", message="Good.", by=None, via="web")
    saved = save_draft(
        key="pros",
        document=changed(live, definition=FREE),
        token=token_of(live),
        by=None,
        via="web",
    )
    assert trust().state == "certified"
    publish(key="pros", message="Free.", token=token_of(saved), by=None, via="web")
    assert (trust().state, trust().why) == ("lapsed", "The definition has changed since.")


def test_it_falls_off_when_the_review_is_overdue() -> None:
    live_segment()
    certify(key="pros", message="Good.", by=None, via="web")
    assert trust(days=89).state == "certified"
    assert (trust(days=91).state, trust(days=91).why) == ("lapsed", "Its review is overdue.")


def test_only_owners_and_team_admins_vouch() -> None:
    live_segment()
    for actor in (seat("ed"), seat("out", Role.ADMIN, at="sales"), key("segments:publish")):
        with pytest.raises(PermissionDenied, match="owner and by the admins"):
            certify(key="pros", message="Good.", by=actor, via="web")
    mia = seat("mia", None)
    Segment.objects.update(owner=mia)
    certify(key="pros", message="Mine.", by=mia, via="web")
    withdraw_certificate(key="pros", message="No more.", by=mia, via="web")
    assert trust().state == "none"


def test_a_draft_is_not_vouched_for() -> None:
    draft_segment()
    with pytest.raises(SegmentRefused, match="not live"):
        certify(key="pros", message="Good.", by=None, via="web")
