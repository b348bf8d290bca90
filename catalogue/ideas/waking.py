"""When a parked idea wakes up: on a day, or when a condition comes true. There are three:

segment KEY larger than N
trait NAME exists
event NAME exists
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from catalogue.ideas.log import record_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.models import EventEntry, Idea, IdeaState, Segment, TraitEntry, User, Via
from catalogue.notices.telling import notify
from catalogue.permissions import Actor

FORMS = "“segment KEY larger than N”, “trait NAME exists” or “event NAME exists”"
LARGER = re.compile(r"segment ([a-z0-9][a-z0-9-]{0,79}) larger than ([0-9]{1,9})")
EXISTS = re.compile(r"(trait|event) (\S.{0,199}?) exists")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition: `name` of a segment (its key), trait or event; `above` for a segment."""

    kind: Literal["segment", "trait", "event"]
    name: str
    above: int = 0

    def __str__(self) -> str:
        if self.kind == "segment":
            return f"segment {self.name} larger than {self.above}"
        return f"{self.kind} {self.name} exists"


def parse_condition(text: str) -> Condition:
    """The condition that a text says. Raises IdeaRefused."""
    plain = " ".join(text.split())
    if found := LARGER.fullmatch(plain):
        return Condition(kind="segment", name=found[1], above=int(found[2]))
    if found := EXISTS.fullmatch(plain):
        return Condition(kind="trait" if found[1] == "trait" else "event", name=found[2])
    raise IdeaRefused(f"“{plain}” is no condition. Write {FORMS}.", pointer="/wakes_when")


def check_condition(text: str, actor: Actor) -> Condition:
    """The condition, which does not hold yet and speaks of a segment that `actor` knows. Raises
    IdeaRefused."""
    condition = parse_condition(text)
    if condition.kind == "segment":
        keys = list(Segment.objects.visible_to(actor).values_list("key", flat=True))
        if condition.name not in keys:
            near = get_close_matches(condition.name, keys, n=1)
            hint = f" Did you mean “{near[0]}”?" if near else ""
            raise IdeaRefused(
                f"There is no segment “{condition.name}”.{hint}", pointer="/wakes_when"
            )
    if has_come_true(condition):
        raise IdeaRefused(
            f"That is so already: {condition}. The idea would wake up at once.",
            pointer="/wakes_when",
        )
    return condition


def has_come_true(condition: Condition) -> bool:
    """Whether it holds now."""
    if condition.kind == "segment":
        rows = Segment.objects.filter(key=condition.name)
        return rows.filter(membership__size__gt=condition.above).exists()
    entries = TraitEntry if condition.kind == "trait" else EventEntry
    return bool(entries.objects.filter(name=condition.name).exists())


def wake_due_ideas(*, now: datetime) -> list[int]:
    """Bring every parked idea whose time has come back among the new ones, tell who had it and who
    voted for it, and return their numbers. Doing this twice wakes nothing twice."""
    today = now.astimezone(ZoneInfo(settings.WORKSPACE_TIME_ZONE)).date()
    parked = Idea.objects.filter(state=IdeaState.PARKED).exclude(wakes_on=None, wakes_when="")
    woken = [(idea.pk, why) for idea in parked.order_by("pk") if (why := _why_awake(idea, today))]
    return [number for number, why in woken if _wake(number, why, now)]


def _why_awake(idea: Idea, today: date) -> str:
    if idea.wakes_on is not None and idea.wakes_on <= today:
        return f"the day has come: {idea.wakes_on.day} {idea.wakes_on:%B %Y}"
    if idea.wakes_when and has_come_true(parse_condition(idea.wakes_when)):
        return f"this has come true: {idea.wakes_when}"
    return ""


def _wake(number: int, why: str, now: datetime) -> bool:
    with transaction.atomic():
        asleep = Idea.objects.filter(pk=number, state=IdeaState.PARKED)
        found = asleep.select_for_update().select_related(None).first()
        if found is None:
            return False
        reason = found.parked_reason
        found.state, found.state_since = IdeaState.NEW, now
        found.parked_reason, found.wakes_on, found.wakes_when = "", None, ""
        found.revision += 1
        found.save()
        record_idea(
            "idea.woken", found, by=None, via=Via.SYSTEM, message=f"It was parked: {reason}"
        )
        for person in _to_be_told(found):
            notify(
                person,
                reason=f"The idea “{found.title}” woke up, because {why}. It was parked with the"
                f" words: {reason}",
                link=reverse("idea", args=[number]),
            )
    return True


def _to_be_told(idea: Idea) -> Iterable[User]:
    people = [idea.author, *(vote.voter for vote in idea.votes.select_related("voter"))]
    there = {person.pk: person for person in people if person is not None and person.is_active}
    return there.values()
