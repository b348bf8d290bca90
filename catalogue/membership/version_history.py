"""The history of a segment: its definition versions with what each did, and its days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min, QuerySet
from django.utils import timezone

from catalogue.models import Change, DefinitionVersion, MembershipVersion, Segment, Via
from catalogue.segments.definition_versions import said_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRefresh:
    """The first membership version that a definition version judged. `is_first_ever`: nobody was
    in the segment before, so `entered` are all its people."""

    membership: int
    now: datetime
    size: int
    entered: int
    left: int
    is_first_ever: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One definition version. `author` and `via` say who wrote it and from where, "" where that
    is not known; `restored` is the number of the version it brought back; `first` is None until it
    was refreshed."""

    number: int
    is_newest: bool
    is_list: bool
    hash: str
    author: str
    via: str
    created_at: datetime
    message: str
    restored: int | None
    first: FirstRefresh | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The membership versions of one local day: `size` at its end, `entered` and `left` summed."""

    on: date
    size: int
    entered: int
    left: int
    first: int
    last: int
    definitions: tuple[int, ...]


def versions_of(segment: Segment) -> QuerySet[DefinitionVersion]:
    """The definition versions, the newest first, without their texts."""
    rows = segment.definitions.select_related("created_by").defer("source")
    return rows.order_by("-number")


def version_lines(segment: Segment, versions: list[DefinitionVersion]) -> list[VersionLine]:
    """A line for each of some versions of the segment, from two further queries."""
    changes = list(Change.objects.filter(segment=segment, object_type="segment").order_by("pk"))
    firsts, acts = _firsts(segment), _acts(changes)
    said = said_of(segment, versions, changes)
    return [_line(one, segment, firsts, acts.get(one.number), said[one.number]) for one in versions]


def _line(
    version: DefinitionVersion,
    segment: Segment,
    firsts: Mapping[int, FirstRefresh],
    act: Change | None,
    message: str,
) -> VersionLine:
    author = version.created_by.label if version.created_by else ""
    restored = act.details.get("restored") if act else None
    return VersionLine(
        number=version.number,
        is_newest=version.pk == segment.definition_id,
        is_list=version.canonical is None,
        hash=version.definition_hash,
        author=author or (act.actor if act else ""),
        via=Via(act.via).label if act else "",
        created_at=version.created_at,
        message=message,
        restored=restored if isinstance(restored, int) else None,
        first=firsts.get(version.pk),
    )


def _firsts(segment: Segment) -> dict[int, FirstRefresh]:
    """By definition version, its first membership version."""
    rows = MembershipVersion.objects.filter(segment=segment)
    numbers = rows.values("definition").annotate(first=Min("number")).values("first")
    fields = ("definition_id", "number", "now", "size", "entered_count", "left_count")
    return {
        definition: FirstRefresh(
            membership=number,
            now=now,
            size=size,
            entered=entered,
            left=left,
            is_first_ever=number == 1,
        )
        for definition, number, now, size, entered, left in rows.filter(
            number__in=numbers
        ).values_list(*fields)
    }


def _acts(changes: Iterable[Change]) -> dict[int, Change]:
    """By the number of the definition version that an act made."""
    acts: dict[int, Change] = {}
    for act in changes:
        made = act.details.get("definition") or ([None, 1] if act.kind == "segment.created" else [])
        if len(made) == 2 and act.kind != "segment.drafted":
            acts.setdefault(made[1], act)
    return acts


def days_of(segment: Segment, *, since: datetime) -> list[Day]:
    """The days from `since` on that have a membership version, the newest first."""
    rows = MembershipVersion.objects.filter(segment=segment, now__gte=since).order_by("number")
    fields = ("now", "number", "size", "entered_count", "left_count", "definition__number")
    days: dict[date, list[tuple[datetime, int, int, int, int, int]]] = defaultdict(list)
    for row in rows.values_list(*fields):
        days[timezone.localdate(row[0])].append(row)
    return [
        Day(
            on=on,
            size=versions[-1][2],
            entered=sum(version[3] for version in versions),
            left=sum(version[4] for version in versions),
            first=versions[0][1],
            last=versions[-1][1],
            definitions=tuple(sorted({version[5] for version in versions})),
        )
        for on, versions in sorted(days.items(), reverse=True)
    ]
