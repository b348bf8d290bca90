"""The page of a customer says that, and why, they must not be used."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Role
from tests.catalogue.privacy.ground import stop, word
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.reading import words_of
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def seer(client: Client) -> Client:
    """Somebody who may see the people of the segments of Growth."""
    load_workspace()
    client.force_login(seat("vera", Role.VIEWER, sees=True))
    return client


def test_somebody_suppressed_is_shown_with_the_reason_to_whoever_may_see_people(
    seer: Client,
) -> None:
    stop("ada")
    stop("ada", purpose="sales")
    word("ada", given=False, purpose="marketing")
    page = words_of(seer.get("/customers/ada/").text)
    assert "Suppressed for every purpose since" in page
    assert "Suppressed for sales since" in page
    assert "Asked us to. (An admin, by the command line.)" in page
    assert "marketing Withdrawn" in page


def test_of_who_is_not_suppressed_nothing_is_said_about_it(seer: Client) -> None:
    page = words_of(seer.get("/customers/bob/").text)
    assert "Suppressed" not in page
    assert "Consent" not in page
