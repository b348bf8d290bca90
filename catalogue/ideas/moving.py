"""Moving an idea on: from state to state, to the shelf, into another idea."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from catalogue.ideas.log import record_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import check_can_steer
from catalogue.ideas.states import BY_OTHER_WAYS, check_move
from catalogue.ideas.voting import copy_votes
from catalogue.ideas.waking import check_condition
from catalogue.ideas.writing import locked
from catalogue.models import Idea, IdeaState
from catalogue.permissions import Actor

LONGEST_REASON = 2_000


def move_idea(
    *, number: int, to: str, by: Actor, via: str, now: datetime, message: str = ""
) -> Idea:
    """Move an idea to another state. Parking and merging say more, and have services of their own.
    Raises IdeaRefused, PermissionDenied, Idea.DoesNotExist."""
    with transaction.atomic():
        idea = locked(number, by)
        check_can_steer(by, idea)
        wanted = check_move(idea, to)
        if wanted in BY_OTHER_WAYS:
            raise IdeaRefused(_how_else(wanted), pointer="/state")
        before = idea.state
        _set_state(idea, wanted, now)
        idea.save()
        record_idea(
            "idea.moved", idea, by=by, via=via, message=message, states=[before, str(wanted)]
        )
    return idea


def park_idea(
    *,
    number: int,
    reason: str,
    wakes_on: date | None = None,
    wakes_when: str = "",
    by: Actor,
    via: str,
    now: datetime,
) -> Idea:
    """Put an idea on the shelf until a day after today, or until a condition comes true (see
    `waking`). Raises IdeaRefused when the reason or both are missing, PermissionDenied,
    Idea.DoesNotExist."""
    with transaction.atomic():
        idea = locked(number, by)
        check_can_steer(by, idea)
        before = idea.state
        check_move(idea, IdeaState.PARKED)
        _check_parking(reason, wakes_on, wakes_when, now)
        condition = str(check_condition(wakes_when, by)) if wakes_when.strip() else ""
        _set_state(idea, IdeaState.PARKED, now)
        idea.parked_reason, idea.wakes_on, idea.wakes_when = reason.strip(), wakes_on, condition
        idea.save()
        states = [before, str(IdeaState.PARKED)]
        record_idea("idea.parked", idea, by=by, via=via, message=reason.strip(), states=states)
    return idea


def merge_idea(*, number: int, into: int, by: Actor, via: str, now: datetime) -> Idea:
    """Make an idea part of another and return that one. Both keep their texts and votes; whoever
    voted for the one has voted for the other as well. Raises IdeaRefused, PermissionDenied,
    Idea.DoesNotExist."""
    with transaction.atomic():
        # In the order of their numbers, so that two people merging at once do not wait in a circle.
        found = {one: locked(one, by) for one in sorted({number, into})}
        idea, target = found[number], found[into]
        check_can_steer(by, idea)
        _check_merge(idea, target)
        check_move(idea, IdeaState.MERGED)
        _set_state(idea, IdeaState.MERGED, now)
        idea.merged_into = target
        idea.save()
        copy_votes(idea, target)
        record_idea("idea.merged", idea, by=by, via=via, into=target.pk, into_title=target.title)
    return target


def _set_state(idea: Idea, state: IdeaState, now: datetime) -> None:
    idea.state, idea.state_since = state, now
    idea.parked_reason, idea.wakes_on, idea.wakes_when = "", None, ""
    idea.revision += 1


def _how_else(wanted: IdeaState) -> str:
    if wanted == IdeaState.PARKED:
        return "Park it with a reason and with what wakes it up: a day, or a condition."
    return "Merge it: say which idea it becomes part of."


def _check_parking(reason: str, wakes_on: date | None, wakes_when: str, now: datetime) -> None:
    if not reason.strip():
        raise IdeaRefused("Say why it is parked; who had it will ask.", pointer="/reason")
    if len(reason) > LONGEST_REASON:
        raise IdeaRefused(f"At most {LONGEST_REASON:,} characters are kept.", pointer="/reason")
    if wakes_on is None and not wakes_when.strip():
        raise IdeaRefused(
            "Say what wakes it up: a day, or a condition. Else nobody would think of it again.",
            pointer="/wakes_on",
        )
    today = now.astimezone(ZoneInfo(settings.WORKSPACE_TIME_ZONE)).date()
    if wakes_on is not None and wakes_on <= today:
        raise IdeaRefused("The day it wakes up has to be after today.", pointer="/wakes_on")


def _check_merge(idea: Idea, target: Idea) -> None:
    if idea.pk == target.pk:
        raise IdeaRefused("An idea cannot be merged into itself.", pointer="/into")
    if target.state == IdeaState.MERGED:
        raise IdeaRefused(
            f"Idea {target.pk} is itself part of idea {target.merged_into_id}. Merge it into that"
            " one.",
            pointer="/into",
        )
    if target.is_private and not idea.is_private:
        raise IdeaRefused(
            f"Idea {target.pk} is private to a team, so others would lose sight of “{idea.title}”."
            " Merge them the other way round.",
            pointer="/into",
        )
