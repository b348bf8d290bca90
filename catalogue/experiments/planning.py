"""Planning experiments: a draft that may be changed until it starts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from catalogue.definitions.errors import Code, DefinitionError, Fault, refuse
from catalogue.definitions.pieces import nearest
from catalogue.experiments.design import (
    Around,
    Design,
    document_of,
    read_design,
    written_guardrail,
)
from catalogue.experiments.refusals import ExperimentChanged, ExperimentRefused
from catalogue.experiments.rights import check_can_experiment
from catalogue.experiments.sizing import Planned, base_for, planned
from catalogue.experiments.states import State, parse_counting, unknown_in, write_counting
from catalogue.models import Arm, Experiment, ExperimentState, Metric, Segment, Status, User
from catalogue.permissions import Actor
from catalogue.segments.changes import record
from catalogue.segments.subjects import subject_of
from catalogue.segments.trees import tree_of
from catalogue.segments.vocabulary import stored_vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A document read and checked, with the size it needs: what a draft is written from."""

    segment: Segment
    design: Design
    found: Planned


def prepare(*, document: Mapping[str, Any], by: Actor, own: Experiment | None = None) -> Prepared:
    """Read a document (of `own`: its changed fields) and work out the size. Reads events, so no
    transaction may be open; writes nothing. Raises DefinitionError with the place of every fault,
    and PermissionDenied."""
    if own is not None:
        check_can_experiment(by, own.segment)
        document = {**document_of(own), **document}
    segment = _segment(document, by)
    check_can_experiment(by, segment)
    said = {key: value for key, value in document.items() if key != "segment"}
    design = read_design(said, _around(segment))
    _check_words(design, said.get("aim"))
    _check_salt(design, own)
    members = segment.membership.size if segment.membership else 0
    if not members:
        raise refuse(
            Code.BAD_VALUE,
            f"“{segment.name}” holds nobody, so there is nobody to try it on. Choose another"
            " segment, or refresh this one.",
            "/segment",
        )
    found = planned(design, members, base_for(design, segment))
    return Prepared(segment=segment, design=design, found=found)


def plan_experiment(
    *, prepared: Prepared, number: int | None = None, by: Actor, via: str
) -> Experiment:
    """A new draft. `number`: instead of the next one. Raises PermissionDenied."""
    check_can_experiment(by, prepared.segment)
    with transaction.atomic():
        number = number or (Experiment.objects.aggregate(last=Max("number"))["last"] or 0) + 1
        experiment = Experiment(
            number=number,
            created_by=by if isinstance(by, User) else None,
            salt=f"exp-{number}-{secrets.token_hex(8)}",
        )
        _write(experiment, prepared)
        record_experiment(experiment, "experiment.planned", by=by, via=via)
    return experiment


def replan_experiment(
    *, experiment: Experiment, prepared: Prepared, token: str, by: Actor, via: str
) -> Experiment:
    """Change a draft to what was prepared from it. `token` names the draft that was read. Raises
    ExperimentRefused once it has started, ExperimentChanged when somebody else was quicker, and
    PermissionDenied."""
    check_can_experiment(by, experiment.segment)
    check_can_experiment(by, prepared.segment)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=experiment.pk)
        check_is_draft(row)
        if token_of(row) != token:
            raise ExperimentChanged(
                f"Somebody changed {row.label} since you read it. Nothing of yours was stored."
                " Read it again, then decide."
            )
        _write(row, prepared)
        record_experiment(row, "experiment.replanned", by=by, via=via)
    return row


def token_of(experiment: Experiment) -> str:
    """Names the state of a draft, for edits."""
    return experiment.updated_at.isoformat()


def check_is_draft(experiment: Experiment) -> None:
    """Raises ExperimentRefused once it has started."""
    if experiment.state != ExperimentState.DRAFT:
        raise ExperimentRefused(
            f"{experiment.label} has started, so its plan stands. Stop it, and plan another one."
        )


def record_experiment(
    experiment: Experiment, kind: str, *, by: Actor, via: str, message: str = ""
) -> None:
    """One entry in the log of changes."""
    record(
        kind,
        by=by,
        via=via,
        segment=experiment.segment,
        object_type="experiment",
        object_key=experiment.label,
        message=message,
        details={"name": experiment.name},
    )


def _segment(document: Mapping[str, Any], by: Actor) -> Segment:
    key = document.get("segment")
    rows = Segment.objects.visible_to(by).exclude(status=Status.ARCHIVED)
    found: Segment | None = (
        rows.select_related("membership", "definition", "team").filter(key=key).first()
        if isinstance(key, str) and "\x00" not in key
        else None
    )
    if found is None:
        near = nearest(str(key), rows.values_list("key", flat=True))
        message = f"There is no segment “{key}”." if key else "Say which segment, by its key."
        raise DefinitionError(
            Fault(code=Code.MISSING_REFERENCE, message=message, pointer="/segment", suggestion=near)
        )
    if found.definition is not None and subject_of(found.definition) != "customer":
        raise refuse(
            Code.BAD_VALUE,
            f"“{found.name}” holds accounts, and an experiment deals out customers. Make a segment"
            " of their customers first.",
            "/segment",
        )
    return found


def _around(segment: Segment) -> Around:
    canonical = segment.definition.canonical if segment.definition is not None else None
    zone = tree_of(canonical).timezone if canonical else settings.WORKSPACE_TIME_ZONE
    return Around(goal=segment.goal, timezone=zone, metrics=_metric)


def _metric(key: str) -> dict[str, Any] | None:
    metric = Metric.objects.filter(key=key, archived_at=None).first()
    return None if metric is None else _brought_along(metric)


def _brought_along(metric: Metric) -> dict[str, Any]:
    return {
        "formula": metric.definition,
        "title": metric.name,
        "timezone": settings.WORKSPACE_TIME_ZONE,
    }


def metrics_to_aim_at() -> dict[str, State]:
    """What each metric of the company's own that arms can be compared by would count, by its key,
    in the order of their names."""
    rows = Metric.objects.filter(archived_at=None).order_by("name")
    known = {metric.key: _brought_along(metric) for metric in rows}
    found = {}
    for key in known:
        with suppress(DefinitionError):
            counting = parse_counting({"metric": key, "within": "1 day"}, "", known.get)
            if isinstance(counting, State):
                found[key] = counting
    return found


def _check_words(design: Design, aim: object) -> None:
    words = stored_vocabulary()
    faults = unknown_in(design.outcome, "/aim", words, aim)
    for place, guardrail in enumerate(design.guardrails):
        faults += unknown_in(guardrail.outcome, f"/guardrails/{place}", words)
    if faults:
        raise DefinitionError(*faults)


def _check_salt(design: Design, own: Experiment | None) -> None:
    others = Experiment.objects.filter(salt=design.salt)
    if own is not None:
        others = others.exclude(pk=own.pk)
    if design.salt and others.exists():
        raise refuse(
            Code.BAD_VALUE,
            "Another experiment has this salt, so the arms of both would hold the same people."
            " Choose another one, or leave it out.",
            "/salt",
        )


def _write(experiment: Experiment, prepared: Prepared) -> None:
    design = prepared.design
    experiment.segment, experiment.salt = prepared.segment, design.salt or experiment.salt
    experiment.name, experiment.hypothesis = design.name, design.hypothesis
    experiment.aim = write_counting(design.outcome)
    experiment.guardrails = [written_guardrail(one) for one in design.guardrails]
    experiment.is_sequential, experiment.idea = design.is_sequential, design.idea
    experiment.plan = prepared.found.as_row(design)
    experiment.save()
    experiment.arms.all().delete()
    Arm.objects.bulk_create(
        Arm(
            experiment=experiment,
            position=place,
            key=arm.key,
            name=arm.name,
            share=arm.share.percent,
            is_holdout=arm.is_holdout,
            message=arm.message,
        )
        for place, arm in enumerate(design.arms)
    )
