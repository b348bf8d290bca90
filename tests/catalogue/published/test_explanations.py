"""Explanations leave by customer id, for those who may see people."""

from __future__ import annotations

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied

from catalogue import published
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.membership.explaining import Explained
from catalogue.models import PeopleGrant, Segment, Team, TeamMember, User
from catalogue.permissions import Actor
from catalogue.published import CustomerExplained
from catalogue.warehouse.population import delete_customers, merge_customers
from tests.catalogue.workspace import NOW, define, load_workspace

pytestmark = pytest.mark.django_db
PRO: dict[str, object] = {"trait": "plan", "is": "pro"}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()
    define("pros", PRO)


def explain(customer_id: str, *, viewer: Actor = None) -> CustomerExplained:
    return published.explain("pros", customer_id, viewer=viewer, now=NOW)


def test_a_live_customer_is_explained_under_its_own_id() -> None:
    found = explain("ada")
    told = found.segments["pros"]
    assert isinstance(told, Explained)
    assert told.is_in
    assert (found.asked_id, found.customer_id, found.sentence) == ("ada", "ada", "")
    assert found.now == NOW
    assert found.data_as_of is not None


def test_an_unknown_id_is_a_sentence() -> None:
    found = explain("Ada")
    assert (found.customer_id, found.segments) == (None, {})
    assert found.sentence.startswith("There is no customer “Ada”. Write the id exactly as it was")


def test_a_deleted_customer_is_a_sentence() -> None:
    delete_customers(pa.table({"customer_id": ["ada"]}), now=NOW)
    found = explain("ada")
    assert (found.customer_id, found.segments) == (None, {})
    assert found.sentence == "The customer “ada” was deleted on 2026-03-18, so it is in no segment."


def test_of_a_merged_customer_the_last_survivor_is_explained() -> None:
    merge_customers(pa.table({"from": ["ada", "bob"], "into": ["bob", "eve"]}), now=NOW)
    found = explain("ada")
    assert found.customer_id == "eve"
    assert found.sentence.startswith("“ada” was merged into “eve”, so this is about “eve”")
    assert "pros" in found.segments


def test_who_was_merged_into_a_deleted_customer_is_gone_too() -> None:
    merge_customers(pa.table({"from": ["ada"], "into": ["bob"]}), now=NOW)
    delete_customers(pa.table({"customer_id": ["bob"]}), now=NOW)
    found = explain("ada")
    assert (found.customer_id, found.segments) == (None, {})
    assert found.sentence.startswith("“ada” was merged into “bob”, which is deleted")


def test_a_draft_of_the_definition_may_be_asked_about() -> None:
    free = parse_definition({"trait": "plan", "is": "free"})
    found = published.explain("pros", "bob", viewer=None, now=NOW, definition=free)
    told = found.segments["pros"]
    assert isinstance(told, Explained)
    assert told.is_in


def test_a_segment_that_cannot_be_judged_is_refused() -> None:
    define("lost", {"in_segment": "nowhere"})
    with pytest.raises(DefinitionError, match="no segment “nowhere”"):
        published.explain("lost", "ada", viewer=None, now=NOW)


def test_only_those_who_may_see_people_get_an_explanation() -> None:
    vic = User.objects.create_user("vic")
    with pytest.raises(PermissionDenied):
        explain("ada", viewer=vic)
    # Nor do they learn which ids there are.
    with pytest.raises(PermissionDenied):
        explain("nobody", viewer=vic)
    PeopleGrant.objects.create(segment=Segment.objects.get(key="pros"), user=vic)
    assert explain("ada", viewer=vic).customer_id == "ada"


def test_a_private_draft_of_another_team_does_not_exist() -> None:
    Segment.objects.filter(key="pros").update(is_private=True)
    with pytest.raises(Segment.DoesNotExist):
        explain("ada", viewer=User.objects.create_user("vic"))


def test_of_all_segments_only_those_are_explained_whose_people_one_may_see() -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    define("mail", {"trait": "email", "is_set": True}, team=sales)
    define("old", PRO, status="archived")
    vic = User.objects.create_user("vic")
    TeamMember.objects.create(team=sales, user=vic, role="viewer", see_people=True)

    def keys(viewer: Actor, *only: str) -> list[str]:
        found = published.explain_each("ada", viewer=viewer, now=NOW, keys=only or None)
        return sorted(found.segments)

    assert keys(None) == ["mail", "pros"]
    assert keys(None, "pros", "old") == ["pros"]
    assert keys(vic) == ["mail"]
    assert keys(vic, "pros") == []
