"""Storing how goals divide people, with the refresh that found it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalogue.definitions.dependencies import goal_key
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import part_key
from catalogue.goals.dividing import Divided, Dividing, GoalPart
from catalogue.goals.split import State
from catalogue.membership import bitmaps
from catalogue.membership.beside import Write
from catalogue.membership.gathering import Gathered
from catalogue.membership.publication import Pinned, Step
from catalogue.models import GoalSplit, Segment

NO_REASON = "it was not measured."
STATES: tuple[State, ...] = ("reached", "missed", "not_yet", "too_early")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a refresh found by one segment's goal: `new`, or None when it is as stored before, or
    when the goal could not be measured, with the reason (`fault`)."""

    step: Step
    goal: object
    new: GoalSplit | None = None
    fault: str = ""


class Splits:
    """Keeps a split of every refresh in which somebody stands otherwise than before."""

    def prepare(
        self,
        gathered: Gathered,
        steps: Sequence[Step],
        pinned: Pinned,
        refused: Mapping[str, DefinitionError],
    ) -> Write | None:
        """The splits of those segments of the refresh that have a goal."""
        found = [_kept(step, one, pinned, refused) for step, one in _divided(gathered, steps)]
        kept = [one for one in found if one is not None]
        return (lambda: _write(kept, pinned)) if kept else None


def _divided(gathered: Gathered, steps: Sequence[Step]) -> Iterator[tuple[Step, Dividing]]:
    for step in steps:
        one = gathered.inputs.get(part_key(step.judgement.segment.key, "reached"))
        # Another source may have a part of this name.
        if one is not None and isinstance(one.part, GoalPart):
            yield step, one.part.dividing


def _kept(
    step: Step, dividing: Dividing, pinned: Pinned, refused: Mapping[str, DefinitionError]
) -> Kept | None:
    """None where the goal was judged as of a later instant already."""
    segment, divided = step.judgement.segment, dividing.last()
    if segment.goal_as_of is not None and pinned.now < segment.goal_as_of:
        return None
    if divided is None:
        return Kept(step=step, goal=segment.goal, fault=_fault(segment, refused))
    stored = {state: bitmaps.dump(divided.split.members(state)) for state in STATES}
    digest = hashlib.sha256(b"".join(stored.values())).hexdigest()
    before = _newest(segment)
    is_same = before is not None and (before.sha256, before.goal_hash) == (digest, dividing.hash)
    new = None if is_same else _split(step, dividing, divided, pinned, stored, digest)
    return Kept(step=step, goal=segment.goal, new=new)


def _fault(segment: Segment, refused: Mapping[str, DefinitionError]) -> str:
    """Why it could not be judged: what is wrong with its condition, if that is it."""
    keys = (goal_key(segment.key), part_key(segment.key, "reached"))
    error = next((refused[key] for key in keys if key in refused), None)
    return NO_REASON if error is None else error.faults[0].message.rstrip(".")[:499] + "."


def _newest(segment: Segment) -> GoalSplit | None:
    if segment.goal_split_id is None:
        return None
    return GoalSplit.objects.defer(*GoalSplit.HEAVY).get(pk=segment.goal_split_id)


def _split(
    step: Step,
    dividing: Dividing,
    divided: Divided,
    pinned: Pinned,
    stored: dict[State, bytes],
    digest: str,
) -> GoalSplit:
    # Slow to import, and only workers come here.
    from catalogue.goals.measuring import measured, share_interval

    split = divided.split
    counts = {state: int(split.is_state(state).sum()) for state in STATES}
    ends = share_interval(counts["reached"], counts["reached"] + counts["missed"])
    return GoalSplit(
        segment=step.judgement.segment,
        goal=step.judgement.segment.goal,
        goal_hash=dividing.hash,
        subject=step.judgement.definition.subject,
        now=pinned.now,
        photo=pinned.photo,
        run=pinned.run,
        share_low=None if ends is None else ends[0],
        share_high=None if ends is None else ends[1],
        figures=measured(divided, dividing.zone),
        sha256=digest,
        **stored,
        **{f"{state}_count": count for state, count in counts.items()},
    )


def _write(kept: Sequence[Kept], pinned: Pinned) -> None:
    ids = [one.step.judgement.segment.pk for one in kept]
    goals = dict(Segment.objects.filter(pk__in=ids).values_list("pk", "goal"))
    for one in kept:
        segment = one.step.judgement.segment
        version = one.step.version or one.step.before
        if one.new is not None and version is not None:
            one.new.membership = version
            one.new.save()
        # Of a goal that was edited meanwhile nothing is known yet.
        if goals[segment.pk] == one.goal:
            mine = Segment.objects.filter(pk=segment.pk)
            if one.fault:
                mine.update(goal_fault=one.fault)
            else:
                changes = {} if one.new is None else {"goal_split": one.new}
                mine.update(goal_as_of=pinned.now, goal_fault="", **changes)
