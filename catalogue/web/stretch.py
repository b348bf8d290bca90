"""A stretch of a list that grows at its head: the page of somebody who reads on does not move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """`rows`, the newest first. `newer` and `older` are the ids to ask `after` and `before` of for
    what follows on either side, None where nothing does."""

    rows: Sequence[Any]
    newer: int | None
    older: int | None


def stretch(found: QuerySet[Any], query: Mapping[str, str], *, length: int) -> Stretch:
    """So many rows: those before id `before`, those after id `after`, else the newest."""
    before, after = _id_in(query, "before"), _id_in(query, "after")
    if after is not None and before is None:
        rows = list(found.filter(pk__gt=after).order_by("pk")[: length + 1])
        is_more = len(rows) > length
        rows = rows[:length][::-1]
        newer = rows[0].pk if is_more else None
        return Stretch(rows=rows, newer=newer, older=_end(found, rows))
    narrowed = found if before is None else found.filter(pk__lt=before)
    rows = list(narrowed.order_by("-pk")[: length + 1])
    older = rows[length - 1].pk if len(rows) > length else None
    rows = rows[:length]
    return Stretch(rows=rows, newer=_start(found, rows) if before else None, older=older)


def _start(found: QuerySet[Any], rows: Sequence[Any]) -> int | None:
    return rows[0].pk if rows and found.filter(pk__gt=rows[0].pk).exists() else None


def _end(found: QuerySet[Any], rows: Sequence[Any]) -> int | None:
    return rows[-1].pk if rows and found.filter(pk__lt=rows[-1].pk).exists() else None


def _id_in(query: Mapping[str, str], name: str) -> int | None:
    """The id that an address names; None of what is none."""
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
