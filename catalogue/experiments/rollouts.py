"""What worked is done elsewhere: to which segments, by when, and what is overdue."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from catalogue.definitions.errors import Code, refuse
from catalogue.experiments.planning import record_experiment
from catalogue.experiments.refusals import ExperimentRefused
from catalogue.experiments.rights import check_can_experiment
from catalogue.models import Decision, Experiment, Rollout, Segment, Status, User
from catalogue.notices.telling import answer_for, notify
from catalogue.permissions import Actor


def roll_out(
    *, experiment: Experiment, segment_key: str, due_on: date, by: Actor, via: str
) -> Rollout:
    """Have what was adopted done for a segment by a day; saying it again moves the day. Raises
    DefinitionError with its place for an unknown segment, ExperimentRefused when nothing was
    adopted or it is done already, and PermissionDenied."""
    check_can_experiment(by, experiment.segment)
    if experiment.decision != Decision.ADOPT:
        raise ExperimentRefused(
            f"{experiment.label} is not adopted, so there is nothing to roll out. Decide it first."
        )
    rows = Segment.objects.visible_to(by).exclude(status=Status.ARCHIVED)
    segment = rows.filter(key=segment_key).first()
    if segment is None:
        raise refuse(Code.MISSING_REFERENCE, f"There is no segment “{segment_key}”.", "/segment")
    with transaction.atomic():
        row, is_new = Rollout.objects.select_for_update().get_or_create(
            experiment=experiment,
            segment=segment,
            defaults={"due_on": due_on, "created_by": by if isinstance(by, User) else None},
        )
        if row.done_on is not None:
            raise ExperimentRefused(f"It is rolled out to “{segment.name}” already.")
        if not is_new:
            row.due_on, row.told_at = due_on, None
            row.save()
        message = f"to “{segment.name}” by {due_on.isoformat()}"
        record_experiment(experiment, "experiment.rolled_out", by=by, via=via, message=message)
    return row


def finish_rollout(*, rollout: Rollout, on: date, by: Actor, via: str) -> Rollout:
    """It is done for that segment. Whoever may change that segment, or run the experiment, may say
    so. Raises ExperimentRefused when it was done before, and PermissionDenied."""
    check_can_experiment(by, rollout.segment, rollout.experiment.segment)
    with transaction.atomic():
        row = Rollout.objects.select_for_update().get(pk=rollout.pk)
        if row.done_on is not None:
            raise ExperimentRefused("It is rolled out to this segment already.")
        row.done_on, row.done_by = on, by if isinstance(by, User) else None
        row.save()
        message = f"done for “{row.segment.name}”"
        record_experiment(
            row.experiment, "experiment.rollout_done", by=by, via=via, message=message
        )
    return row


def overdue(today: date) -> QuerySet[Rollout]:
    """What should have been done by now, the oldest first."""
    rows = Rollout.objects.filter(done_on=None, due_on__lt=today)
    return rows.select_related("experiment", "segment").order_by("due_on", "pk")


def tell_of_overdue(*, today: date, now: datetime) -> int:
    """Tell those who answer for a segment once of each roll-out that is overdue there. Returns of
    how many."""
    waiting = list(overdue(today).filter(told_at=None))
    for row in waiting:
        with transaction.atomic():
            if not Rollout.objects.filter(pk=row.pk, told_at=None).update(told_at=Now()):
                continue
            for user in answer_for([row.segment.key]):
                notify(user, reason=_reason(row), link=f"/experiments/{row.experiment.number}/")
    return len(waiting)


def _reason(row: Rollout) -> str:
    day = f"{row.due_on.day} {row.due_on:%B %Y}"
    return (
        f"{row.experiment} was to be rolled out to “{row.segment.name}” by {day} and is not. Do it"
        " and mark it as done, or give it another day."
    )
