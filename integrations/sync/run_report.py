"""One sync for people: what was planned and done, batch by batch, what the tool was asked and what
it said, and what the list held afterwards. Never a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from integrations.models import DriftReport, Rejection, SyncBatch, SyncRun
from integrations.sync.copies import masked

BATCHES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the tool said, and of how many members."""

    text: str
    side: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How often the tool was asked in one way, and how it answered: `POST`, `200`."""

    method: str
    answer: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """`batches` are the last ones, newest first, of `batch_count`; `messages` grouped, most
    frequent first; `errors` what came instead of an answer, by batch; `seen` is what the list held
    when it was read after the sync, None when it was not."""

    run: SyncRun
    batches: tuple[SyncBatch, ...]
    batch_count: int
    messages: tuple[Message, ...]
    errors: tuple[Message, ...]
    asked: tuple[Asked, ...]
    seen: DriftReport | None


def report_of(run: SyncRun) -> RunReport:
    """The report of a sync; it comes with its list and destination."""
    rows = SyncBatch.objects.filter(run=run).defer("members")
    batches = tuple(rows.order_by("-number")[:BATCHES_SHOWN])
    return RunReport(
        run=run,
        batches=batches,
        batch_count=rows.count(),
        messages=_messages(run),
        errors=_errors(batches),
        asked=tuple(_asked(name, count) for name, count in run.requests.items()),
        seen=_seen(run),
    )


def _messages(run: SyncRun) -> tuple[Message, ...]:
    """Refusals that came in this run, by what was said."""
    rows = Rejection.objects.filter(audience=run.audience, at__gte=run.started_at)
    if run.finished_at is not None:
        rows = rows.filter(at__lte=run.finished_at)
    counted = rows.values_list("side", "reason").annotate(count=Count("pk"))
    return _grouped([(side, reason, count) for side, reason, count in counted])


def _errors(batches: Sequence[SyncBatch]) -> tuple[Message, ...]:
    return _grouped([("theirs", batch.error, batch.count) for batch in batches if batch.error])


def _grouped(said: Sequence[tuple[str, str, int]]) -> tuple[Message, ...]:
    counts: dict[tuple[str, str], int] = {}
    for side, text, count in said:
        name = (side, masked(text))
        counts[name] = counts.get(name, 0) + count
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return tuple(Message(text=text, side=side, count=count) for (side, text), count in ordered)


def _asked(name: str, count: int) -> Asked:
    method, _, answer = name.partition(" ")
    return Asked(method=method, answer=answer, count=count)


def _seen(run: SyncRun) -> DriftReport | None:
    """The first read-back after the sync and before the next one."""
    later = SyncRun.objects.filter(audience=run.audience, pk__gt=run.pk).order_by("pk").first()
    rows = DriftReport.objects.filter(audience=run.audience, as_of__gte=run.started_at)
    if later is not None:
        rows = rows.filter(as_of__lt=later.started_at)
    return rows.order_by("pk").first()
