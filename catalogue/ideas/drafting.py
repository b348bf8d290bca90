"""A draft segment from an idea, in one click."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.definitions.segment_file import API_VERSION, KIND
from catalogue.ideas.adding import add_link
from catalogue.ideas.log import record_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import check_can_steer
from catalogue.ideas.writing import is_open, locked
from catalogue.models import Idea, LinkKind, Segment, User
from catalogue.permissions import Actor
from catalogue.segments.editing import create_segment

LONGEST_KEY = 70


def draft_from_idea(*, number: int, by: Actor, via: str, key: str = "") -> Segment:
    """A draft for the idea's team that says why in the idea's words. Its definition is that of the
    group it was discovered as, else that of the idea's segment, to begin with; the idea is about
    the draft from now on, unless it was about a segment already, and links to it either way.

    Raises IdeaRefused, PermissionDenied, Idea.DoesNotExist, and what `create_segment` raises."""
    with transaction.atomic():
        idea = locked(number, by)
        check_can_steer(by, idea)
        if not is_open(idea):
            raise IdeaRefused(f"“{idea.title}” is part of idea {idea.merged_into_id} now.")
        document = _document(idea, key or _free_key(idea.title), by)
        segment = create_segment(
            document=document,
            by=by,
            via=via,
            message=f"Made from idea {idea.pk}: {idea.title}",
            is_private=idea.is_private,
        )
        if idea.segment is None:
            idea.segment = segment
            idea.revision += 1
            idea.save()
        add_link(number=idea.pk, kind=LinkKind.VERSION, target=f"{segment.key} d1", by=by, via=via)
        record_idea("idea.drafted", idea, by=by, via=via, draft=segment.key)
    return segment


def _document(idea: Idea, key: str, by: Actor) -> dict[str, Any]:
    owner = by.email if isinstance(by, User) and by.email else ""
    why = f"{idea.title}.\n\n{idea.text}".strip() if idea.text else f"{idea.title}."
    document = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "key": key,
        "name": idea.title,
        "team": idea.team.slug,
        "owner": owner,
        "why": why,
        "definition": _definition(idea),
    }
    return {name: value for name, value in document.items() if value}


def _definition(idea: Idea) -> object:
    group = idea.groups.first()
    if group is not None:
        return to_data(from_canonical(group.canonical))
    definition = idea.segment.definition if idea.segment else None
    if definition is not None and definition.canonical is not None:
        return to_data(from_canonical(definition.canonical))
    # A draft has to say something: whoever did anything, to be narrowed.
    return {"did": "*"}


def _free_key(title: str) -> str:
    wanted = re.sub(r"-+", "-", slugify(title))[:LONGEST_KEY].strip("-_").replace("_", "-")
    wanted = wanted or "idea"
    taken = set(Segment.objects.filter(key__startswith=wanted).values_list("key", flat=True))
    ways = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(way for way in ways if way not in taken)
