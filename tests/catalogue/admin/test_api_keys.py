"""Keys are made once, shown once, and revoked."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import ApiKey, Change, Role, Segment, Team
from catalogue.segments.keys import find_key
from tests.catalogue.admin.ground import change_page, form_of, press
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.writing import live

pytestmark = pytest.mark.django_db
ADD = "/admin/catalogue/apikey/add/"


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    client.force_login(seat("chief", Role.ADMIN))
    return client


def filled(client: Client, **said: Any) -> dict[str, list[str]]:
    """The form, filled in."""
    found = form_of(client, ADD, "apikey")
    found.pop("segments")
    usual = {"name": ["CRM"], "scopes": ["segments:read", "members:check"]}
    return found | usual | {name: [str(one) for one in value] for name, value in said.items()}


def text_on(page: str) -> str:
    """The key that a page shows."""
    return page.split('id="key-text"')[1].split('value="')[1].split('"')[0]


def test_a_key_is_shown_in_the_one_answer_that_makes_it_and_opens_what_it_says(
    chief: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    answer = chief.post(ADD, filled(chief))

    text = text_on(answer.text)
    key = find_key(text, timezone.now())
    assert key is not None
    assert (key.name, key.team.slug) == ("CRM", "growth")
    assert key.scopes == ["members:check", "segments:read"]
    assert "no-store" in answer.headers["Cache-Control"]
    assert "never shown again" in answer.text
    shown = {
        "page": chief.get(change_page(key)).text,
        "list": chief.get("/admin/catalogue/apikey/").text,
        "history": chief.get(f"/admin/catalogue/apikey/{key.pk}/history/").text,
        "cookies": str(answer.cookies),
        "session": str(dict(chief.session)),
        "changes": str(list(Change.objects.values())),
        "rows": str(list(ApiKey.objects.values())),
        "log": caplog.text,
        "repr": repr(key),
    }
    assert [place for place, said in shown.items() if text in said] == []


def test_the_same_form_sent_twice_makes_one_key(chief: Client) -> None:
    posted = filled(chief)
    chief.post(ADD, posted)

    again = chief.post(ADD, posted)

    assert "This form was sent twice" in again.text
    assert ApiKey.objects.count() == 1


def test_a_form_that_was_never_opened_makes_no_key(chief: Client) -> None:
    posted = filled(chief) | {"once": ["forged"]}

    assert "This form was sent twice" in chief.post(ADD, posted).text
    assert not ApiKey.objects.exists()


def test_a_key_lists_segments_of_its_own_team_only(chief: Client) -> None:
    live("own")
    foreign = Segment.objects.create(key="foreign", name="Foreign", team=team("sales"))

    answer = chief.post(ADD, filled(chief, segments=[foreign.pk]))

    assert "not one of the available choices" in answer.text
    assert not ApiKey.objects.exists()
    page = chief.get(ADD).text
    assert "Pros (Growth)" in page
    assert "Foreign" not in page


def test_a_key_of_somebody_elses_team_cannot_be_made(chief: Client) -> None:
    sales = team("sales")

    chief.post(ADD, filled(chief, team=[sales.pk]))

    assert not ApiKey.objects.exists()
    assert Team.objects.filter(pk=sales.pk).exists()


def test_a_key_ends_with_its_last_day(chief: Client) -> None:
    today = timezone.localdate()

    chief.post(ADD, filled(chief, last_day=[today + timedelta(days=1)]))
    refused = chief.post(ADD, filled(chief, last_day=[today - timedelta(days=1)]))

    key = ApiKey.objects.get()
    assert key.expires_at is not None
    assert timezone.localdate(key.expires_at - timedelta(seconds=1)) == today + timedelta(days=1)
    assert "That day is over" in refused.text


def test_a_key_without_a_scope_is_refused_at_its_field(chief: Client) -> None:
    posted = filled(chief)
    del posted["scopes"]

    assert "This field is required" in chief.post(ADD, posted).text
    assert not ApiKey.objects.exists()


def test_a_key_is_read_never_edited(chief: Client) -> None:
    chief.post(ADD, filled(chief))
    key = ApiKey.objects.get()
    before = ApiKey.objects.values().get()

    answer = chief.post(change_page(key), {"name": "Other", "scopes": ["segments:publish"]})

    assert answer.status_code == 403
    assert ApiKey.objects.values().get() == before
    assert key.digest not in chief.get(change_page(key)).text


def test_a_revoked_key_opens_nothing_and_that_is_written_down(chief: Client) -> None:
    text = text_on(chief.post(ADD, filled(chief)).text)

    answer = press(chief, ApiKey.objects.get(), "revoke")

    assert "opens nothing any more" in answer.text
    assert "Revoked" in answer.text
    assert find_key(text, timezone.now()) is None
    change = Change.objects.first()
    assert change is not None
    assert (change.kind, change.via) == ("key.revoked", "admin")
    assert press(chief, ApiKey.objects.get(), "revoke").status_code == 403
