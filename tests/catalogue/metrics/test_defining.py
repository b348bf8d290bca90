"""Metrics of the company's own are defined, changed and archived by right, and never half."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.definitions.errors import DefinitionError
from catalogue.metrics.defining import (
    MetricRefused,
    archive_metric,
    define_metric,
    edit_metric,
    token_of,
    unarchive_metric,
)
from catalogue.metrics.registry import find, registered
from catalogue.models import Change, EventEntry, Metric, Role, TraitEntry
from catalogue.segments.refusals import StaleEdit
from catalogue.segments.vocabulary import stored_labels
from tests.catalogue.segments.ground import key, seat

pytestmark = pytest.mark.django_db

LOGINS: dict[str, Any] = {
    "key": "logins",
    "name": "Log-ins",
    "definition": {"count": "login", "in_last": "28 days"},
    "unit": "log-ins",
    "direction": "up",
}


@pytest.fixture(autouse=True)
def words() -> None:
    EventEntry.objects.create(name="login")
    TraitEntry.objects.create(name="seats", inferred_type="number")


def test_a_metric_is_defined_by_an_editor_who_owns_it_from_then_on() -> None:
    mia = seat("mia", Role.EDITOR)
    mia.email = "mia@fieldnote.example"
    mia.save()
    made = define_metric(document=LOGINS, by=mia, via="web")
    assert (made.owner, made.direction) == (mia, "up")
    assert made.definition == {"mean": {"count": "login", "in_last": "28 day"}}
    found = find("logins", stored_labels(mia))
    assert found is not None
    assert found.says == "How often “Login” was done in the last 28 days, as a mean per member"
    change = Change.objects.get(kind="metric.defined")
    assert (change.object_key, change.user) == ("logins", mia)


def test_every_fault_has_its_place_and_nothing_is_stored() -> None:
    wrong = {
        "key": "No Key",
        "name": " ",
        "direction": "upp",
        "owner": "nobody@x.example",
        "unit": "x" * 21,
        "definition": {"ratio": [{"count": "logn"}, {"mean": 1}]},
    }
    with pytest.raises(DefinitionError) as refused:
        define_metric(document=wrong, by=None, via="api")
    places = {fault.pointer for fault in refused.value.faults}
    assert places >= {"/key", "/name", "/direction", "/owner", "/unit"}
    assert any(place.startswith("/definition/ratio/1") for place in places)
    assert not Metric.objects.exists()
    assert not Change.objects.exists()


def test_a_key_is_given_once_and_standard_ones_stay_as_they_are() -> None:
    define_metric(document=LOGINS, by=None, via="api")
    for taken in ("logins", "active_share_28d"):
        with pytest.raises(MetricRefused, match="already"):
            define_metric(document={**LOGINS, "key": taken}, by=None, via="api")
    with pytest.raises(MetricRefused, match="every workspace"):
        edit_metric(key="size", document={"name": "x"}, token="", by=None, via="api")


def test_an_edit_names_the_state_it_was_made_from() -> None:
    made = define_metric(document=LOGINS, by=None, via="api")
    token = token_of(made)
    edited = edit_metric(key="logins", document={"name": "Visits"}, token=token, by=None, via="api")
    assert (edited.name, edited.unit) == ("Visits", "log-ins")
    assert Change.objects.get(kind="metric.edited").details["fields"] == {
        "name": ["Log-ins", "Visits"]
    }
    with pytest.raises(StaleEdit):
        edit_metric(key="logins", document={"name": "Other"}, token=token, by=None, via="api")
    assert Metric.objects.get().name == "Visits"


def test_an_archived_metric_is_listed_no_more_and_can_be_brought_back() -> None:
    define_metric(document=LOGINS, by=None, via="api")
    archive_metric(key="logins", by=None, via="api")
    labels = stored_labels(None)
    assert "logins" not in {one.key for one in registered(labels)}
    assert "logins" in {one.key for one in registered(labels, archived=True)}
    unarchive_metric(key="logins", by=None, via="api")
    assert "logins" in {one.key for one in registered(labels)}


def test_who_may_not_is_told_whom_to_ask() -> None:
    viewer, owner, other = (
        seat("vic", Role.VIEWER),
        seat("mia", Role.EDITOR),
        seat("jo", Role.EDITOR),
    )
    with pytest.raises(PermissionDenied, match="seat as editor"):
        define_metric(document=LOGINS, by=viewer, via="web")
    Metric.objects.create(key="mine", name="Mine", definition={"count": "login"}, owner=owner)
    with pytest.raises(PermissionDenied, match="Mia"):
        archive_metric(key="mine", by=other, via="web")
    with pytest.raises(PermissionDenied, match="metrics:write"):
        define_metric(document=LOGINS, by=key("metrics:read"), via="api")
    assert define_metric(document=LOGINS, by=key("metrics:write"), via="api").owner is None
