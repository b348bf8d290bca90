"""Dealing members out: once each, by salt and id, when they enter the segment as it is pinned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import numpy as np
from django.db.models import Q
from pyroaring import BitMap

from catalogue.experiments.arms import HELD_OUT, Split
from catalogue.experiments.design import dealt
from catalogue.experiments.reading import Starters, micros
from catalogue.membership import bitmaps
from catalogue.membership.versions import members_of
from catalogue.models import Arm, Enrolment, Experiment, MembershipVersion, Segment
from catalogue.warehouse.ordinals import ids_of


def enrol(experiment: Experiment, *, until: datetime) -> int:
    """Deal out everybody who is in the pinned membership version, or entered by the pinned
    definition since, up to the stop and to an instant, and has no arm yet. Returns how many were
    dealt out. Doing it again deals nobody again."""
    known = enrolled(experiment)
    done = set(Enrolment.objects.filter(experiment=experiment).values_list("membership", flat=True))
    before = len(known)
    for version in _versions(experiment, until):
        if version.pk in done:
            continue
        people = _of(version, experiment) - known
        _deal(experiment, version, people)
        known |= people
    return len(known) - before


def enrolled(experiment: Experiment) -> BitMap:
    """Everybody who has an arm, the holdout included."""
    found = BitMap()
    for people in experiment.enrolled.values_list("people", flat=True).iterator():
        found |= bitmaps.load(people)
    return found


def people_of(arm: Arm) -> BitMap:
    """Everybody who was dealt to an arm."""
    found = BitMap()
    for people in arm.enrolled.values_list("people", flat=True).iterator():
        found |= bitmaps.load(people)
    return found


def starters(experiment: Experiment) -> tuple[Starters, dict[int, int]]:
    """Everybody in the experiment with when their time began, and of each ordinal the row of its
    arm."""
    began: dict[int, int] = {}
    arm_of: dict[int, int] = {}
    rows = experiment.enrolled.values_list("arm", "at", "people")
    for arm, at, people in rows.iterator(chunk_size=64):
        dealt_out = bitmaps.load(people)
        began.update(dict.fromkeys(dealt_out, micros(at)))
        arm_of.update(dict.fromkeys(dealt_out, arm))
    return Starters.of(began), arm_of


def dealt_out_by(
    segment: Segment, *, since: datetime, until: datetime
) -> tuple[Starters, list[str]]:
    """Whom an experiment that starts with one instant deals out up to another one, by whatever
    definition, and their ids in the same order: to rehearse an experiment on the past."""
    rows = MembershipVersion.objects.filter(segment=segment, now__gte=since, now__lte=until)
    began: dict[int, int] = {}
    for version in rows.select_related("segment").order_by("number"):
        people = bitmaps.load(version.entered) if began else members_of(version)
        for ordinal in people:
            began.setdefault(ordinal, micros(version.now))
    who = Starters.of(began)
    ids = dict(ids_of(BitMap(who.ordinals)))
    return who, [ids[int(one)] for one in who.ordinals]


def _versions(experiment: Experiment, until: datetime) -> Iterator[MembershipVersion]:
    """The pinned version, and the later ones of the pinned definition up to the stop."""
    pinned = experiment.membership
    assert pinned is not None  # noqa: S101 (it has started)
    rows = MembershipVersion.objects.filter(
        segment=experiment.segment_id,
        definition=experiment.definition_id,
        number__gte=pinned.number,
    )
    last = min(until, experiment.stopped_at or until)
    rows = rows.filter(Q(now__lte=last) | Q(pk=pinned.pk))
    yield from rows.select_related("segment").order_by("number")


def _of(version: MembershipVersion, experiment: Experiment) -> BitMap:
    is_first = version.pk == experiment.membership_id
    return members_of(version) if is_first else bitmaps.load(version.entered)


def _deal(experiment: Experiment, version: MembershipVersion, people: BitMap) -> None:
    split = dealt(experiment)
    at = _start_of(experiment, version)
    rows = [
        Enrolment(
            experiment=experiment,
            arm=arm,
            membership=version,
            at=at,
            count=len(some),
            people=bitmaps.dump(some),
        )
        for arm, some in split_people(split, list(experiment.arms.all()), people)
        # The pinned version keeps its rows even of nobody: they say that it was dealt out.
        if some or version.pk == experiment.membership_id
    ]
    Enrolment.objects.bulk_create(rows)


def _start_of(experiment: Experiment, version: MembershipVersion) -> datetime:
    """The time of the first ones begins with the experiment, that of others as they enter."""
    assert experiment.started_at is not None  # noqa: S101 (it has started)
    return max(experiment.started_at, version.now)


def split_people(split: Split, arms: list[Arm], people: BitMap) -> list[tuple[Arm, BitMap]]:
    """Who of these people is in which arm."""
    pairs = list(ids_of(people))
    places = split.assign(id_ for _, id_ in pairs)
    ordinals = np.array([ordinal for ordinal, _ in pairs], dtype=np.uint32)
    position = {arm.key: place for place, arm in enumerate(split.arms)}
    return [(arm, BitMap(ordinals[places == position.get(arm.key, HELD_OUT)])) for arm in arms]
