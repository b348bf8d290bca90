"""What integrations need to know of a live segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue.definitions.nodes import Subject
from catalogue.models import Segment, Status
from catalogue.published.versions import PublishedVersion, newest
from catalogue.segments.subjects import subject_of


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSync:
    """One line of a segment's `sync`: the destination's name, and what its audience is called
    there (empty: the destination's own choice)."""

    to: str
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCard:
    """A live segment that wants to be somewhere. `subject`: what it holds, customers or accounts;
    tools take customers. `why`: what research found. `newest` is None before its first refresh.
    `messages`: what each function says to these people, to be sent along as a field of the tool."""

    key: str
    name: str
    subject: Subject
    team: str
    owner_email: str
    wanted: tuple[WantedSync, ...]
    newest: PublishedVersion | None
    broken: str = ""
    why: str = ""
    messages: Mapping[str, str] = field(default_factory=dict)


def live_wanting_sync() -> list[SegmentCard]:
    """Every live segment that names a destination, by key."""
    live = Segment.objects.filter(status=Status.LIVE)
    heavy = ("definition__canonical", "definition__source")
    known = live.select_related("team", "definition").prefetch_related("messages")
    segments = known.defer(*heavy).order_by("key")
    return [_card(segment) for segment in segments if segment.sync_wanted]


def card(key: str) -> SegmentCard | None:
    """One segment's card, of whatever status; None for a key that no segment has."""
    segment = Segment.objects.select_related("team", "definition").filter(key=key).first()
    return None if segment is None else _card(segment)


def _card(segment: Segment) -> SegmentCard:
    return SegmentCard(
        key=segment.key,
        name=segment.name,
        subject=subject_of(segment.definition),
        team=segment.team.slug,
        owner_email=segment.owner_email,
        wanted=tuple(
            WantedSync(to=line["to"], called=line.get("as") or "") for line in segment.sync_wanted
        ),
        newest=newest(segment.key),
        broken=segment.broken_reason,
        why=segment.why,
        messages={one.function: one.text for one in segment.messages.all()},
    )
