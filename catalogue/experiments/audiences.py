"""Arms as audiences: the members of a segment now who were dealt to an arm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from pyroaring import BitMap

from catalogue.definitions.segment_file import API_VERSION, KIND
from catalogue.engine.inputs import Part
from catalogue.experiments.arms import HELD_OUT, Split
from catalogue.experiments.design import dealt
from catalogue.experiments.refusals import ExperimentRefused
from catalogue.membership import bitmaps
from catalogue.models import Arm, Experiment, ExperimentState, Segment, Status
from catalogue.permissions import Actor, check_can_write_for
from catalogue.segments.editing import create_segment
from catalogue.segments.parts import Parts
from catalogue.segments.parts import register as register_parts
from catalogue.warehouse.tables import Tables

LONGEST_KEY = 80


def part_of(experiment: Experiment, arm: Arm) -> str:
    """The name of an arm behind the # of its segment."""
    return f"exp-{experiment.number}-{arm.key}"


def audience_of(experiment: Experiment, arm: Arm) -> str:
    """What a definition writes to mean the people of an arm: `trials#exp-31-call`."""
    return f"{experiment.segment.key}#{part_of(experiment, arm)}"


def segment_of_arm(*, experiment: Experiment, arm: Arm, by: Actor, via: str) -> Segment:
    """A draft segment of the people of an arm, to be synced like any other. Raises
    ExperimentRefused before the start, PermissionDenied, and what creating a segment does."""
    check_can_write_for(by, experiment.segment.team)
    if experiment.state == ExperimentState.DRAFT:
        raise ExperimentRefused(
            f"{experiment.label} has not started, so nobody is in its arms yet. Start it first."
        )
    segment, part = experiment.segment, part_of(experiment, arm)
    room = LONGEST_KEY - len(part) - 1
    document = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "key": f"{segment.key[:room].strip('-')}-{part}"[:LONGEST_KEY].strip("-"),
        "name": f"{segment.name}: {arm.name}"[:200],
        "team": segment.team.slug,
        "why": f"{experiment.label} treats them by “{arm.name}”: {experiment.hypothesis}",
        "definition": {"in_segment": audience_of(experiment, arm)},
    }
    if segment.owner_email:
        document["owner"] = segment.owner_email
    return create_segment(document=document, is_private=False, by=by, via=via)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """How the members of one segment are dealt out as of an experiment, for as long as one refresh.

    `known`: by the key of an arm who has been dealt to it. `is_open`: members without an arm are
    dealt out too, since they enter while it runs."""

    split: Split
    started_at: datetime
    known: Mapping[str, BitMap]
    is_open: bool
    _found: dict[str, BitMap] = field(default_factory=dict)

    def among(self, members: BitMap, tables: Tables, now: datetime) -> Mapping[str, BitMap]:
        """The members of each arm, by its key."""
        if now < self.started_at:
            return {}
        if not self._found:
            self._found.update({key: people & members for key, people in self.known.items()})
            if self.is_open:
                for key, people in self._dealt(members, tables).items():
                    self._found[key] = self._found.get(key, BitMap()) | people
        return self._found

    def _dealt(self, members: BitMap, tables: Tables) -> Mapping[str, BitMap]:
        new = members - BitMap.union(BitMap(), *self.known.values())
        ids = tables.customer_ids(new)
        ordinals = np.array(list(ids), dtype=np.uint32)
        places = self.split.assign(ids.values())
        found = {arm.key: places == place for place, arm in enumerate(self.split.arms)}
        found[""] = places == HELD_OUT
        return {key: BitMap(ordinals[mask]) for key, mask in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPart:
    """One arm as a part of its segment. `arm`: its key, "" of a holdout apart."""

    segment: str
    arm: str
    deal: Deal

    @property
    def reads(self) -> tuple[str, ...]:
        """The segment itself."""
        return (self.segment,)

    def members(self, read: Mapping[str, BitMap], tables: Tables, now: datetime) -> BitMap:
        """Who of the members is in the arm."""
        found = self.deal.among(read[self.segment], tables, now)
        return BitMap(found.get(self.arm, BitMap()))


class ArmParts:
    """All arms of experiments that have started."""

    def names(self) -> Mapping[str, Collection[str]]:
        """By key of a segment, the names of its experiments' arms."""
        rows = Arm.objects.exclude(experiment__state=ExperimentState.DRAFT)
        rows = rows.exclude(experiment__segment__status=Status.ARCHIVED)
        found: dict[str, list[str]] = defaultdict(list)
        fields = ("experiment__segment__key", "experiment__number", "key")
        for segment, number, key in rows.order_by().values_list(*fields):
            found[segment].append(f"exp-{number}-{key}")
        return found

    def parts(self, segments: Sequence[Segment]) -> Mapping[str, Parts]:
        """The arms of these segments."""
        rows = Experiment.objects.filter(segment__in=[one.pk for one in segments])
        rows = rows.exclude(state=ExperimentState.DRAFT).select_related("segment")
        found: dict[str, dict[str, Part]] = defaultdict(dict)
        for experiment in rows.prefetch_related("arms"):
            found[experiment.segment.key] |= _parts(experiment)
        return {key: Parts(named=named) for key, named in found.items()}


def _parts(experiment: Experiment) -> dict[str, Part]:
    split = dealt(experiment)
    compared = {arm.key for arm in split.arms}
    arms = list(experiment.arms.all())
    # A holdout outside the comparison has no place among the arms of the split.
    called = {arm.pk: arm.key if arm.key in compared else "" for arm in arms}
    assert experiment.started_at is not None  # noqa: S101 (it has started)
    deal = Deal(
        split=split,
        started_at=experiment.started_at,
        known=_known(experiment, called),
        is_open=experiment.state == ExperimentState.RUNNING
        and experiment.segment.definition_id == experiment.definition_id,
    )
    return {
        part_of(experiment, arm): ArmPart(
            segment=experiment.segment.key, arm=called[arm.pk], deal=deal
        )
        for arm in arms
    }


def _known(experiment: Experiment, called: Mapping[int, str]) -> dict[str, BitMap]:
    found: dict[str, BitMap] = {}
    for arm, people in experiment.enrolled.values_list("arm", "people").iterator():
        key = called[arm]
        found[key] = found.get(key, BitMap()) | bitmaps.load(people)
    return found


def register() -> None:
    """Have every arm be a part of its segment."""
    register_parts("experiments", ArmParts())
