"""Adding an idea, and changing what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from catalogue.ideas.log import record_idea
from catalogue.ideas.refusals import IdeaRefused, StaleIdea
from catalogue.ideas.rights import check_can_add, check_can_steer
from catalogue.models import ApiKey, Extent, Idea, IdeaState, Segment, Status, Team, User
from catalogue.permissions import Actor, label_of

LONGEST_TITLE, LONGEST_TEXT = 200, 10_000
# What may be changed by hand; where an idea stands is moved, not written.
FIELDS = ("title", "text", "segment", "team", "is_private", "effect", "effort")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of an idea: `segment` is a key ("" for none), `team` a slug ("" for that
    of the segment, else that of a seat of theirs)."""

    title: str
    text: str = ""
    segment: str = ""
    team: str = ""
    is_private: bool = False
    effect: str = Extent.NOT_KNOWN
    effort: str = Extent.NOT_KNOWN


def add_idea(*, said: Said, by: Actor, via: str, now: datetime) -> Idea:
    """A new idea of `by`. Raises IdeaRefused with the field at fault, and PermissionDenied."""
    segment = _segment_named(said.segment, by)
    team = _team_of(said.team, segment, by)
    check_can_add(by, team, is_private=said.is_private)
    _check(said, segment, team)
    with transaction.atomic():
        idea = Idea.objects.create(
            title=said.title.strip(),
            text=said.text.strip(),
            segment=segment,
            team=team,
            is_private=said.is_private,
            effect=said.effect,
            effort=said.effort,
            state_since=now,
            author=by if isinstance(by, User) else None,
            author_name=label_of(by),
        )
        record_idea("idea.added", idea, by=by, via=via)
    return idea


def edit_idea(
    *, number: int, changes: Mapping[str, Any], revision: int, by: Actor, via: str
) -> Idea:
    """Change fields (FIELDS, as in Said); those left out stay. `revision` is that of the idea as it
    was read; unchanged: nothing is written. Raises StaleIdea, IdeaRefused, PermissionDenied."""
    with transaction.atomic():
        idea = locked(number, by)
        check_can_steer(by, idea)
        if idea.revision != revision:
            raise StaleIdea(idea.title)
        before = said_of(idea)
        said = Said(**{**before, **changes})
        segment = _segment_named(said.segment, by)
        team = _team_of(said.team, segment, by)
        _check(said, segment, team)
        if (team.pk, said.is_private) != (idea.team_id, idea.is_private):
            check_can_add(by, team, is_private=said.is_private)
        _store(idea, said, segment, team, before, by=by, via=via)
    return idea


def locked(number: int, actor: Actor) -> Idea:
    """The idea that exists for `actor`, held by this transaction until it ends. Raises
    Idea.DoesNotExist."""
    found: Idea = Idea.objects.visible_to(actor).select_for_update().get(pk=number)
    return found


def said_of(idea: Idea) -> dict[str, Any]:
    """The fields of an idea as somebody would say them."""
    return {
        "title": idea.title,
        "text": idea.text,
        "segment": idea.segment.key if idea.segment else "",
        "team": idea.team.slug,
        "is_private": idea.is_private,
        "effect": idea.effect,
        "effort": idea.effort,
    }


def _store(
    idea: Idea,
    said: Said,
    segment: Segment | None,
    team: Team,
    before: Mapping[str, Any],
    *,
    by: Actor,
    via: str,
) -> None:
    idea.title, idea.text = said.title.strip(), said.text.strip()
    idea.segment, idea.team, idea.is_private = segment, team, said.is_private
    idea.effect, idea.effort = said.effect, said.effort
    after = said_of(idea)
    fields = {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
    if fields:
        idea.revision += 1
        idea.save()
        record_idea("idea.edited", idea, by=by, via=via, fields=fields)


def _segment_named(key: str, actor: Actor) -> Segment | None:
    if not key:
        return None
    found: Segment | None = Segment.objects.visible_to(actor).filter(key=key).first()
    if found is None:
        raise IdeaRefused(f"There is no segment “{key}”.", pointer="/segment")
    return found


def _team_of(slug: str, segment: Segment | None, actor: Actor) -> Team:
    if slug:
        found = Team.objects.filter(slug=slug).first()
        if found is None:
            known = ", ".join(Team.objects.order_by("slug").values_list("slug", flat=True))
            raise IdeaRefused(
                f"There is no team “{slug}”. There are: {known or 'none yet'}.", pointer="/team"
            )
        return found
    if isinstance(actor, ApiKey):
        return actor.team
    if segment is not None:
        return segment.team
    seat = actor.seats.select_related("team").order_by("team__name").first() if actor else None
    if seat is None:
        raise IdeaRefused("An idea belongs to a team. Say which one.", pointer="/team")
    return seat.team


def _check(said: Said, segment: Segment | None, team: Team) -> None:
    if not said.title.strip():
        raise IdeaRefused("An idea needs a title: one line that says it.", pointer="/title")
    if len(said.title.strip()) > LONGEST_TITLE:
        raise IdeaRefused(
            f"The title has more than {LONGEST_TITLE} characters. The rest belongs into the text.",
            pointer="/title",
        )
    if len(said.text) > LONGEST_TEXT:
        raise IdeaRefused(f"At most {LONGEST_TEXT:,} characters are kept.", pointer="/text")
    for name in ("effect", "effort"):
        if getattr(said, name) not in Extent.values:
            known = ", ".join(Extent.values)
            raise IdeaRefused(f"The {name} is one of {known}.", pointer=f"/{name}")
    if segment is not None:
        _check_privacy(said, segment, team)


def _check_privacy(said: Said, segment: Segment, team: Team) -> None:
    """An idea about a draft that is private to a team is private to it as well."""
    is_hidden = segment.is_private and segment.status == Status.DRAFT
    if is_hidden and not (said.is_private and team.pk == segment.team_id):
        raise IdeaRefused(
            f"“{segment.name}” is a draft that only {segment.team.name} knows of, so an idea about"
            " it has to be private to that team too.",
            pointer="/is_private",
        )


def is_open(idea: Idea) -> bool:
    """Whether it may still change: a merged one lives on in another."""
    return idea.state != IdeaState.MERGED
