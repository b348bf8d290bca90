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
    ScanReport,
    SegmentInput,
    Stopped,
)
from catalogue.engine.kept.memory import NOTHING_KEPT, Kept
from catalogue.membership.attempt import Attempt, Cancelled, RefreshError, TooExpensive
from catalogue.membership.beside import Write, prepared
from catalogue.membership.gathering import Gathered, gather
from catalogue.membership.gauges import registered
from catalogue.membership.known_members import Published
from catalogue.membership.publication import Judgement, Pinned, Step, prepare
from catalogue.membership.published_before import NOTHING, befores
from catalogue.membership.remembering import forget, look_ahead, memory_or_snapshot
from catalogue.membership.self_check import CheckResult, checked, is_check_due
from catalogue.membership.snapshots import Ahead
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
    """Everything a run is about to publish; `beside` writes what is kept beside the versions."""

    steps: tuple[Step, ...]
    failures: tuple[Failure, ...]
    scans: tuple[ScanReport, ...]
    check: CheckResult | None
    beside: tuple[Write, ...] = ()

    @property
    def rows_read(self) -> int:
        """How many rows its scans looked at."""
        return sum(scan.rows for scan in self.scans)

    def results(self) -> list[dict[str, object]]:
        """One row per segment asked for, by key, as `RefreshRun.results` keeps them."""
        rows = [_result(step) for step in self.steps] + [_refusal(one) for one in self.failures]
        return sorted(rows, key=lambda row: str(row["key"]))


def judge(attempt: Attempt, pinned: Pinned) -> Verdict:
    """Evaluate the run's segments at its `now` on its photo and compare with what is published.
    Raises LostLease and Cancelled."""
    ahead = look_ahead()
    gathered = gather(pinned.run.keys, with_parts=True)
    evaluation, check, is_routine = _evaluation(attempt, pinned, gathered, ahead)
    crowds = {subject: _crowds(evaluation, subject) for subject in SUBJECTS}
    steps: list[Step] = []
    failures: list[Failure] = []
    # Else not even what this process published is taken for granted.
    memory = Published() if is_routine else NOTHING
    for segment, before in befores(list(gathered.asked.values()), pinned.now, memory):
        outcome = gathered.refused.get(segment.key) or evaluation.outcomes[segment.key]
        try:
            judgement = _judgement(segment, outcome)
            crowd = crowds[subject_of(segment.definition)]
            steps.append(prepare(judgement, pinned, before, crowd))
        except (DefinitionError, DamagedVersion) as error:
            code = str(error.code) if isinstance(error, DefinitionError) else ""
            failures.append(Failure(segment=segment, reason=str(error), code=code))
    return Verdict(
        steps=tuple(steps),
        failures=tuple(failures),
        scans=evaluation.scans,
        check=check,
        beside=prepared(gathered, steps, pinned, _refused(evaluation)),
    )


def _refused(evaluation: Evaluation) -> dict[str, DefinitionError]:
    return {
        key: outcome.error
        for key, outcome in evaluation.outcomes.items()
        if isinstance(outcome, Refused)
    }


def _evaluation(
    attempt: Attempt, pinned: Pinned, gathered: Gathered, ahead: Ahead | None
) -> tuple[Evaluation, CheckResult | None, bool]:
    """From what this process remembers; once a day from nothing too, to compare. The last says
    whether it follows from a refresh before, and a check is not due."""
    # One for both: the queue ends a task that takes much longer, and then nothing is published.
    deadline = Deadline(refresh_budget().seconds)
    with memory_or_snapshot(ahead) as kept:
        followed = _evaluate(attempt, pinned, gathered, deadline, kept)
        if not is_check_due(followed, pinned.now):
            return followed, None, any(scan.follows for scan in followed.scans)
        right, check = checked(
            pinned.run,
            followed,
            lambda: _evaluate(attempt, pinned, gathered, deadline, NOTHING_KEPT),
        )
        if check is not None and check.different:
            forget(kept)
        return right, check, False


def _evaluate(
    attempt: Attempt, pinned: Pinned, gathered: Gathered, deadline: Deadline, kept: Kept
) -> Evaluation:
    budget = refresh_budget()
    tables = photos.open_photo(pinned.photo, budget=budget, is_alone=True)
    try:
        with deadline.held(tables.connection):
            return evaluate(
                {**gathered.inputs, **crowds_for(gathered)},
                tables,
                now=pinned.now,
                on_progress=attempt.progress,
                should_stop=lambda: deadline.has_passed() or attempt.should_stop(),
                kept=kept,
            )
    except Stopped as stopped:
        raise (TooExpensive(budget) if deadline.has_passed() else Cancelled()) from stopped
    except ScanFailed as failed:
        photos.forget_connection()
        raise RefreshError(str(failed)) from failed


def is_gauge(key: str) -> bool:
    """Whether this is the key of a gauge's own definition."""
    return key.startswith("gauge:")


def crowds_for(gathered: Gathered) -> dict[str, SegmentInput]:
    """The gauges' own definitions, under keys that no segment has: they are judged beside the
    segments, for customers, accounts or both, as these need it."""
    held = {gathered.inputs[key].subject for key in gathered.asked if key in gathered.inputs}
    return {
        CROWD.format(gauge.metric, subject): SegmentInput(definition=_about(gauge.crowd, subject))
        for gauge in registered()
        if gauge.crowd is not None
        for subject in sorted(held)
    }


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


def scan_row(scan: ScanReport) -> dict[str, object]:
    """One scan as `RefreshRun.scans` keeps it."""
    return {
        "kind": scan.kind,
        "names": list(scan.names),
        "subject": scan.subject,
        "conditions": scan.conditions,
        "rows": scan.rows,
        "bytes": scan.size,
        "milliseconds": round(scan.milliseconds, 3),
        "update": scan.is_update,
        "error": scan.error,
    }


def _result(step: Step) -> dict[str, object]:
    newest = step.newest
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
