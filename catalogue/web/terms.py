"""Where the names in a definition lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from catalogue.definitions.linked import Span

# Kinds of spans that have a page: its route.
ROUTES = {"trait": "trait", "account_trait": "trait", "event": "event", "segment": "segment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedSpan:
    """A piece of a line, and the page about what it names; "" when it names nothing."""

    text: str
    kind: str
    url: str


def linked(spans: Sequence[Span]) -> list[LinkedSpan]:
    """The spans with their addresses."""
    return [LinkedSpan(text=span.text, kind=span.kind, url=_url(span)) for span in spans]


def _url(span: Span) -> str:
    route = ROUTES.get(span.kind)
    if route is None:
        return ""
    try:
        url = reverse(route, args=[span.name])
    except NoReverseMatch:
        # Names are what systems sent; some hold what no address can.
        return ""
    return f"{url}?subject=account" if span.kind == "account_trait" else url
