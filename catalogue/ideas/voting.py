"""Votes: one a person, counted for the team of their seat."""

from __future__ import annotations

from django.db import transaction

from catalogue.ideas.log import record_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import check_can_take_part
from catalogue.ideas.writing import is_open, locked
from catalogue.models import ApiKey, Idea, IdeaVote, Team, User
from catalogue.permissions import Actor


def set_vote(*, number: int, is_for: bool, by: Actor, via: str, voter: str = "") -> Idea:
    """Cast a vote, or take it back; nothing happens when it stands so already. A login votes for
    itself; a key passes on the vote of a member of its team, named by e-mail address in `voter`.
    Raises IdeaRefused, PermissionDenied, Idea.DoesNotExist."""
    check_can_take_part(by)
    person = _voter(by, voter)
    with transaction.atomic():
        idea = locked(number, by)
        if not is_open(idea):
            raise IdeaRefused(
                f"“{idea.title}” is part of idea {idea.merged_into_id} now. Vote for that one."
            )
        if _is_changed(idea, person, is_for=is_for):
            kind = "idea.voted" if is_for else "idea.unvoted"
            record_idea(kind, idea, by=by, via=via, voter=person.label)
    return idea


def copy_votes(source: Idea, target: Idea) -> None:
    """Let everybody who voted for `source` have voted for `target`; the old votes stay as well."""
    there = set(target.votes.exclude(voter=None).values_list("voter", flat=True))
    IdeaVote.objects.bulk_create(
        IdeaVote(idea=target, voter=vote.voter, voter_name=vote.voter_name, team=vote.team)
        for vote in source.votes.select_related("voter", "team")
        if vote.voter_id not in there
    )


def _voter(by: Actor, named: str) -> User:
    if isinstance(by, User):
        if named and named.lower() != by.email.lower():
            raise IdeaRefused("You vote for yourself alone.", pointer="/voter")
        return by
    rows = (
        User.objects.filter(email__iexact=named, is_active=True) if named else User.objects.none()
    )
    if isinstance(by, ApiKey):
        rows = rows.filter(seats__team=by.team_id)
    found = rows.first()
    if found is None:
        raise IdeaRefused(
            "Votes are those of people. Name a member of the key's team by their e-mail address.",
            pointer="/voter",
        )
    return found


def _is_changed(idea: Idea, person: User, *, is_for: bool) -> bool:
    if not is_for:
        return bool(IdeaVote.objects.filter(idea=idea, voter=person).delete()[0])
    made = {"voter_name": person.label, "team": _team_of(person, idea)}
    return IdeaVote.objects.get_or_create(idea=idea, voter=person, defaults=made)[1]


def _team_of(person: User, idea: Idea) -> Team | None:
    """Where they sit: in the idea's team if they do, else in the first by name."""
    seats = list(person.seats.select_related("team").order_by("team__name"))
    own = [seat.team for seat in seats if seat.team_id == idea.team_id]
    return next(iter([*own, *(seat.team for seat in seats)]), None)
