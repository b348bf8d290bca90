"""Ideas as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Count
from rest_framework.request import Request

from catalogue.api.authentication import actor_of
from catalogue.api.requests import link
from catalogue.api.shapes.ideas import CommentShape, IdeaShape
from catalogue.ideas.queries import IdeaCard, cards
from catalogue.models import Idea, IdeaComment, IdeaState, IdeaVariant, IdeaVote


def ideas_data(request: Request, rows: Iterable[Idea]) -> list[dict[str, Any]]:
    """Rows of `idea_rows`, in their order."""
    viewer = actor_of(request)
    found = cards(rows, viewer=viewer)
    numbers = [card.idea.pk for card in found]
    votes, variants = _votes(numbers), _variants(numbers)
    parts: dict[int, list[int]] = {}
    merged = Idea.objects.visible_to(viewer).filter(merged_into__in=numbers).order_by("pk")
    for part in merged:
        parts.setdefault(part.merged_into_id or 0, []).append(part.pk)
    whole = [
        {
            **_head(request, card),
            "votes_by_team": votes.get(card.idea.pk, []),
            "variants": variants.get(card.idea.pk, []),
            "merged_from": parts.get(card.idea.pk, []),
        }
        for card in found
    ]
    return list(IdeaShape(whole, many=True).data)


def comments_data(rows: Sequence[IdeaComment]) -> list[dict[str, Any]]:
    """Comments, in their order."""
    whole = [
        {
            "id": str(row.pk),
            "object": "comment",
            "author": row.author_name,
            "text": row.text,
            "created_at": row.created_at,
        }
        for row in rows
    ]
    return list(CommentShape(whole, many=True).data)


def _head(request: Request, card: IdeaCard) -> dict[str, Any]:
    idea = card.idea
    return {
        "id": str(idea.pk),
        "object": "idea",
        "number": idea.pk,
        "url": link(request, "api:idea", idea.pk),
        "html_url": link(request, "idea", idea.pk),
        "title": idea.title,
        "text": idea.text,
        "state": idea.state,
        "state_since": idea.state_since,
        "segment": card.segment.key if card.segment else None,
        "team": idea.team.slug,
        "private": idea.is_private,
        "author": idea.author_name,
        "effect": idea.effect,
        "effort": idea.effort,
        "votes": card.votes,
        "parked": _parked(idea),
        "merged_into": idea.merged_into_id,
        "links": [{"kind": one.kind, "target": one.target, "note": one.note} for one in card.links],
        "comments": card.comments,
        "created_at": idea.created_at,
        "updated_at": idea.updated_at,
    }


def _parked(idea: Idea) -> dict[str, Any] | None:
    if idea.state != IdeaState.PARKED:
        return None
    return {
        "reason": idea.parked_reason,
        "wakes_on": idea.wakes_on,
        "wakes_when": idea.wakes_when or None,
    }


def _votes(numbers: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    rows = IdeaVote.objects.filter(idea__in=numbers).order_by("team__slug")
    counted = rows.values_list("idea", "team__slug").annotate(votes=Count("pk"))
    found: dict[int, list[dict[str, Any]]] = {}
    for number, team, votes in counted:
        found.setdefault(number, []).append({"team": team, "votes": votes})
    return found


def _variants(numbers: Sequence[int]) -> Mapping[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for row in IdeaVariant.objects.filter(idea__in=numbers):
        said = {"function": row.function, "text": row.text, "author": row.author_name}
        found.setdefault(row.idea_id, []).append({**said, "created_at": row.created_at})
    return found
