"""What the pages about segments show: frozen rows, from a number of queries that does not depend on
how many segments there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from catalogue.models import (
    Customer,
    DefinitionVersion,
    Evidence,
    MembershipVersion,
    Reading,
    Segment,
    Status,
)
from catalogue.ports import ToolState, tool_states
from catalogue.segments.freshness import Freshness, freshness_of

WEEKS = 12
WEEK = timedelta(weeks=1)
STATIC_LIST = "is on a list kept by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How many people, as of when, by which definition version (d7)."""

    at: datetime
    size: int
    definition: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """One line of the list. `size` and `as_of` are None until the first refresh."""

    key: str
    name: str
    status: str
    english: str
    team: str
    owner: str
    models: tuple[str, ...]
    size: int | None
    as_of: datetime | None
    membership: int | None
    entered: int
    left: int
    sizes: tuple[Size, ...]
    freshness: Freshness
    broken: str
    tools: tuple[ToolState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefinitionCard:
    """One version of who belongs."""

    number: int
    definition_hash: str
    message: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one function says."""

    function: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A reading for people: `Active share 28d`, `62.4 %`, measured on so many, how."""

    label: str
    value: str
    n: int
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPage:
    """Everything about one segment. `lines` are (depth, sentence)."""

    row: SegmentRow
    owner_email: str
    lines: tuple[tuple[int, str], ...]
    why: str
    evidence: tuple[Evidence, ...]
    goal: Mapping[str, Any] | None
    messages: tuple[Message, ...]
    review: Mapping[str, Any] | None
    versions: tuple[DefinitionCard, ...]
    readings: tuple[Measured, ...]
    customers: int


def segment_rows(*, now: datetime) -> list[SegmentRow]:
    """Every segment that is not archived, by name."""
    segments = list(_segments().exclude(status=Status.ARCHIVED).order_by("name", "key"))
    history = _history(segments, now=now)
    tools = tool_states([segment.key for segment in segments])
    return [
        _row(segment, history.get(segment.pk, []), tools.get(segment.key, ()), now=now)
        for segment in segments
    ]


def segment_page(key: str, *, now: datetime) -> SegmentPage | None:
    """One segment, archived ones too; None when there is none of that key."""
    segment = _segments().filter(key=key).first()
    if segment is None:
        return None
    tools = tool_states([key]).get(key, ())
    row = _row(segment, _history([segment], now=now).get(segment.pk, []), tools, now=now)
    return SegmentPage(
        row=row,
        owner_email=segment.owner_email,
        lines=_lines(segment.definition),
        why=segment.why,
        evidence=tuple(segment.evidence.all()),
        goal=segment.goal,
        messages=tuple(
            Message(function=words(message.function), text=message.text)
            for message in segment.messages.all()
        ),
        review=segment.review,
        versions=_versions(segment),
        readings=_readings(segment),
        customers=Customer.objects.filter(deleted_at=None, merged_into=None).count(),
    )


def _segments() -> QuerySet[Segment]:
    related = Segment.objects.select_related("team", "owner", "definition", "membership")
    # The bitmaps stay in the database: a page shows numbers, never members.
    return related.defer(
        "membership__entered", "membership__left", "membership__key_frame", "definition__source"
    )


def _history(segments: Sequence[Segment], *, now: datetime) -> dict[int, list[Any]]:
    # The versions of the last weeks, and the one that was valid when they began.
    since = now - WEEKS * WEEK
    before = MembershipVersion.objects.filter(segment=OuterRef("segment"), now__lt=since)
    found = (
        MembershipVersion.objects.filter(segment__in=segments)
        .filter(Q(now__gte=since) | Q(pk=Subquery(before.order_by("-number").values("pk")[:1])))
        .order_by("segment", "number")
        .values_list("segment", "now", "size", "definition__number", "entered_count", "left_count")
    )
    history: dict[int, list[Any]] = {}
    for segment, *version in found:
        history.setdefault(segment, []).append(version)
    return history


def _row(
    segment: Segment, history: list[Any], tools: Iterable[ToolState], *, now: datetime
) -> SegmentRow:
    membership = segment.membership
    week = [version for version in history if version[0] > now - WEEK]
    return SegmentRow(
        key=segment.key,
        name=segment.name,
        status=segment.status,
        english=_one_line(segment.definition),
        team=segment.team.name,
        owner=_owner(segment),
        models=tuple(words(str(model)).lower() for model in segment.models_used),
        size=membership.size if membership else None,
        as_of=segment.refreshed_at or (membership.now if membership else None),
        membership=membership.number if membership else None,
        entered=sum(version[3] for version in week),
        left=sum(version[4] for version in week),
        sizes=weekly([Size(at=v[0], size=v[1], definition=v[2]) for v in history], now=now),
        freshness=freshness_of(segment.refresh, segment.refreshed_at, now=now),
        broken=segment.broken_reason,
        tools=tuple(tools),
    )


def weekly(history: Sequence[Size], *, now: datetime) -> tuple[Size, ...]:
    """The size that was valid at `now` and at the same time of each of the weeks before; a version
    is valid until the next one. Weeks before the first version are left out."""
    instants = [now - weeks * WEEK for weeks in reversed(range(WEEKS))]
    valid = ((at, [size for size in history if size.at <= at]) for at in instants)
    return tuple(
        Size(at=at, size=sizes[-1].size, definition=sizes[-1].definition)
        for at, sizes in valid
        if sizes
    )


def words(name: str) -> str:
    """A name from a file as people write it: `customer_success` is Customer success."""
    return name.replace("_", " ").capitalize()


def _readings(segment: Segment) -> tuple[Measured, ...]:
    found = Reading.objects.filter(membership=segment.membership_id).order_by("metric")
    return tuple(
        Measured(label=words(r.metric), value=_value(r), n=r.n, method=r.method) for r in found
    )


def _value(reading: Reading) -> str:
    if reading.value is None:
        return "nobody to measure"
    return f"{reading.value:.1%}" if reading.unit == "share" else f"{reading.value:,.0f}"


def _owner(segment: Segment) -> str:
    owner = segment.owner
    return (owner.get_full_name() or owner.username) if owner else segment.owner_email


def _one_line(version: DefinitionVersion | None) -> str:
    from catalogue.definitions.canonical import from_canonical
    from catalogue.definitions.describe import one_line

    if version is None:
        return ""
    return STATIC_LIST if version.canonical is None else one_line(from_canonical(version.canonical))


def _lines(version: DefinitionVersion | None) -> tuple[tuple[int, str], ...]:
    from catalogue.definitions.canonical import from_canonical
    from catalogue.definitions.describe import describe

    if version is None:
        return ()
    if version.canonical is None:
        return ((0, f"A customer belongs who {STATIC_LIST}."),)
    return tuple(describe(from_canonical(version.canonical)).lines)


def _versions(segment: Segment) -> tuple[DefinitionCard, ...]:
    found = segment.definitions.select_related("created_by").defer("canonical", "source")
    return tuple(
        DefinitionCard(
            number=version.number,
            definition_hash=version.definition_hash,
            message=version.message,
            created_by=version.created_by.get_username() if version.created_by else "",
            created_at=version.created_at,
        )
        for version in found.order_by("-number")
    )
