"""The ideas: a board of their states, or a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalogue.filtersets import IdeaFilter
from catalogue.filtersets.idea import ORDERINGS
from catalogue.ideas.queries import counts_by_state, idea_rows
from catalogue.models import Extent, Idea, IdeaState, Segment, Team, User
from catalogue.web.chips import chip_of
from catalogue.web.chosen import Chip, address, clean
from catalogue.web.components.structure import Tab
from catalogue.web.fragments import render_page, wants_fragment
from catalogue.web.idea_cards import Card, idea_cards
from catalogue.web.sign_in import viewer_of

IN_A_COLUMN, ON_A_PAGE = 8, 50
# Merged ones live on in others; a list finds them.
COLUMNS = (
    IdeaState.NEW,
    IdeaState.RESEARCHING,
    IdeaState.TRYING,
    IdeaState.ADOPTED,
    IdeaState.PARKED,
)
SORTS = (("votes", "Most votes"), ("newest", "Newest"), ("moved", "Moved last"))
LABELS = {"q": "Words", "team": "Team", "segment": "Segment", "state": "State"}
LABELS |= {"effect": "Effect", "effort": "Effort"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The ideas of one state: the first ones, how many there are, and where the others are."""

    state: IdeaState
    cards: tuple[Card, ...]
    count: int
    more_url: str


@require_safe
def ideas(request: HttpRequest) -> HttpResponse:
    """The ideas that the address asks for, as a board or (`as=list`) as a list."""
    viewer, query = viewer_of(request), clean(request.GET)
    everything = idea_rows(viewer)
    found = IdeaFilter(query, viewer=viewer, queryset=everything)
    sort = query.get("sort", "votes")
    sort = sort if sort in ORDERINGS else "votes"
    rows = found.qs.order_by(*ORDERINGS[sort])
    # A state asked for has one column only.
    is_list = query.get("as") == "list" or "state" in query
    context = {
        **(_list(request, rows) if is_list else {"columns": _board(rows, query, viewer)}),
        "total": everything.order_by().count(),
        "found": found.qs.order_by().count(),
        "is_list": is_list,
        "views": _views(query, is_list=is_list),
        "chips": _chips(query, found.errors, viewer),
        "errors": [error for errors in found.errors.values() for error in errors],
        "q": query.get("q", ""),
        "sort": sort,
        "sorts": SORTS,
        "teams": Team.objects.order_by("name"),
        "team": query.get("team", ""),
        "back": request.get_full_path(),
    }
    response = render_page(
        request, "catalogue/ideas.html", context, fragment="catalogue/_ideas_found.html"
    )
    if wants_fragment(request):
        response["HX-Push-Url"] = f"{reverse('ideas')}{address(query) if query else ''}"
    return response


def _list(request: HttpRequest, rows: QuerySet[Idea]) -> dict[str, Any]:
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "cards": idea_cards(page.object_list, viewer=viewer_of(request))}


def _board(rows: QuerySet[Idea], query: QueryDict, viewer: User) -> list[Column]:
    counts = counts_by_state(rows)
    first = [idea for state in COLUMNS for idea in rows.filter(state=state)[:IN_A_COLUMN]]
    shown = idea_cards(first, viewer=viewer)
    return [
        Column(
            state=state,
            cards=tuple(card for card in shown if card.card.idea.state == state),
            count=counts.get(state, 0),
            more_url=address(_with(query, "state", state)),
        )
        for state in COLUMNS
    ]


def _views(query: QueryDict, *, is_list: bool) -> list[Tab]:
    board = query.copy()
    board.pop("as", None)
    board.pop("state", None)
    return [
        Tab(label="Board", url=address(board), current=not is_list),
        Tab(label="List", url=address(_with(query, "as", "list")), current=is_list),
    ]


def _with(query: QueryDict, name: str, value: str) -> QueryDict:
    asked = query.copy()
    asked[name] = value
    return asked


def _chips(query: QueryDict, wrong: Any, viewer: User) -> list[Chip]:
    words: dict[str, dict[str, str]] = {
        "state": dict(IdeaState.choices),
        "effect": dict(Extent.choices),
        "effort": dict(Extent.choices),
        "team": dict(Team.objects.values_list("slug", "name")),
        "segment": _segments(query, viewer),
    }
    return [
        chip_of(query, name, label, value, words.get(name, {}).get(value, value))
        for name, label in LABELS.items()
        for value in query.getlist(name)
        if name not in wrong
    ]


def _segments(query: QueryDict, viewer: User) -> dict[str, str]:
    asked = query.getlist("segment")
    rows = Segment.objects.visible_to(viewer).filter(key__in=asked) if asked else None
    return {} if rows is None else dict(rows.values_list("key", "name"))
