"""Defining metrics of the company's own, changing and archiving them. None is ever deleted: its
readings stay."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.formula_checks import validate_formula
from catalogue.definitions.formula_forms import parse_formula, write_formula
from catalogue.definitions.formulas import Formula, ShareOf
from catalogue.definitions.pieces import nearest
from catalogue.metrics.standard import STANDARD
from catalogue.models import Change, Direction, Metric, User
from catalogue.permissions import Actor, check_can_change_metric, check_can_define_metrics
from catalogue.segments.changes import record
from catalogue.segments.refusals import SegmentRefused, StaleEdit
from catalogue.segments.vocabulary import stored_vocabulary

KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
RESERVED = ("new", "preview", "workspace")
LONGEST = {"key": 80, "name": 200, "unit": 20, "meaning": 2_000}
FIELDS = ("name", "meaning", "unit", "direction", "definition", "owner")


class MetricRefused(SegmentRefused):
    """A metric may not become what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A metric as it may be stored, and what to warn of."""

    fields: Mapping[str, Any]
    warnings: tuple[Fault, ...]


def define_metric(*, document: Mapping[str, Any], by: Actor, via: str) -> Metric:
    """Add a metric: `key`, `name`, `definition`, and as wanted `meaning`, `unit`, `direction` and
    the address of an `owner` (default: who asks). It is measured from the next measuring on.
    Raises PermissionDenied, MetricRefused where the key is taken, and DefinitionError with every
    fault, each at its place in the document."""
    check_can_define_metrics(by)
    key = str(document.get("key") or "")
    checked = check_metric({"owner": getattr(by, "email", ""), **document}, viewer=by, key=key)
    with transaction.atomic():
        if key in STANDARD or Metric.objects.filter(key=key).exists():
            raise MetricRefused(f"There is a metric “{key}” already. Choose another key.")
        made = Metric.objects.create(key=key, **checked.fields)
        record("metric.defined", by=by, via=via, object_type="metric", object_key=key)
    return made


def edit_metric(
    *, key: str, document: Mapping[str, Any], token: str, by: Actor, via: str
) -> Metric:
    """Change fields of a metric; those left out stay. `token` names the state it was made from. Its
    readings until now stay as they are; the next ones are of the new formula. Raises what
    `define_metric` raises, and StaleEdit."""
    with transaction.atomic():
        metric = _stored(key)
        check_can_change_metric(by, metric)
        before = document_of(metric)
        after = {**before, **document}
        if after != before and token != token_of(metric):
            raise StaleEdit(
                yours=after, theirs=before, token=token_of(metric), who=_last_actor(key)
            )
        checked = check_metric(after, viewer=by, key=key)
        for name, value in checked.fields.items():
            setattr(metric, name, value)
        changed = document_of(metric)
        fields = {
            name: [before[name], changed[name]] for name in FIELDS if before[name] != changed[name]
        }
        if fields:
            metric.save()
            record(
                "metric.edited",
                by=by,
                via=via,
                object_type="metric",
                object_key=key,
                details={"fields": fields},
            )
    return metric


def archive_metric(*, key: str, by: Actor, via: str) -> Metric:
    """Measure it no more. Its readings stay; it can be brought back. Raises PermissionDenied."""
    return _set_archived(key, is_archived=True, by=by, via=via)


def unarchive_metric(*, key: str, by: Actor, via: str) -> Metric:
    """Measure it again. Raises PermissionDenied."""
    return _set_archived(key, is_archived=False, by=by, via=via)


def _set_archived(key: str, *, is_archived: bool, by: Actor, via: str) -> Metric:
    with transaction.atomic():
        metric = _stored(key)
        check_can_change_metric(by, metric)
        if (metric.archived_at is not None) != is_archived:
            metric.archived_at = timezone.now() if is_archived else None
            metric.save(update_fields=["archived_at", "updated_at"])
            kind = "metric.archived" if is_archived else "metric.unarchived"
            record(kind, by=by, via=via, object_type="metric", object_key=key)
    return metric


def _stored(key: str) -> Metric:
    if key in STANDARD:
        raise MetricRefused(
            f"“{STANDARD[key].name}” is a metric of every workspace and is not changed. Define one"
            " of your own."
        )
    metric = Metric.objects.select_for_update(of=("self",)).select_related("owner")
    found = metric.filter(key=key).first()
    if found is None:
        raise MetricRefused(f"There is no metric “{key}”.")
    return found


def check_metric(document: Mapping[str, Any], *, viewer: Actor, key: str) -> Checked:
    """What a document would store. Raises DefinitionError with every fault."""
    faults: list[Fault] = [*_faults(document, key)]
    formula, warnings = _formula(document, viewer, faults)
    owner = _owner(str(document.get("owner") or ""), faults)
    if faults or formula is None:
        raise DefinitionError(*faults)
    unit = "share" if isinstance(formula, ShareOf) else str(document.get("unit") or "").strip()
    fields = {
        "name": str(document["name"]).strip(),
        "meaning": str(document.get("meaning") or "").strip(),
        "unit": unit or "number",
        "direction": document.get("direction") or Direction.NONE,
        "definition": write_formula(formula),
        "owner": owner,
    }
    return Checked(fields=fields, warnings=tuple(warnings))


def _faults(document: Mapping[str, Any], key: str) -> list[Fault]:
    found = []
    if not KEY.fullmatch(key) or key in RESERVED:
        found.append(
            _fault("/key", "A key is small letters and digits, joined by _ or -, as in nps_mean.")
        )
    if not str(document.get("name") or "").strip():
        found.append(_fault("/name", "Give it a name that people can say."))
    for name, most in LONGEST.items():
        if len(str(document.get(name) or "")) > most:
            found.append(_fault(f"/{name}", f"At most {most} characters fit here."))
    direction = document.get("direction") or Direction.NONE
    if direction not in Direction.values:
        near = nearest(str(direction), Direction.values)
        said = f"Better is up, down or none, not “{direction}”."
        found.append(_fault("/direction", said, near))
    return found


def _formula(
    document: Mapping[str, Any], viewer: Actor, faults: list[Fault]
) -> tuple[Formula | None, list[Fault]]:
    written = document.get("definition")
    try:
        formula = parse_formula(
            written, pointer="/definition", default_timezone=settings.WORKSPACE_TIME_ZONE
        )
        assert isinstance(written, Mapping)  # noqa: S101 (or it had been refused)
        known = stored_vocabulary(viewer=viewer)
        return formula, validate_formula(formula, written, known, pointer="/definition")
    except DefinitionError as error:
        faults += error.faults
        return None, []


def _owner(address: str, faults: list[Fault]) -> User | None:
    if not address:
        return None
    found = User.objects.filter(email__iexact=address, is_active=True).first()
    if found is None:
        faults.append(_fault("/owner", f"Nobody signs in with the address “{address}”."))
    return found


def _fault(pointer: str, message: str, suggestion: str | None = None) -> Fault:
    return Fault(code=Code.BAD_VALUE, message=message, pointer=pointer, suggestion=suggestion)


def document_of(metric: Metric) -> dict[str, Any]:
    """A metric as it was sent, and may be sent again."""
    return {
        "key": metric.key,
        "name": metric.name,
        "meaning": metric.meaning,
        "unit": metric.unit,
        "direction": str(metric.direction),
        "definition": metric.definition,
        "owner": "" if metric.owner is None else metric.owner.email,
    }


def token_of(metric: Metric) -> str:
    """What an edit names to say which state it was made from."""
    text = json.dumps(document_of(metric), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _last_actor(key: str) -> str:
    acts = Change.objects.filter(object_type="metric", object_key=key).order_by("-pk")
    last = acts.first()
    return last.actor[:1].upper() + last.actor[1:] if last else ""
