"""What a page is built of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.paginator import Page
from django.utils.safestring import SafeString

from catalogue.web.components.rendering import render_component

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab is a page with an address of its own. `count` stands small beside the label."""

    label: str
    url: str
    current: bool = False
    count: int | str | None = None


@register.simple_tag
def crumbs(*labels_and_urls: str) -> SafeString:
    """The way to this page: label, address, label, address, …; an empty address is no link."""
    pairs = zip(labels_and_urls[::2], labels_and_urls[1::2], strict=True)
    return render_component("crumbs", crumbs=list(pairs))


@register.simple_block_tag
def section(
    content: str,
    title: str,
    id: str,
    meta: str = "",
    more: str = "",
    more_url: str = "",
    first: bool = False,
) -> SafeString:
    """A part of a page under a hairline, with its heading and one link to more."""
    return render_component(
        "section",
        content=content,
        title=title,
        id=id,
        meta=meta,
        more=more,
        more_url=more_url,
        first=first,
    )


@register.simple_block_tag
def card(
    content: str, title: str = "", id: str = "", meta: str = "", level: int = 2, calm: bool = False
) -> SafeString:
    """A thing that can be opened or acted on."""
    heading_id = f"h-{id or title.lower().replace(' ', '-')}"
    return render_component(
        "card",
        content=content,
        title=title,
        id=id,
        meta=meta,
        level=level,
        calm=calm,
        heading_id=heading_id,
    )


@register.simple_block_tag
def table(
    content: str, caption: str, id: str, kind: str = "table", show_caption: bool = False
) -> SafeString:
    """A table in a region that scrolls by itself; `content` is its head and body."""
    return render_component(
        "table", content=content, caption=caption, id=id, kind=kind, show_caption=show_caption
    )


@register.simple_tag(takes_context=True)
def sort_header(
    context: Mapping[str, Any],
    label: str,
    field: str,
    number: bool = False,
    target: str = "",
    default: str = "",
) -> SafeString:
    """A column heading that sorts by `field`, the other way round when it already does.
    `default` is the ordering while the address names none."""
    query = context["request"].GET.copy()
    ordering = query.get("ordering") or default
    directions = {field: "ascending", f"-{field}": "descending"}
    query["ordering"] = f"-{field}" if ordering == field else field
    query.pop("page", None)
    return render_component(
        "sort_header",
        label=label,
        field=field,
        number=number,
        target=target,
        direction=directions.get(ordering, ""),
        url=f"?{query.urlencode()}",
    )


@register.simple_tag
def tabs(items: Sequence[Tab], label: str) -> SafeString:
    """Pages about one thing, side by side."""
    return render_component("tabs", tabs=items, label=label, kind="tabs")


@register.simple_tag
def switch(items: Sequence[Tab], label: str) -> SafeString:
    """Ways to see the same thing."""
    return render_component("tabs", tabs=items, label=label, kind="switch")


@register.simple_tag(takes_context=True)
def pager(context: Mapping[str, Any], page: Page[Any], label: str = "Pages") -> SafeString:
    """Earlier and later pages of the same list."""

    def url(number: int) -> str:
        query = context["request"].GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return render_component(
        "pager",
        page=page,
        label=label,
        previous_url=url(page.previous_page_number()) if page.has_previous() else "",
        next_url=url(page.next_page_number()) if page.has_next() else "",
    )


@register.simple_block_tag
def dialog(content: str, title: str, id: str, as_page: bool = False) -> SafeString:
    """A question with its consequences. `as_page` is the same as a section, for the page that
    answers where no script runs."""
    return render_component("dialog", content=content, title=title, id=id, as_page=as_page)
