"""Ideas as pages and programs see them: from a number of queries that does not grow with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet

from catalogue.models import Idea, IdeaComment, IdeaLink, IdeaVariant, IdeaVote, Segment, User
from catalogue.permissions import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentName:
    """A segment that exists for whoever looks."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaCard:
    """One idea in a list. `votes` counts people, `is_mine`: whether the viewer is one of them;
    `comments` are counted; `merged` says how many ideas became part of it."""

    idea: Idea
    segment: SegmentName | None
    votes: int
    is_mine: bool
    comments: int
    merged: int
    links: tuple[IdeaLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaDetail:
    """One idea with all that belongs to it. `votes`: (team, names of those of its members who
    voted), those without a team last; `merged`: the ideas that became part of it, whole."""

    card: IdeaCard
    teams: tuple[tuple[str, tuple[str, ...]], ...]
    variants: tuple[IdeaVariant, ...]
    comments: tuple[IdeaComment, ...]
    merged: tuple[Idea, ...]
    changed_at: datetime


def idea_rows(viewer: Actor) -> QuerySet[Idea]:
    """The ideas that exist for `viewer`, with what a card counts, by number."""
    mine = IdeaVote.objects.filter(idea=OuterRef("pk"), voter=_login(viewer))
    rows: QuerySet[Idea] = Idea.objects.visible_to(viewer)
    return rows.select_related("team", "segment", "author").annotate(
        vote_count=Count("votes", distinct=True),
        comment_count=Count("comments", distinct=True),
        merged_count=Count("merged", distinct=True),
        is_mine=Exists(mine),
    )


def cards(rows: Iterable[Idea], *, viewer: Actor) -> list[IdeaCard]:
    """Cards of rows of `idea_rows`, in their order."""
    found = list(rows)
    seen = _segments(found, viewer)
    links: dict[int, list[IdeaLink]] = {}
    for link in IdeaLink.objects.filter(idea__in=[idea.pk for idea in found]):
        links.setdefault(link.idea_id, []).append(link)
    return [_card(idea, seen, links.get(idea.pk, [])) for idea in found]


def idea_detail(idea: Idea, *, viewer: Actor) -> IdeaDetail:
    """The page of a row of `idea_rows`."""
    (card,) = cards([idea], viewer=viewer)
    return IdeaDetail(
        card=card,
        teams=votes_by_team(idea),
        variants=tuple(idea.variants.all()),
        comments=tuple(idea.comments.all()),
        merged=tuple(Idea.objects.visible_to(viewer).filter(merged_into=idea).order_by("pk")),
        changed_at=idea.updated_at,
    )


def votes_by_team(idea: Idea) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(team, voters) by the number of votes; of those who sit nowhere the team is ""."""
    names: dict[str, list[str]] = {}
    for vote in idea.votes.select_related("team"):
        names.setdefault(vote.team.name if vote.team else "", []).append(vote.voter_name)
    ordered = sorted(names.items(), key=lambda item: (not item[0], -len(item[1]), item[0]))
    return tuple((team, tuple(voters)) for team, voters in ordered)


def counts_by_state(rows: QuerySet[Idea]) -> Mapping[str, int]:
    """How many of these are in each state."""
    return Counter(rows.order_by().values_list("state", flat=True))


def _login(viewer: Actor) -> int | None:
    return viewer.pk if isinstance(viewer, User) else None


def _segments(ideas: Sequence[Idea], viewer: Actor) -> dict[int, SegmentName]:
    wanted = {idea.segment_id for idea in ideas if idea.segment_id}
    rows = Segment.objects.visible_to(viewer).filter(pk__in=wanted) if wanted else []
    return {row.pk: SegmentName(key=row.key, name=row.name) for row in rows}


def _card(idea: Idea, seen: Mapping[int, SegmentName], links: Sequence[IdeaLink]) -> IdeaCard:
    counted = idea.__dict__
    return IdeaCard(
        idea=idea,
        segment=seen.get(idea.segment_id or 0),
        votes=counted["vote_count"],
        is_mine=counted["is_mine"],
        comments=counted["comment_count"],
        merged=counted["merged_count"],
        links=tuple(links),
    )
