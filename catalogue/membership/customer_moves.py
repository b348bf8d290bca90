"""When somebody entered and left segments. By ordinal: whose it is, and who may know, is for
`catalogue.published` to say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import Q

from catalogue.membership import bitmaps
from catalogue.models import MembershipVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMove:
    """Somebody entered or left a segment in a membership version, which describes `now`."""

    kind: Literal["entered", "left"]
    segment_id: int
    membership_version: int
    now: datetime


def moves_of(
    segment_ids: Collection[int], ordinal: int, *, since: datetime, most: int
) -> list[CustomerMove]:
    """The newest moves since an instant, at most `most`, the newest first; from one query."""
    somebody = Q(entered_count__gt=0) | Q(left_count__gt=0)
    rows = MembershipVersion.objects.filter(somebody, segment__in=segment_ids, now__gte=since)
    fields = ("segment", "number", "now", "entered", "left")
    moves: list[CustomerMove] = []
    for row in rows.order_by("-now", "segment", "-number").values_list(*fields).iterator(64):
        moves.extend(_moves(row, ordinal))
        if len(moves) >= most:
            break
    return moves[:most]


def _moves(row: tuple[int, int, datetime, bytes, bytes], ordinal: int) -> Iterator[CustomerMove]:
    segment, number, now, entered, left = row
    kinds: dict[Literal["entered", "left"], bytes] = {"entered": entered, "left": left}
    for kind, members in kinds.items():
        if ordinal in bitmaps.load(members):
            yield CustomerMove(kind=kind, segment_id=segment, membership_version=number, now=now)
