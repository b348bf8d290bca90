"""Every trait and event we know of, what it means and who uses it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalogue.filtersets import EventFilter, TraitFilter
from catalogue.models import ValueType
from catalogue.segments.queries.dictionary import (
    TraitLine,
    event_lines,
    trait_lines,
)
from catalogue.segments.queries.uses import uses_of
from catalogue.web.chips import chip_of
from catalogue.web.chosen import Chip, address, clean
from catalogue.web.components.structure import Tab
from catalogue.web.counting import percent
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.sign_in import viewer_of

# Beside the other table only the first are shown; a table alone has pages.
SHOWN_BESIDE, ON_A_PAGE = 50, 100
KINDS = ("traits", "events")
LABELS = {"q": "Words", "type": "Type", "unused": "Use", "subject": "Of"}
WORDS = {
    "unused": {"true": "unused", "false": "used"},
    "type": dict(ValueType.choices),
    "subject": {"customer": "customers", "account": "accounts"},
}


@require_safe
def dictionary(request: HttpRequest) -> HttpResponse:
    """The traits and events that the address asks for: by words, kind, type and use."""
    query = clean(request.GET)
    viewer = viewer_of(request)
    uses = uses_of(viewer)
    traits = TraitFilter(query, viewer=viewer, uses=uses)
    events = EventFilter(query, viewer=viewer, uses=uses)
    lines: dict[str, Sequence[Any]] = {
        "traits": trait_lines(traits.qs, uses),
        # Events have no type and no subject: whoever asks for one looks for traits.
        "events": [] if {"type", "subject"} & query.keys() else event_lines(events.qs.all(), uses),
    }
    kind = query.get("kind", "")
    kind = kind if kind in KINDS else ""
    context = {
        **_tables(lines, kind, request.GET.get("page")),
        "kind": kind,
        "kinds": _kinds(query, kind, lines),
        "chips": _chips(query, {**traits.errors, **events.errors}),
        "errors": [error for errors in traits.errors.values() for error in errors],
        "total": traits.queryset.count() + events.queryset.count(),
        "q": query.get("q", ""),
        "type": query.get("type", ""),
        "types": ValueType.choices,
        "unused": query.get("unused", ""),
    }
    response = render_page(
        request, "catalogue/dictionary.html", context, fragment="catalogue/_dictionary_found.html"
    )
    if wants_fragment(request):
        response["HX-Push-Url"] = f"{reverse('dictionary')}{address(query) if query else ''}"
    return response


def missing_in(line: TraitLine) -> str:
    """The share of customers, or accounts, without a value; "" while it is not known."""
    return "" if line.missing is None else percent(line.missing, 1)


def _tables(lines: dict[str, Sequence[Any]], kind: str, page: str | None) -> dict[str, Any]:
    """The lines to show of each kind, how many there are, and the pages of a kind alone."""
    shown = {name: found[:SHOWN_BESIDE] if not kind else [] for name, found in lines.items()}
    pages = Paginator(lines[kind], ON_A_PAGE).get_page(page) if kind else None
    if pages is not None:
        shown[kind] = list(pages.object_list)
    return {
        "traits": [(line, missing_in(line)) for line in shown["traits"]],
        "events": shown["events"],
        "traits_count": len(lines["traits"]),
        "events_count": len(lines["events"]),
        "page": pages,
        "found": len(lines[kind]) if kind else sum(map(len, lines.values())),
    }


def _kinds(query: QueryDict, kind: str, lines: dict[str, Sequence[Any]]) -> list[Tab]:
    choices = (("", "All", None), *((name, name.capitalize(), len(lines[name])) for name in KINDS))
    tabs = []
    for value, label, count in choices:
        asked = query.copy()
        asked["kind"] = value
        tabs.append(Tab(label=label, url=address(clean(asked)), current=value == kind, count=count))
    return tabs


def _chips(query: QueryDict, wrong: Any) -> list[Chip]:
    return [
        chip_of(query, name, label, value, WORDS.get(name, {}).get(value, value))
        for name, label in LABELS.items()
        for value in query.getlist(name)
        if name not in wrong
    ]
