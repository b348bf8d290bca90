"""Cursors and pages. A cursor is signed, and good only for what it was given for: the same path,
the same parameters, the same team. Whatever else comes back as a cursor is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.request import Request

from catalogue.api.authentication import actor_of, party_of
from catalogue.api.parsing import invalid_parameter
from catalogue.api.problems import Flaw, Problem

Row = TypeVar("Row", bound=Model)
LONGEST_CURSOR = 2_000
# What may differ from page to page.
FREE = ("cursor", "page_size", "with_count")
PAGE_SIZE, MOST = 50, 200


class Paged(serializers.Serializer[Any]):
    """The parameters of a list."""

    cursor = serializers.CharField(
        required=False, help_text="Where to go on: what `next` of the page before held."
    )
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MOST
    )
    with_count = serializers.BooleanField(
        required=False, default=False, help_text="Also count all that is listed."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and where to go on (None: nowhere)."""

    rows: Sequence[Row]
    next_cursor: str | None
    count: int | None = None


def write_cursor(
    request: Request, kind: str, place: Mapping[str, Any], *, is_anywhere: bool = False
) -> str:
    """A cursor for `place`; `kind` says what it is for. One that is good `is_anywhere` is bound to
    its kind and team only, not to the path and parameters that were asked with."""
    return _signer().sign_object({"for": _binding(request, kind, is_anywhere), **place})


def read_cursor(
    request: Request, kind: str, text: str, *, is_anywhere: bool = False
) -> dict[str, Any]:
    """The place of a cursor that was given for this. Raises Problem for any other."""
    try:
        place = _signer().unsign_object(text) if len(text) <= LONGEST_CURSOR else None
    except (signing.BadSignature, ValueError):
        place = None
    if not isinstance(place, dict) or place.pop("for", None) != _binding(
        request, kind, is_anywhere
    ):
        raise bad_cursor()
    return place


def bad_cursor() -> Problem:
    """The refusal of a cursor; the caller raises it."""
    sentence = (
        "This cursor was not given for this request. Pass on exactly what the answer before held,"
        " with the same parameters, or begin without a cursor."
    )
    return Problem(
        "bad-cursor", sentence, flaws=[Flaw(code="bad_cursor", detail=sentence, parameter="cursor")]
    )


def address_of_page(request: Request, cursor: str | None) -> str | None:
    """The address of the next page: this one with another cursor."""
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def page_of(
    request: Request, kind: str, rows: QuerySet[Row], asked: Mapping[str, Any]
) -> Page[Row]:
    """The page of an ordered query that was asked for. Each page begins after the last row of the
    one before, so rows that come or go meanwhile shift nothing."""
    order = _order_of(rows)
    after = rows
    if asked.get("cursor"):
        place = read_cursor(request, kind, asked["cursor"]).get("after")
        after = rows.filter(_after(order, _restored(order, rows, place)))
    found = list(after[: asked["page_size"] + 1])
    some = found[: asked["page_size"]]
    cursor = None
    if len(found) > len(some):
        cursor = write_cursor(request, kind, {"after": _place(order, some[-1])})
    count = rows.order_by().count() if asked.get("with_count") else None
    return Page(rows=some, next_cursor=cursor, count=count)


def listed(
    request: Request,
    page: Page[Row],
    show: Callable[[Sequence[Row]], list[dict[str, Any]]],
    *,
    as_of: datetime,
) -> dict[str, Any]:
    """The body of a list."""
    data: dict[str, Any] = {
        "results": show(page.rows),
        "next": address_of_page(request, page.next_cursor),
        "has_more": page.next_cursor is not None,
        "as_of": as_of,
    }
    return data if page.count is None else {**data, "count": page.count}


def links_of(data: Mapping[str, Any]) -> dict[str, str]:
    """The header `Link` that says where the next page is."""
    return {"Link": f'<{data["next"]}>; rel="next"'} if data.get("next") else {}


def check_page_size(asked: Mapping[str, Any], most: int) -> None:
    """Refuse a page that is larger than a list gives."""
    if asked["page_size"] > most:
        raise invalid_parameter("page_size", f"A page has at most {most:,} rows.")


def _signer() -> signing.Signer:
    return signing.Signer(salt="catalogue.api.cursor")


def _binding(request: Request, kind: str, is_anywhere: bool) -> str:
    lists = [] if is_anywhere else request.query_params.lists()
    asked = sorted((name, values) for name, values in lists if name not in FREE)
    path = "" if is_anywhere else request.path
    text = json.dumps([kind, path, asked, party_of(actor_of(request))])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True, kw_only=True)
class _By:
    """One column of an order; what is null stands last either way."""

    path: str
    descending: bool


def _order_of(rows: QuerySet[Any]) -> list[_By]:
    """The columns that an ordered query names; the last one is different in every row."""
    return [_column(one) for one in rows.query.order_by]


def _column(one: Any) -> _By:
    if isinstance(one, str):
        return _By(path=one.removeprefix("-"), descending=one.startswith("-"))
    if not isinstance(one, OrderBy) or not isinstance(one.expression, F):
        raise TypeError(f"pages cannot be cut by {one!r}")
    name: str = one.expression.name  # type: ignore[attr-defined]
    return _By(path=name, descending=one.descending)


def _place(order: Sequence[_By], row: Model) -> list[Any]:
    return [_plain(_value(row, by.path)) for by in order]


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = None if row is None else getattr(row, name)
    return row


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _restored(order: Sequence[_By], rows: QuerySet[Any], place: Any) -> list[Any]:
    if not isinstance(place, list) or len(place) != len(order):
        raise bad_cursor()
    return [
        parse_datetime(value) if _is_instant(rows, by) and value is not None else value
        for by, value in zip(order, place, strict=True)
    ]


def _is_instant(rows: QuerySet[Any], by: _By) -> bool:
    model = rows.model
    *tables, column = by.path.split("__")
    for name in tables:
        model = model._meta.get_field(name).related_model
    return model._meta.get_field(column).get_internal_type() == "DateTimeField"


def _after(order: Sequence[_By], values: Sequence[Any]) -> Q:
    """Rows after the one with these values: equal in the first columns, later in the next one."""
    found, same = Q(pk__in=[]), Q()
    for by, value in zip(order, values, strict=True):
        if value is not None:
            later = Q(**{f"{by.path}__{'lt' if by.descending else 'gt'}": value})
            found |= same & (later | Q(**{f"{by.path}__isnull": True}))
        same &= Q(**{f"{by.path}__isnull": True}) if value is None else Q(**{by.path: value})
    return found
