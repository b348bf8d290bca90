"""The first sync of a segment to a tool, step by step."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

from catalogue.models import Change, Segment
from integrations.models import Audience
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.web.reading import words_of
from tests.catalogue.workspace import refresh
from tests.integrations.ground import audience_of, destination

pytestmark = pytest.mark.django_db
PAGE = "/segments/gone-quiet/sync/new/"


@pytest.fixture
def editor(client: Client) -> Client:
    """An editor of the team whose segment it is."""
    client.force_login(seat("eva"))
    return client


@pytest.fixture
def quiet(tmp_path: Path) -> Segment:
    """A live segment of two, ada and cleo, which goes to the CRM and not to the help desk."""
    for tool in ("crm", "helpdesk"):
        (tmp_path / tool).mkdir()
        destination(tool, "files", {"directory": tmp_path / tool})
    segment = live_segment("gone-quiet", sync=[{"to": "crm"}])
    refresh("gone-quiet")
    audience_of("gone-quiet")
    return segment


def form(client: Client, page: str) -> dict[str, str]:
    html = client.get(page).text
    return {
        name: re.findall(rf'name="{name}" value="([^"]*)"', html)[-1]
        for name in ("to", "as", "token")
    }


def test_it_shows_what_would_be_sent_and_stores_nothing(editor: Client, quiet: Segment) -> None:
    words = words_of(editor.get(f"{PAGE}?to=helpdesk&as=quiet ones").text)

    assert "It would add 2 for m1, in exactly these batches: add 2" in words
    assert "Members Left 2 Left out none" in words
    assert "Mode: " in words
    assert "cleo" not in words
    assert Audience.objects.count() == 1
    assert not Change.objects.filter(kind="segment.edited").exists()


def test_confirmed_it_is_wanted_there_and_the_list_is_synced(
    editor: Client, quiet: Segment
) -> None:
    sent = form(editor, f"{PAGE}?to=helpdesk&as=quiet ones")

    answer = editor.post(PAGE, sent, follow=True)

    assert "is sent to helpdesk from now on" in answer.text
    quiet.refresh_from_db()
    assert [line["to"] for line in quiet.sync_wanted] == ["crm", "helpdesk"]
    assert Audience.objects.get(destination__key="helpdesk").name == "quiet ones"
    assert Change.objects.filter(kind="segment.edited").count() == 1
    again = editor.post(PAGE, sent)
    assert again.status_code == 409
    assert "is sent to helpdesk already" in words_of(again.text)


def test_without_a_tool_nothing_is_changed(editor: Client, quiet: Segment) -> None:
    for to in ("", "nothing", "a\x00"):
        assert editor.post(PAGE, {"to": to}).status_code == 409
    assert Audience.objects.count() == 1


def test_it_is_for_those_who_may_change_the_segment(client: Client, quiet: Segment) -> None:
    client.force_login(seat("rob", None))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"to": "helpdesk"}).status_code == 403
    assert "Send it to another tool" not in client.get("/segments/gone-quiet/sync/").text
