"""What integrations need to know of a live segment."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.models import Segment, Status
from catalogue.published.versions import PublishedVersion, newest


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSync:
    """One line of a segment's `sync`: the destination's name, and what its audience is called
    there (empty: the destination's own choice)."""

    to: str
    called: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentCard:
    """A live segment that wants to be somewhere. `newest` is None before its first refresh."""

    key: str
    name: str
    team: str
    owner_email: str
    wanted: tuple[WantedSync, ...]
    newest: PublishedVersion | None
    broken: str = ""


def live_wanting_sync() -> list[SegmentCard]:
    """Every live segment that names a destination, by key."""
    segments = Segment.objects.filter(status=Status.LIVE).select_related("team").order_by("key")
    return [_card(segment) for segment in segments if segment.sync_wanted]


def card(key: str) -> SegmentCard | None:
    """One segment's card, of whatever status; None for a key that no segment has."""
    segment = Segment.objects.select_related("team").filter(key=key).first()
    return None if segment is None else _card(segment)


def _card(segment: Segment) -> SegmentCard:
    return SegmentCard(
        key=segment.key,
        name=segment.name,
        team=segment.team.slug,
        owner_email=segment.owner_email,
        wanted=tuple(
            WantedSync(to=line["to"], called=line.get("as") or "") for line in segment.sync_wanted
        ),
        newest=newest(segment.key),
        broken=segment.broken_reason,
    )
