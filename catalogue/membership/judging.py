"""The long part of a refresh: who is in each segment, and what publishing that would change.
No transaction is open, and nothing is written but how far it is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyroaring import BitMap

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Customers, Definition, Subject
from catalogue.definitions.subjects import SUBJECTS
from catalogue.engine.evaluate import evaluate
from catalogue.engine.inputs import (
    Evaluation,
    Judged,
    Outcome,
    Refused,
    ScanFailed,
    SegmentInput,
    Stopped,
)
from catalogue.membership.attempt import Attempt, Cancelled, RefreshError, TooExpensive
from catalogue.membership.gathering import Gathered, gather
from catalogue.membership.gauges import registered
from catalogue.membership.publication import Judgement, Pinned, Step, prepare
from catalogue.membership.published_before import befores
from catalogue.membership.versions import DamagedVersion
from catalogue.models import Segment
from catalogue.segments.subjects import subject_of
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import refresh_budget
from catalogue.warehouse.deadline import Deadline

# No segment key has a colon, so a gauge's own definition can be judged beside the segments.
CROWD = "gauge:{}:{}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why one segment keeps its last good version. `code` is that of a refusal, for programs."""

    segment: Segment
    reason: str
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Everything a run is about to publish."""

    steps: tuple[Step, ...]
    failures: tuple[Failure, ...]
    rows_read: int

    def results(self) -> list[dict[str, object]]:
        """One row per segment asked for, by key, as `RefreshRun.results` keeps them."""
        rows = [_result(step) for step in self.steps] + [_refusal(one) for one in self.failures]
        return sorted(rows, key=lambda row: str(row["key"]))


def judge(attempt: Attempt, pinned: Pinned) -> Verdict:
    """Evaluate the run's segments at its `now` on its photo and compare with what is published.
    Raises LostLease and Cancelled."""
    gathered = gather(pinned.run.keys)
    evaluation = _evaluate(attempt, pinned, gathered)
    crowds = {subject: _crowds(evaluation, subject) for subject in SUBJECTS}
    steps: list[Step] = []
    failures: list[Failure] = []
    for segment, before in befores(list(gathered.asked.values()), pinned.now):
        outcome = gathered.refused.get(segment.key) or evaluation.outcomes[segment.key]
        try:
            judgement = _judgement(segment, outcome)
            crowd = crowds[subject_of(segment.definition)]
            steps.append(prepare(judgement, pinned, before, crowd))
        except (DefinitionError, DamagedVersion) as error:
            code = str(error.code) if isinstance(error, DefinitionError) else ""
            failures.append(Failure(segment=segment, reason=str(error), code=code))
    return Verdict(steps=tuple(steps), failures=tuple(failures), rows_read=evaluation.rows_read)


def _evaluate(attempt: Attempt, pinned: Pinned, gathered: Gathered) -> Evaluation:
    held = {gathered.inputs[key].subject for key in gathered.asked if key in gathered.inputs}
    crowds = {
        CROWD.format(gauge.metric, subject): SegmentInput(definition=_about(gauge.crowd, subject))
        for gauge in registered()
        if gauge.crowd is not None
        for subject in sorted(held)
    }
    budget = refresh_budget()
    deadline, tables = Deadline(budget.seconds), photos.open_photo(pinned.photo, budget=budget)
    try:
        with deadline.held(tables.connection):
            return evaluate(
                {**gathered.inputs, **crowds},
                tables,
                now=pinned.now,
                on_progress=attempt.progress,
                should_stop=lambda: deadline.has_passed() or attempt.should_stop(),
            )
    except Stopped as stopped:
        raise (TooExpensive(budget) if deadline.has_passed() else Cancelled()) from stopped
    except ScanFailed as failed:
        raise RefreshError(str(failed)) from failed


def _about(crowd: Definition, subject: Subject) -> Definition:
    """A crowd of customers, or the accounts that one of them belongs to."""
    if subject == "customer":
        return crowd
    return replace(crowd, subject=subject, where=Customers(how="any", where=crowd.where))


def _crowds(evaluation: Evaluation, subject: Subject) -> dict[str, BitMap]:
    found = {
        gauge.metric: evaluation.outcomes.get(CROWD.format(gauge.metric, subject))
        for gauge in registered()
    }
    return {
        metric: outcome.members for metric, outcome in found.items() if isinstance(outcome, Judged)
    }


def _judgement(segment: Segment, outcome: Outcome | DefinitionError) -> Judgement:
    if isinstance(outcome, DefinitionError):
        raise outcome
    if isinstance(outcome, Refused):
        raise outcome.error
    assert segment.definition is not None  # noqa: S101 (or gathering had refused it)
    return Judgement(
        segment=segment,
        definition=segment.definition,
        members=outcome.members,
        milliseconds=outcome.milliseconds,
    )


def _result(step: Step) -> dict[str, object]:
    newest = step.version or step.before
    return {
        "key": step.judgement.segment.key,
        "milliseconds": round(step.judgement.milliseconds, 3),
        "size": len(step.judgement.members),
        "entered": step.version.entered_count if step.version else 0,
        "left": step.version.left_count if step.version else 0,
        "version": newest.number if newest else None,
        "error": "",
    }


def _refusal(failure: Failure) -> dict[str, object]:
    kept = failure.segment.membership
    return {
        "key": failure.segment.key,
        "milliseconds": None,
        "size": kept.size if kept else None,
        "entered": None,
        "left": None,
        "version": kept.number if kept else None,
        "error": failure.reason,
        "code": failure.code,
    }
