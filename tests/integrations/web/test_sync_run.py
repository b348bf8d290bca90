"""The page of one sync, and what people ask of a list beside a sync."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalogue.models import Change
from integrations.models import Audience, SyncRun
from tests.integrations.ground import audience_of, live_segment, publish, sync
from tests.integrations.sync.conftest import Opened, load
from tests.integrations.sync.conftest import hubspot as hubspot

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/segments/risk/sync/"


@pytest.fixture
def editor(hubspot: Opened, editor: Client) -> Client:
    fake = hubspot()
    load("a", "b", "c")
    fake.poison.add("c")
    publish(live_segment("risk", to="crm"), ["a", "b", "c"])
    sync("risk")
    return editor


def words(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", client.get(path).text).split())


def test_it_tells_what_was_planned_done_asked_and_said(editor: Client) -> None:
    run = SyncRun.objects.get()

    said = words(editor, f"/tools/crm/syncs/{run.pk}/")

    assert "risk to crm" in said
    assert "Add 3 2 Remove 0 0" in said
    assert "Of 3 members 3 were to be on the list" in said
    assert "1 refused by the tool: “" in said
    assert "2 people: 0 missing, 0 left over, 0 not ours" in said
    assert "POST" in said
    assert "No Such" not in said
    assert editor.get(f"/tools/other/syncs/{run.pk}/").status_code == 404
    assert editor.get("/tools/crm/syncs/999999/").status_code == 404


def test_a_list_is_paused_with_a_reason_and_goes_on(editor: Client) -> None:
    list_id = audience_of("risk").pk
    refused = editor.post(f"{PAGE}pause/", {"list": list_id, "reason": " "})
    assert refused.status_code == 409
    assert "Say why it is paused" in refused.text

    editor.post(f"{PAGE}pause/", {"list": list_id, "reason": "The campaign is rewritten."})

    assert Audience.objects.get().paused_reason.endswith(": The campaign is rewritten.")
    assert "Paused." in words(editor, PAGE)
    editor.post(f"{PAGE}resume/", {"list": list_id})
    assert Audience.objects.get().paused_reason == ""
    assert editor.post(f"{PAGE}resume/", {"list": list_id}).status_code == 409
    kinds = Change.objects.filter(object_type="list").values_list("kind", flat=True)
    assert {"sync.paused", "sync.resumed"} <= set(kinds)


def test_everybody_is_sent_again_when_somebody_asks(editor: Client) -> None:
    editor.post(f"{PAGE}full/", {"list": audience_of("risk").pk})

    assert Audience.objects.get().full_due
    assert sync("risk").run.to_add == 2


def test_the_exact_batches_are_shown_before_anything_is_sent(editor: Client) -> None:
    audience = audience_of("risk")
    Audience.objects.update(full_due=True)

    said = words(editor, f"{PAGE}?plan={audience.pk}")

    assert "Exactly these batches, removals first: add 3" in said
