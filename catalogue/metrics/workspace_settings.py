"""Saying which events mean active, revenue, converted and cancelled, and what else holds for the
whole workspace."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.paths import read_path
from catalogue.definitions.pieces import nearest
from catalogue.engine.streams import texts_in
from catalogue.metrics.measured import FEWEST
from catalogue.models import EventEntry, PropertyEntry, ValueType, Workspace
from catalogue.permissions import Actor, check_can_set_workspace
from catalogue.segments.changes import record
from catalogue.segments.refusals import StaleEdit
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import estimate_budget

EVENTS = ("active_events", "converted_events", "cancelled_events")
FIELDS = (*EVENTS, "revenue", "fewest_people")
CURRENCY = re.compile(r"[A-Z]{3}")
OF_REVENUE = ("event", "property", "currency", "currency_property")
# Whoever wants fewer could tell single persons from numbers.
LEAST, MOST = 5, 1_000
MOST_CURRENCIES = 10


def document_of(workspace: Workspace) -> dict[str, Any]:
    """The settings as they are sent, and may be sent again."""
    return {name: getattr(workspace, name) for name in FIELDS}


def token_of(workspace: Workspace) -> str:
    """What an edit names to say which state it was made from."""
    text = json.dumps(document_of(workspace), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def edit_workspace(
    *, document: Mapping[str, Any], token: str | None = None, by: Actor, via: str
) -> Workspace:
    """Change settings; those left out stay. Numbers follow with the next measuring, those taken
    until then stay as they are. Raises PermissionDenied, StaleEdit, and DefinitionError with every
    fault, each at its place in the document."""
    check_can_set_workspace(by)
    with transaction.atomic():
        workspace = Workspace.current()
        before = document_of(workspace)
        after = {**before, **document}
        if token is not None and after != before and token != token_of(workspace):
            theirs = {"name": "the settings of the workspace", **before}
            raise StaleEdit(yours=after, theirs=theirs, token=token_of(workspace))
        faults = list(_faults(after))
        if faults:
            raise DefinitionError(*faults)
        changed = [name for name in FIELDS if after[name] != before[name]]
        fields = {name: [before[name], after[name]] for name in changed}
        for name in fields:
            setattr(workspace, name, after[name])
        if fields:
            workspace.save()
            record(
                "workspace.edited",
                by=by,
                via=via,
                object_type="workspace",
                object_key="workspace",
                details={"fields": fields},
            )
    return workspace


def _faults(document: Mapping[str, Any]) -> Iterator[Fault]:
    known = list(EventEntry.objects.values_list("name", flat=True))
    for name in EVENTS:
        yield from _unknown_events(name, document[name], known)
    if document["revenue"] is not None:
        yield from _of_revenue(document["revenue"], known)
    fewest = document["fewest_people"]
    if not isinstance(fewest, int) or isinstance(fewest, bool) or not LEAST <= fewest <= MOST:
        yield _fault(
            "/fewest_people", f"Write a whole number from {LEAST} to {MOST}; {FEWEST} is usual."
        )


def _unknown_events(field: str, names: Any, known: list[str]) -> Iterator[Fault]:
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        yield _fault(f"/{field}", "Write a list of names of events, as in [order_paid].")
        return
    for place, name in enumerate(names):
        if name not in known:
            yield _unknown(f"/{field}/{place}", name, known)


def _of_revenue(said: Any, known: list[str]) -> Iterator[Fault]:
    if not isinstance(said, Mapping) or not set(said) <= set(OF_REVENUE):
        yield _fault("/revenue", f"Write a mapping of {', '.join(OF_REVENUE)}.")
        return
    event, prop = str(said.get("event") or ""), str(said.get("property") or "")
    if event not in known:
        yield _unknown("/revenue/event", event, known)
        return
    yield from _bad_property(event, prop, "/revenue/property")
    if not CURRENCY.fullmatch(str(said.get("currency") or "")):
        yield _fault("/revenue/currency", "Write the currency by its three letters, as in EUR.")
    named = said.get("currency_property")
    yield from _bad_currency_property(event, named)
    yield from _mixed(event, named, str(said.get("currency")))


def _bad_property(event: str, prop: str, pointer: str) -> Iterator[Fault]:
    path = read_path(prop) if prop else None
    rows = PropertyEntry.objects.filter(event__name=event)
    types = {entry.name: entry.type for entry in rows}
    if path is None or path[0] not in types:
        near = nearest(prop, types)
        yield _fault(pointer, f"“{event}” never had a property “{prop}”.", near)
    elif len(path) == 1 and types[path[0]] not in ("", ValueType.NUMBER):
        label = ValueType(types[path[0]]).label.lower()
        yield _fault(
            pointer, f"“{prop}” of “{event}” is {label}, not a number that can be added up."
        )


def _bad_currency_property(event: str, prop: Any) -> Iterator[Fault]:
    """Where amounts say their currency, that has to be looked at: they may be in several."""
    names = set(PropertyEntry.objects.filter(event__name=event).values_list("name", flat=True))
    if prop is not None and prop not in names:
        near = nearest(str(prop), names)
        yield _fault(
            "/revenue/currency_property", f"“{event}” never had a property “{prop}”.", near
        )
    elif prop is None and "currency" in names:
        yield _fault(
            "/revenue/currency_property",
            f"Each “{event}” says its own currency. Amounts in several cannot be added up: name the"
            " property, and they are only added up while all are in one.",
            "currency",
        )


def _mixed(event: str, prop: Any, currency: str) -> Iterator[Fault]:
    """Amounts that say several currencies, or another one than the settings do."""
    photo, path = photos.newest_photo(), read_path(str(prop)) if prop else None
    if photo is None or path is None:
        return
    tables = photos.open_photo(photo, budget=estimate_budget())
    found = texts_in(event, path, tables, MOST_CURRENCIES)
    if len(found) > 1:
        yield _fault(
            "/revenue/currency",
            f"The amounts of “{event}” are in {', '.join(found[:-1])} and {found[-1]}. They cannot"
            " be added up. Send them in one currency, as a property of their own.",
        )
    elif found and found != [currency]:
        said = f"The amounts of “{event}” say that they are in {found[0]}."
        yield _fault("/revenue/currency", said, found[0])


def _unknown(pointer: str, name: str, known: list[str]) -> Fault:
    return Fault(
        code=Code.UNKNOWN_EVENT,
        message=f"No event “{name}” was ever received.",
        pointer=pointer,
        suggestion=nearest(name, known),
    )


def _fault(pointer: str, message: str, suggestion: str | None = None) -> Fault:
    return Fault(code=Code.BAD_VALUE, message=message, pointer=pointer, suggestion=suggestion)
