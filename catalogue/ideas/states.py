"""From which state an idea may go to which, and why not to the others."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.ideas.refusals import IdeaRefused
from catalogue.models import Idea, IdeaState

S = IdeaState
MOVES: Mapping[str, tuple[IdeaState, ...]] = {
    S.NEW: (S.RESEARCHING, S.TRYING, S.PARKED, S.MERGED),
    S.RESEARCHING: (S.NEW, S.TRYING, S.ADOPTED, S.PARKED, S.MERGED),
    S.TRYING: (S.RESEARCHING, S.ADOPTED, S.PARKED, S.MERGED),
    S.ADOPTED: (S.TRYING, S.PARKED),
    S.PARKED: (S.NEW, S.RESEARCHING, S.TRYING, S.MERGED),
    S.MERGED: (),
}
# These say more than where to: they have services of their own.
BY_OTHER_WAYS = (S.PARKED, S.MERGED)


def moves_from(state: str) -> tuple[IdeaState, ...]:
    """Where an idea may simply be moved to."""
    return tuple(one for one in MOVES[state] if one not in BY_OTHER_WAYS)


def check_move(idea: Idea, to: str) -> IdeaState:
    """The state asked for. Raises IdeaRefused when the idea cannot go there."""
    if to not in IdeaState.values:
        known = ", ".join(IdeaState.values)
        raise IdeaRefused(f"There is no state “{to}”. There are: {known}.", pointer="/state")
    wanted = IdeaState(to)
    if wanted not in MOVES[idea.state]:
        raise IdeaRefused(_why_not(idea, wanted))
    return wanted


def _why_not(idea: Idea, wanted: IdeaState) -> str:
    if idea.state == S.MERGED:
        return (
            f"“{idea.title}” is part of idea {idea.merged_into_id} now. Move that one, or write a"
            " new idea."
        )
    if idea.state == wanted:
        return f"“{idea.title}” is there already: {wanted.label}."
    if wanted == S.ADOPTED:
        return (
            f"“{idea.title}” was neither looked into nor tried yet. Move it to Looking into or"
            " Trying first, so that there is something to adopt it for."
        )
    allowed = " or ".join(one.label for one in MOVES[idea.state])
    return (
        f"“{idea.title}” cannot go from {IdeaState(idea.state).label} to {wanted.label}. From there"
        f" it goes to {allowed}."
    )
