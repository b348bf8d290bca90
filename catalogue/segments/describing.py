"""Correcting the dictionary, and writing down who did."""

from __future__ import annotations

import hashlib
import json

from django.db import transaction

from catalogue.models import Change, EventEntry, PropertyEntry, TraitEntry, TraitKind
from catalogue.permissions import Actor, check_can_describe
from catalogue.segments.changes import record
from catalogue.warehouse.dictionary_edits import DictionaryError, Entry, describe_entry

OBJECT_TYPES = {TraitEntry: "trait", EventEntry: "event", PropertyEntry: "property"}


class DescribedMeanwhile(DictionaryError):
    """Somebody has described the entry since it was looked at. `theirs` is the entry now, `token`
    names that state."""

    def __init__(self, theirs: Entry) -> None:
        self.theirs = theirs
        self.token = token_of(theirs)
        by = _last_actor(theirs) or "Somebody"
        super().__init__(
            f"{by} has described “{theirs}” since you opened it. Nothing of yours was stored."
            " Compare both, then decide."
        )


def describe(
    *,
    entry: Entry,
    label: str,
    description: str,
    type_: str | None,
    by: Actor,
    via: str,
    token: str = "",
    kind: str | None = None,
) -> Entry:
    """Say what an entry is called and means, and what its values are (`inferred` = as they look;
    None where it has no type); of a trait also what `kind` of thing it tells ("" = not said, None =
    as it is). `token`, if given, names the state it was made from. Unchanged:
    nothing is written. Raises DictionaryError, DescribedMeanwhile and PermissionDenied."""
    check_can_describe(by)
    with transaction.atomic():
        stored = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
        before = _facts(stored)
        said = {"label": label.strip(), "description": description.strip()}
        wanted = {**before, **said, **({"type": type_} if type_ is not None else {})}
        wanted |= {"kind": kind} if kind is not None and "kind" in before else {}
        if token and token != _token(before) and wanted != before:
            raise DescribedMeanwhile(stored)
        changed_entry = describe_entry(stored, type_=type_, **said)
        if kind is not None and isinstance(changed_entry, TraitEntry):
            _say_kind(changed_entry, kind)
        after = _facts(changed_entry)
        fields = {
            name: [before[name], after[name]] for name in after if before[name] != after[name]
        }
        if fields:
            record(
                f"{object_type_of(entry)}.described",
                by=by,
                via=via,
                object_type=object_type_of(entry),
                object_key=key_of(entry),
                details={"fields": fields},
            )
    return changed_entry


def _say_kind(trait: TraitEntry, kind: str) -> None:
    if kind and kind not in TraitKind.values:
        known = ", ".join(TraitKind.values)
        raise DictionaryError(f"A trait tells nothing of the kind “{kind}”. There are: {known}.")
    trait.kind = kind
    trait.save(update_fields=["kind"])


def token_of(entry: Entry) -> str:
    """What an edit names to say which state it was made from."""
    return _token(_facts(entry))


def object_type_of(entry: Entry) -> str:
    """What the log calls entries of this kind."""
    return OBJECT_TYPES[type(entry)]


def key_of(entry: Entry) -> str:
    """What the log calls this entry: its name, with its event or subject before it."""
    if isinstance(entry, PropertyEntry):
        return f"{entry.event.name}.{entry.name}"[:200]
    if isinstance(entry, TraitEntry) and entry.subject != "customer":
        return f"{entry.subject}.{entry.name}"[:200]
    return entry.name[:200]


def _facts(entry: Entry) -> dict[str, str]:
    stated = {} if isinstance(entry, EventEntry) else {"type": entry.stated_type or "inferred"}
    told = {"kind": entry.kind} if isinstance(entry, TraitEntry) else {}
    return {"label": entry.label, "description": entry.description, **stated, **told}


def _token(facts: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


def _last_actor(entry: Entry) -> str:
    acts = Change.objects.filter(object_type=object_type_of(entry), object_key=key_of(entry))
    last = acts.order_by("-pk").first()
    return last.actor[:1].upper() + last.actor[1:] if last else ""
