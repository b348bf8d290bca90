"""Looking at experiments: after each refresh of their segment, once for each instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.design import dealt
from catalogue.experiments.enrolling import enrol, starters
from catalogue.experiments.outcomes import Outcome, parse_outcome
from catalogue.experiments.reading import Starters, deeds, micros
from catalogue.experiments.states import Counting, parse_counting
from catalogue.membership.attempt import RefreshError
from catalogue.models import Arm, Experiment, ExperimentState, Look, Workspace
from catalogue.warehouse import photos
from catalogue.warehouse.budgets import refresh_budget
from catalogue.warehouse.company.errors import WarehouseError
from catalogue.warehouse.deadline import Deadline
from catalogue.warehouse.opened import borrowed
from catalogue.warehouse.tables import Tables

if TYPE_CHECKING:
    from catalogue.experiments.differences import Effect
    from catalogue.experiments.seeing import Scene, Sight

LOOKED_AT = (ExperimentState.RUNNING, ExperimentState.STOPPED)
# After one of these an experiment that is looked at once has been looked at.
FINAL = ("better", "worse", "no_effect")


def looks_due() -> list[int]:
    """The experiments, by id, whose segment was refreshed since they were looked at last."""
    rows = Experiment.objects.filter(state__in=LOOKED_AT, segment__refreshed_at__isnull=False)
    seen = Look.objects.filter(experiment=OuterRef("pk"), state__in=FINAL)
    rows = rows.exclude(Q(is_sequential=False) & Exists(seen))
    new = Q(looked_at=None) | Q(looked_at__lt=F("segment__refreshed_at"))
    return list(rows.filter(new).order_by("pk").values_list("pk", flat=True))


def look_at(*, experiment_id: int, as_of: datetime | None = None) -> Look | None:
    """Deal out who is new, look at an experiment as of an instant (None: the newest refresh of its
    segment) and keep what may be said; None when that has been done. An experiment that is not
    sequential is looked at until its planned size, and then not again. What cannot be read now is
    tried after the next refresh; until then the last look stays, and the experiment says why."""
    with transaction.atomic():
        rows = Experiment.objects.select_for_update(of=("self",)).select_related(
            "segment", "membership"
        )
        experiment = rows.get(pk=experiment_id)
        instant = as_of or experiment.segment.refreshed_at
        if instant is None or _is_looked_at(experiment, instant):
            return None
        enrol(experiment, until=instant)
    try:
        found = _seen(experiment, instant)
    except (DefinitionError, WarehouseError, RefreshError) as error:
        Experiment.objects.filter(pk=experiment.pk).update(looked_at=instant, look_error=str(error))
        return None
    return _keep(experiment, instant, found)


def _is_looked_at(experiment: Experiment, instant: datetime) -> bool:
    if experiment.state not in LOOKED_AT:
        return True
    done = Q(as_of=instant) if experiment.is_sequential else Q(as_of=instant) | Q(state__in=FINAL)
    return experiment.looks.filter(done).exists()


def outcome_of(experiment: Experiment) -> Counting:
    """What counts in an experiment."""
    return parse_counting(experiment.aim, "/aim")


def _seen(experiment: Experiment, instant: datetime) -> Sight:
    from catalogue.experiments.seeing import see

    photo = photos.photo_for_run(photos.newest_photo())
    if photo is None:
        raise RefreshError("There is nothing to look at yet. Load customers first.")
    budget = refresh_budget()
    with borrowed(photo, budget) as tables, Deadline(budget.seconds).held(tables.connection):
        scene = _scene(experiment, tables, instant)
    held = next((arm.key for arm in experiment.arms.all() if arm.is_holdout), "")
    return see(scene, held)


def _scene(experiment: Experiment, tables: Tables, instant: datetime) -> Scene:
    from catalogue.experiments.seeing import Scene, Watched

    who, arm_of = starters(experiment)
    living = who.living(tables)
    who = Starters(ordinals=who.ordinals[living], started=who.started[living])
    split, outcome = dealt(experiment), outcome_of(experiment)
    place_of = {arm.key: place for place, arm in enumerate(split.arms)}
    places = {arm.pk: place_of.get(arm.key, -1) for arm in experiment.arms.all()}
    watched = [
        Watched(
            name=one["name"],
            outcome=(guarded := _guarded(one)),
            bearable=one["bearable"],
            deeds=deeds(guarded, who, tables, instant),
        )
        for one in experiment.guardrails
    ]
    return Scene(
        split=split,
        places=np.array([places[arm_of[int(one)]] for one in who.ordinals], dtype=np.int64),
        outcome=outcome,
        deeds=deeds(outcome, who, tables, instant),
        aim=_aim(experiment, outcome),
        needed=experiment.needed,
        planned=experiment.plan["arms"],
        now=micros(instant),
        fewest=Workspace.current().fewest_people,
        guardrails=watched,
    )


def _guarded(row: Mapping[str, Any]) -> Outcome:
    return parse_outcome(row, "/guardrails", more=("name", "bearable"))


def _aim(experiment: Experiment, outcome: Counting) -> Any:
    from catalogue.experiments.aims import MeanAim, ShareAim

    plan = experiment.plan
    asked = {
        "effect": plan["effect"],
        "power": plan["power"],
        "is_sequential": experiment.is_sequential,
    }
    if outcome.is_mean:
        return MeanAim(spread=plan["spread"], **asked)
    return ShareAim(base_rate=plan["base_rate"], **asked)


def _keep(experiment: Experiment, instant: datetime, found: Sight) -> Look:
    arms, is_mean = list(experiment.arms.all()), outcome_of(experiment).is_mean
    with transaction.atomic():
        look, _ = Look.objects.get_or_create(
            experiment=experiment,
            as_of=instant,
            defaults={
                "state": str(found.verdict.state),
                "sentence": found.verdict.sentence,
                "arm": found.verdict.arm or "",
                "people": found.people,
                "needed": experiment.needed,
                "arms": [_arm_row(arm, found, is_mean=is_mean) for arm in arms],
                "effects": _effect_rows(found.verdict.effects),
                "guardrails": [
                    {
                        "name": row["name"],
                        "bearable": row["bearable"],
                        "better": row.get("better", "up"),
                        "is_harmed": bool(guardrail.harmed_by()),
                        "effects": _effect_rows(guardrail.effects),
                    }
                    for row, guardrail in zip(experiment.guardrails, found.guardrails, strict=True)
                ],
                "ratio_p": found.ratio.p_value if found.ratio else None,
            },
        )
        mine = Experiment.objects.filter(pk=experiment.pk)
        mine.update(looked_at=instant, look_error="")
    return look


def _arm_row(arm: Arm, found: Sight, *, is_mean: bool) -> dict[str, Any]:
    people, value = found.values.get(arm.key, (0, None))
    is_count = value is not None and not is_mean
    return {
        "key": arm.key,
        "enrolled": sum(arm.enrolled.values_list("count", flat=True)),
        "people": people,
        "reached": round(value) if is_count and value is not None else None,
        "mean": value if is_mean else None,
    }


def _effect_rows(effects: Mapping[str, Effect]) -> list[dict[str, Any]]:
    return [
        {
            "arm": key,
            "value": effect.value,
            "low": effect.interval.low,
            "high": effect.interval.high,
            "level": effect.interval.level,
            "p": effect.p_value,
            "method": effect.method,
        }
        for key, effect in effects.items()
    ]
