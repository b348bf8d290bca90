"""How many of a segment's members fit, by those who talk to them, month by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from catalogue.metrics.measured import Reading, shown
from catalogue.metrics.shares import share
from catalogue.models import Feedback, Misfit, Segment, Workspace

METHOD = "share of the judged members; the newest judgement of each counts; 95 % interval by Wilson"
# As many reasons as are worth talking about.
TOP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was said last of one member in one stretch of time."""

    ordinal: int
    at: datetime
    fits: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The precision of one calendar month, `2026-11`, in the zone of the workspace."""

    month: str
    fitting: int
    precision: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How many members do not fit for one reason, by their newest judgement."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """The share of the judged members that fit: of all that was ever said, and by month, oldest
    first. `reasons`: the most frequent first. `as_of`: of the newest judgement, None of none."""

    whole: Reading
    months: tuple[Month, ...]
    reasons: tuple[Reason, ...]
    as_of: datetime | None


def precision_of(segment: Segment, *, since: datetime | None = None) -> Precision:
    """The precision of a segment, from judgements since then, if given. Numbers about fewer people
    than the workspace shows are without their value."""
    said = list(_said(segment, since))
    fewest = Workspace.current().fewest_people
    newest = _newest(said)
    return Precision(
        whole=_share(newest, fewest),
        months=tuple(_months(said, fewest)),
        reasons=tuple(_reasons(newest)),
        as_of=max((one.at for one in said), default=None),
    )


def _said(segment: Segment, since: datetime | None) -> Iterable[Judgement]:
    rows = Feedback.objects.filter(segment=segment).order_by("pk")
    if since is not None:
        rows = rows.filter(at__gte=since)
    for ordinal, at, fits, reason in rows.values_list("ordinal", "at", "fits", "reason"):
        yield Judgement(ordinal=ordinal, at=at, fits=fits, reason=reason)


def _newest(said: Iterable[Judgement]) -> list[Judgement]:
    return list({one.ordinal: one for one in said}.values())


def _share(judged: list[Judgement], fewest: int) -> Reading:
    return shown(share(sum(one.fits for one in judged), len(judged), METHOD), fewest)


def _months(said: list[Judgement], fewest: int) -> Iterable[Month]:
    zone = ZoneInfo(settings.WORKSPACE_TIME_ZONE)
    by_month: dict[str, list[Judgement]] = {}
    for one in said:
        by_month.setdefault(f"{one.at.astimezone(zone):%Y-%m}", []).append(one)
    for month in sorted(by_month):
        judged = _newest(by_month[month])
        fitting = sum(one.fits for one in judged)
        yield Month(month=month, fitting=fitting, precision=_share(judged, fewest))


def _reasons(judged: Iterable[Judgement]) -> Iterable[Reason]:
    counts = Counter(one.reason for one in judged if not one.fits)
    for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:TOP]:
        yield Reason(code=code, label=Misfit(code).label, count=count)
