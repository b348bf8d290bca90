"""Experiments with what is shown of them: their newest look and where they were rolled out to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalogue.experiments.refusals import NoSuchExperiment
from catalogue.models import (
    Arm,
    Experiment,
    ExperimentState,
    Look,
    MembershipVersion,
    Rollout,
    Segment,
)
from catalogue.permissions import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An experiment as it stands. `look`: the newest one; None before the first. `dealt`: by the
    id of an arm how many people were dealt to it so far."""

    experiment: Experiment
    look: Look | None
    arms: Sequence[Arm]
    dealt: Mapping[int, int]
    rollouts: Sequence[Rollout]

    @property
    def is_ready(self) -> bool:
        """Whether there is something to decide: it has its planned size, or harms."""
        said = self.look is not None and self.look.state != "too_early"
        return said and self.experiment.state in (ExperimentState.RUNNING, ExperimentState.STOPPED)

    def arm(self, key: str) -> Arm:
        """The arm of a key."""
        return next(arm for arm in self.arms if arm.key == key)


def experiments_for(viewer: Actor) -> QuerySet[Experiment]:
    """The experiments that exist for somebody, with all that `standings` reads, newest first."""
    shown = Rollout.objects.filter(segment__in=Segment.objects.visible_to(viewer).values("pk"))
    rows: QuerySet[Experiment] = Experiment.objects.visible_to(viewer)
    return with_all(rows, shown)


def with_all(
    rows: QuerySet[Experiment], rollouts: QuerySet[Rollout] | None = None
) -> QuerySet[Experiment]:
    """The rows with everything that `standings` reads."""
    heavy = [f"membership__{name}" for name in MembershipVersion.HEAVY]
    shown = Rollout.objects.all() if rollouts is None else rollouts
    arms = Arm.objects.annotate(dealt=Coalesce(Sum("enrolled__count"), 0))
    newest = Look.objects.filter(experiment=OuterRef("pk")).order_by("-as_of").values("pk")[:1]
    return (
        rows.select_related("segment__team", "definition", "membership", "decided_by")
        .defer(*heavy)
        .prefetch_related(
            Prefetch("arms", arms),
            Prefetch("rollouts", shown.select_related("segment", "done_by")),
        )
        .annotate(newest_look=Subquery(newest))
        .order_by("-number")
    )


def standings(rows: Iterable[Experiment]) -> list[Standing]:
    """Rows of `experiments_for` with their newest looks, in one more query."""
    listed: list[Any] = list(rows)
    looks = Look.objects.in_bulk([row.newest_look for row in listed if row.newest_look])
    return [
        Standing(
            experiment=row,
            look=looks.get(row.newest_look),
            arms=list(row.arms.all()),
            dealt={arm.pk: arm.dealt for arm in row.arms.all()},
            rollouts=list(row.rollouts.all()),
        )
        for row in listed
    ]


def standing(viewer: Actor, number: int) -> Standing:
    """One experiment by its number. Raises NoSuchExperiment, also when it does not exist for
    `viewer`."""
    found = standings(experiments_for(viewer).filter(number=number))
    if not found:
        raise NoSuchExperiment(f"There is no experiment EXP-{number}.")
    return found[0]


def waiting_for_decision(viewer: Actor) -> list[Standing]:
    """Those that have reached their size, or harm, and are not decided."""
    rows = experiments_for(viewer).filter(
        state__in=(ExperimentState.RUNNING, ExperimentState.STOPPED)
    )
    return [one for one in standings(rows) if one.is_ready]
