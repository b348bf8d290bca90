"""Cards of ideas: on the board, in lists, on the tab of a segment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.ideas.queries import IdeaCard, cards
from catalogue.ideas.rights import steered_teams
from catalogue.ideas.states import moves_from
from catalogue.models import Idea, IdeaState, User
from catalogue.web.idea_links import Shown, shown

# Tone and icon of a state, as badges have them.
LOOKS = {
    IdeaState.NEW: ("info", "plus"),
    IdeaState.RESEARCHING: ("mark", "search"),
    IdeaState.TRYING: ("mark", "flask"),
    IdeaState.ADOPTED: ("good", "good"),
    IdeaState.PARKED: ("idle", "clock"),
    IdeaState.MERGED: ("idle", "branch"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An idea as a card: `moves` are the states it can simply go to, none for those who do not
    steer it; `can_park`: whether it can go to the shelf."""

    card: IdeaCard
    links: tuple[Shown, ...]
    tone: str
    icon: str
    state: str
    moves: tuple[IdeaState, ...]
    can_steer: bool

    @property
    def can_park(self) -> bool:
        """Whether it may go to the shelf."""
        return self.can_steer and self.card.idea.state not in (IdeaState.PARKED, IdeaState.MERGED)

    @property
    def can_merge(self) -> bool:
        """Whether it may become part of another."""
        return self.can_steer and self.card.idea.state not in (IdeaState.ADOPTED, IdeaState.MERGED)


def idea_cards(rows: Iterable[Idea], *, viewer: User) -> list[Card]:
    """Cards of rows of `idea_rows`, in their order."""
    teams = steered_teams(viewer)
    return [card_of(one, viewer=viewer, teams=teams) for one in cards(rows, viewer=viewer)]


def card_of(found: IdeaCard, *, viewer: User, teams: frozenset[int]) -> Card:
    """One card; `teams` are those whose ideas the viewer steers."""
    idea = found.idea
    steers = viewer.is_superuser or idea.author_id == viewer.pk or idea.team_id in teams
    tone, icon = LOOKS[IdeaState(idea.state)]
    return Card(
        card=found,
        links=tuple(shown(link) for link in found.links),
        tone=tone,
        icon=icon,
        state=IdeaState(idea.state).label,
        moves=moves_from(idea.state) if steers else (),
        can_steer=steers,
    )
