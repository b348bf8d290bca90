"""Which events mean what is said by site admins, of events there are, in one currency."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.definitions.errors import DefinitionError
from catalogue.metrics.workspace_settings import document_of, edit_workspace, token_of
from catalogue.models import Change, Role, User, Workspace
from catalogue.segments.refusals import StaleEdit
from tests.catalogue.metrics.measured import EUROS, events, load
from tests.catalogue.segments.ground import seat
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db

PAID = {"event": "purchase", "property": "amount", "currency": "EUR"}


def refused(**document: Any) -> list[tuple[str, str | None]]:
    """Where a document is refused, and what is proposed."""
    with pytest.raises(DefinitionError) as error:
        edit_workspace(document=document, by=None, via="api")
    return [(fault.pointer, fault.suggestion) for fault in error.value.faults]


def test_settings_are_kept_and_written_down() -> None:
    load_workspace()
    root = User.objects.create_superuser("root", "root@x.example", "x")
    edit_workspace(document={"revenue": PAID, "active_events": ["login"]}, by=root, via="web")
    workspace = Workspace.current()
    assert (workspace.revenue, workspace.active_events) == (PAID, ["login"])
    change = Change.objects.get(kind="workspace.edited")
    assert change.details["fields"]["active_events"] == [[], ["login"]]


def test_what_there_is_not_is_refused_at_its_place_and_nothing_is_kept() -> None:
    load_workspace()
    assert refused(active_events=["login", "logn"]) == [("/active_events/1", "login")]
    assert refused(revenue={**PAID, "event": "purchas"}) == [("/revenue/event", "purchase")]
    assert refused(revenue={**PAID, "property": "amoun"}) == [("/revenue/property", "amount")]
    assert refused(revenue={**PAID, "currency": "euros"}) == [("/revenue/currency", None)]
    assert refused(revenue={"worth": 3}) == [("/revenue", None)]
    assert refused(fewest_people=1) == [("/fewest_people", None)]
    assert refused(converted_events="login") == [("/converted_events", None)]
    assert not Workspace.objects.exists()


def test_amounts_in_several_currencies_are_refused_with_a_sentence() -> None:
    found = events()
    load(found, currency=["USD" if who == 7 else "EUR" for who in found["who"]])
    assert refused(revenue=EUROS) == [("/revenue/currency_property", "currency")]
    mixed = {**EUROS, "currency_property": "currency"}
    with pytest.raises(DefinitionError, match="are in EUR and USD. They cannot be added up"):
        edit_workspace(document={"revenue": mixed}, by=None, via="api")
    assert not Workspace.objects.exists()


def test_an_edit_from_an_older_state_is_not_taken() -> None:
    load_workspace()
    token = token_of(Workspace.current())
    edit_workspace(document={"fewest_people": 20}, token=token, by=None, via="api")
    with pytest.raises(StaleEdit):
        edit_workspace(document={"fewest_people": 30}, token=token, by=None, via="api")
    assert document_of(Workspace.current())["fewest_people"] == 20


def test_only_site_admins_say_what_events_mean() -> None:
    with pytest.raises(PermissionDenied, match="site admins"):
        edit_workspace(document={"fewest_people": 20}, by=seat("mia", Role.ADMIN), via="web")
