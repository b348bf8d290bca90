"""Starting, stopping and deciding experiments."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from catalogue.definitions.errors import Code, refuse
from catalogue.experiments.enrolling import enrol
from catalogue.experiments.planning import check_is_draft, record_experiment
from catalogue.experiments.refusals import ExperimentRefused
from catalogue.experiments.rights import check_can_experiment
from catalogue.models import (
    Decision,
    Experiment,
    ExperimentState,
    MembershipVersion,
    Segment,
    Status,
    User,
)
from catalogue.permissions import Actor

SHORTEST_REASON = 10


def start_experiment(
    *, experiment: Experiment, smaller_because: str = "", now: datetime, by: Actor, via: str
) -> Experiment:
    """Pin the segment's versions, deal out who is in it, and let everybody's time begin at `now`.

    Raises DefinitionError with its place when the segment is empty, or smaller than planned without
    a reason why that is enough; ExperimentRefused when it is no draft; PermissionDenied."""
    check_can_experiment(by, experiment.segment)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=experiment.pk)
        check_is_draft(row)
        version = _version_for(row.segment, now)
        _check_size(row, version, smaller_because.strip())
        row.membership, row.definition = version, version.definition
        row.smaller_because = smaller_because.strip()
        row.state, row.started_at = ExperimentState.RUNNING, now
        row.save()
        enrol(row, until=now)
        record_experiment(row, "experiment.started", by=by, via=via, message=row.smaller_because)
    return row


def stop_experiment(*, experiment: Experiment, now: datetime, by: Actor, via: str) -> Experiment:
    """Deal out nobody any more. Who has an arm is still watched until a decision. Raises
    ExperimentRefused when it does not run, and PermissionDenied."""
    check_can_experiment(by, experiment.segment)
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=experiment.pk)
        if row.state != ExperimentState.RUNNING:
            raise ExperimentRefused(f"{row.label} does not run, so it cannot be stopped.")
        row.state, row.stopped_at = ExperimentState.STOPPED, now
        row.save()
        record_experiment(row, "experiment.stopped", by=by, via=via)
    return row


def decide_experiment(
    *, experiment: Experiment, decision: str, reason: str, now: datetime, by: Actor, via: str
) -> Experiment:
    """Say what is made of it, and why; a running one is stopped by that. Raises DefinitionError
    with its place when reason or decision are none, ExperimentRefused when it never started or is
    decided, and PermissionDenied."""
    check_can_experiment(by, experiment.segment)
    _check_decision(decision, reason.strip())
    with transaction.atomic():
        row = Experiment.objects.select_for_update().get(pk=experiment.pk)
        _check_may_be_decided(row, decision)
        row.stopped_at = row.stopped_at or now
        row.state, row.decided_at = ExperimentState.DECIDED, now
        row.decision, row.decision_reason = decision, reason.strip()
        row.decided_by = by if isinstance(by, User) else None
        row.save()
        record_experiment(
            row,
            "experiment.decided",
            by=by,
            via=via,
            message=f"{row.get_decision_display()}: {reason}",
        )
    return row


def _version_for(segment: Segment, now: datetime) -> MembershipVersion:
    """The newest version of an instant or before it."""
    rows = MembershipVersion.objects.filter(segment=segment, now__lte=now)
    version = rows.select_related("definition", "segment").order_by("-number").first()
    if segment.status == Status.ARCHIVED:
        raise refuse(Code.BAD_VALUE, f"“{segment.name}” is archived.", "/segment")
    if version is None or not version.size:
        raise refuse(
            Code.BAD_VALUE,
            f"“{segment.name}” holds nobody, so there is nobody to try it on. Choose another"
            " segment, or wait until somebody has entered this one.",
            "/segment",
        )
    return version


def _check_size(experiment: Experiment, version: MembershipVersion, why: str) -> None:
    people = int(experiment.plan["people"])
    if version.size >= people or len(why) >= SHORTEST_REASON:
        return
    raise refuse(
        Code.BAD_VALUE,
        f"“{experiment.segment.name}” holds {version.size:,} people, and {people:,} are planned."
        " Say why it may start all the same, as in “enough newcomers enter within four weeks”, or"
        " plan for a larger effect.",
        "/smaller_because",
    )


def _check_decision(decision: str, reason: str) -> None:
    if decision not in Decision.values:
        known = ", ".join(Decision.values)
        raise refuse(Code.BAD_VALUE, f"Decide one of {known}.", "/decision")
    if len(reason) < SHORTEST_REASON:
        raise refuse(
            Code.BAD_VALUE,
            "Say why, in a sentence: whoever comes back to this in a year will ask.",
            "/reason",
        )


def _check_may_be_decided(experiment: Experiment, decision: str) -> None:
    if experiment.state == ExperimentState.DRAFT:
        raise ExperimentRefused(f"{experiment.label} has not started, so nothing can be decided.")
    if experiment.state == ExperimentState.DECIDED:
        raise ExperimentRefused(f"{experiment.label} is decided. Plan another one to ask again.")
    look = experiment.looks.last()
    is_early = look is None or look.state == "too_early"
    if is_early and decision != Decision.INCONCLUSIVE:
        raise ExperimentRefused(
            f"It is too early to adopt or reject {experiment.label}: as many people as planned have"
            " not had their time. Wait, or decide that it is inconclusive."
        )
