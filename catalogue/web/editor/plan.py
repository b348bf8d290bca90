"""What publishing does to people, to segments built on it and to tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.engine.inputs import ScanFailed
from catalogue.membership.effect import Effect, SegmentEffect, effect_of
from catalogue.membership.estimating import NoDataYet
from catalogue.models import Segment, Status
from catalogue.permissions import Actor, can_see_people
from catalogue.ports import tool_states
from catalogue.published import Purpose, newest, people
from catalogue.segments.tool_plans import ToolPlan, tool_plans

# Some of those who leave, by name, for whoever may see them.
MOST_EXAMPLES = 5
SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One segment before and after, in numbers; None where nobody can say. `refused`: why it would
    not be refreshed any more."""

    key: str
    name: str
    before: int | None
    after: int | None
    entering: int
    leaving: int
    refused: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`effect` is None when it could not be worked out; `problem` says why. `leaving`: ids of some
    who leave, of members that are published, for whoever may see people."""

    effect: Effect | None
    problem: str
    tools: tuple[ToolPlan, ...]
    leaving: tuple[str, ...]

    @property
    def moves(self) -> list[Move]:
        """The segment itself, then all that is built on it."""
        if self.effect is None:
            return []
        return [_move(one) for one in (self.effect.own, *self.effect.built_on_it)]

    @property
    def entering(self) -> int:
        """How many enter the segment itself."""
        return 0 if self.effect is None else len(self.effect.own.entering)

    @property
    def leaving_count(self) -> int:
        """How many leave it."""
        return 0 if self.effect is None else len(self.effect.own.leaving)


def _move(effect: SegmentEffect) -> Move:
    return Move(
        key=effect.key,
        name=effect.name,
        before=effect.before,
        after=effect.after,
        entering=len(effect.entering),
        leaving=len(effect.leaving),
        refused=effect.refused,
    )


def plan_of(segment: Segment, proposed: Mapping[str, Any], *, viewer: Actor) -> Plan:
    """What publishing the proposed document of the segment does. Reads only."""
    effect, problem = _effect(segment, proposed, viewer)
    return Plan(
        effect=effect,
        problem=problem,
        tools=tuple(_tools(segment, proposed)),
        leaving=_leaving(segment, effect, viewer),
    )


def _effect(
    segment: Segment, proposed: Mapping[str, Any], viewer: Actor
) -> tuple[Effect | None, str]:
    if not proposed.get("definition"):
        return None, "A list kept by hand stays as it is; nobody enters or leaves by publishing."
    try:
        tree: Definition = parse_definition(
            proposed["definition"], default_timezone=settings.WORKSPACE_TIME_ZONE
        )
        found = effect_of(
            key=segment.key, definition=tree, now=timezone.now(), viewer=viewer, seconds=SECONDS
        )
    except DefinitionError as error:
        return None, " ".join(fault.message for fault in error.faults)
    except (NoDataYet, ScanFailed) as error:
        return None, str(error)
    return found, ""


def _tools(segment: Segment, proposed: Mapping[str, Any]) -> list[ToolPlan]:
    wanted = [str(line["to"]) for line in proposed.get("sync", ())]
    now = [str(line["to"]) for line in segment.sync_wanted] if segment.status == Status.LIVE else []
    return tool_plans(tool_states([segment.key])[segment.key], now=now, wanted=wanted)


def _leaving(segment: Segment, effect: Effect | None, viewer: Actor) -> tuple[str, ...]:
    version = newest(segment.key)
    if effect is None or version is None or not effect.own.leaving:
        return ()
    if not can_see_people(viewer, segment):
        return ()
    audience = people(version, purpose=Purpose.PAGE, viewer=viewer)
    some = (effect.own.leaving & audience.ordinals)[:MOST_EXAMPLES]
    return tuple(customer_id for _, customer_id in audience.ids(some))
