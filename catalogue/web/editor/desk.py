"""What a form about a segment offers to choose from."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from catalogue.models import Segment, Team, User
from catalogue.permissions import Actor, teams_to_write_for
from catalogue.web.builder.dictionary import stored_words
from catalogue.web.builder.words import Words

MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`writer`: who sits at it; `teams`: those they may make segments for; `people`: addresses of
    logins; `tools`: names of destinations that segments use."""

    writer: Actor
    words: Words
    teams: tuple[Team, ...]
    people: tuple[str, ...]
    tools: tuple[str, ...]
    timezone: str

    @property
    def events(self) -> list[tuple[str, str]]:
        """Events to choose as a goal."""
        return [(word.name, word.label) for word in self.words.events]


def desk_for(writer: Actor, segment: Segment | None = None) -> Desk:
    """The desk of somebody who writes a segment, or a new one."""
    people = User.objects.filter(is_active=True).exclude(email="").order_by("email")
    teams = list(teams_to_write_for(writer))
    if segment is not None and segment.team not in teams:
        teams.append(segment.team)
    return Desk(
        writer=writer,
        words=stored_words(writer, without=segment.key if segment else ""),
        teams=tuple(teams),
        people=tuple(people.values_list("email", flat=True)[:MOST_PEOPLE]),
        tools=_tools(writer),
        timezone=settings.WORKSPACE_TIME_ZONE,
    )


def _tools(writer: Actor) -> tuple[str, ...]:
    wanted = Segment.objects.visible_to(writer).values_list("sync_wanted", flat=True)
    return tuple(sorted({line["to"] for lines in wanted for line in lines}))
