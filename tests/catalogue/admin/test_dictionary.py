"""The dictionary is corrected here: what things are called and mean, not that they exist."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Change, EventEntry, PropertyEntry, Role, TraitEntry
from tests.catalogue.admin.ground import change_page, form_of
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.writing import know_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    know_words()
    client.force_login(seat("chief", Role.ADMIN))
    return client


def test_a_trait_is_named_described_and_typed_and_that_is_written_down(chief: Client) -> None:
    plan = TraitEntry.objects.get(name="plan")
    posted = form_of(chief, change_page(plan), "traitentry")
    said = {"label": ["Plan"], "description": ["What they pay for."], "type_": ["list"]}

    chief.post(change_page(plan), posted | said)

    stored = TraitEntry.objects.values("label", "description", "stated_type").get(name="plan")
    assert stored == {"label": "Plan", "description": "What they pay for.", "stated_type": "list"}
    change = Change.objects.get()
    assert (change.kind, change.object_key, change.via) == ("trait.described", "plan", "admin")
    assert change.details["fields"]["type"] == ["inferred", "list"]

    chief.post(change_page(plan), posted | said | {"type_": ["inferred"]})
    assert TraitEntry.objects.get(name="plan").stated_type == ""


def test_events_and_properties_are_named_too(chief: Client) -> None:
    event = EventEntry.objects.get(name="login")
    prop = PropertyEntry.objects.get(event=event)

    chief.post(change_page(event), {"label": "Signed in", "description": ""})
    chief.post(change_page(prop), {"label": "Amount", "description": "", "type_": "number"})

    assert EventEntry.objects.get(pk=event.pk).label == "Signed in"
    assert PropertyEntry.objects.get(pk=prop.pk).stated_type == "number"
    assert set(Change.objects.values_list("object_key", flat=True)) == {"login", "login.amount"}


def test_names_and_types_that_do_not_exist_are_left_alone(chief: Client) -> None:
    plan = TraitEntry.objects.get(name="plan")

    answer = chief.post(change_page(plan), {"name": "other", "label": "x", "type_": "money"})

    assert answer.status_code == 200
    assert TraitEntry.objects.filter(name="plan", label="", stated_type="").exists()
