from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Segment, Status, User, Via
from catalogue.segments.publishing import archive
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    """Mia, who has archived the old one of her two segments."""
    user = make_user("mia", first_name="Mia", last_name="Braun")
    client.force_login(user)
    make_segment("new", name="The new one", owner=user)
    make_segment("old", name="The old one", owner=user, sizes=(7,))
    archive(key="old", by=user, via=Via.WEB, message="Nobody used it.", replacement="new")
    return user


def test_an_archived_segment_says_why_and_what_is_used_instead(client: Client, owner: User) -> None:
    page = client.get("/segments/old/").text

    words = words_of(page)
    assert "This segment is archived, by Mia Braun on" in words
    assert "“Nobody used it.”" in words
    assert "7 people" in words
    assert 'Use <a href="/segments/new/">“The new one”</a> instead.' in page
    assert "Refresh now" not in words


def test_who_may_publish_it_brings_it_back_as_a_draft(client: Client, owner: User) -> None:
    assert "Bring it back" in client.get("/segments/old/").text

    answer = client.post("/segments/old/unarchive/")

    assert answer.headers["Location"] == "/segments/old/"
    assert Segment.objects.get(key="old").status == Status.DRAFT


def test_who_may_not_is_neither_offered_it_nor_let(client: Client, owner: User) -> None:
    client.force_login(make_user("tom"))

    assert "Bring it back" not in client.get("/segments/old/").text
    assert client.post("/segments/old/unarchive/").status_code == 403
    assert Segment.objects.get(key="old").status == Status.ARCHIVED
