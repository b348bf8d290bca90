"""An experiment as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from catalogue.experiments.audiences import audience_of
from catalogue.experiments.design import control_key
from catalogue.experiments.queries import Standing
from catalogue.models import Arm, Rollout
from catalogue.web.experiment_size import base_words, effect_words
from catalogue.web.experiment_words import (
    Sign,
    change,
    interval,
    is_mean,
    outcome_words,
    probability,
    sign_of,
    unit_of,
    verdict_words,
)
from catalogue.web.forest import Forest, Spread, forest


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLine:
    """One arm: people dealt to it, those whose time is over, and what came of them."""

    arm: Arm
    share: str
    audience: str
    is_control: bool
    planned: int | None
    enrolled: int
    people: int
    reached: int | None
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutLine:
    """Where it was rolled out to, and how late that is."""

    rollout: Rollout
    sign: Sign
    days_late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that the page of an experiment says beside what it is called."""

    standing: Standing
    sign: Sign
    metric: str
    unit: str
    verdict: str
    effect: str
    effect_interval: str
    effect_p: str
    arms: tuple[ArmLine, ...]
    chart: Forest | None
    rollouts: tuple[RolloutLine, ...]
    overdue: int
    guards: tuple[tuple[str, Sign, str], ...]
    base: str
    planned_effect: str
    findable: str
    power: int
    fewest: int


def shown(
    standing: Standing, events: Mapping[str, str], *, fewest: int, today: date | None = None
) -> Shown:
    """The experiment in words; `events` are the labels that people gave to events, `fewest` how
    many people a number is shown for."""
    row, look = standing.experiment, standing.look
    mean = is_mean(row)
    best = _best(standing)
    day = today or timezone.localdate()
    rollouts = tuple(_rollout(one, day) for one in standing.rollouts)
    return Shown(
        standing=standing,
        sign=sign_of(standing),
        metric=outcome_words(row.aim, events),
        unit=unit_of(row),
        verdict=verdict_words(standing),
        effect=change(best["value"], is_mean=mean) if best else "",
        effect_interval=interval(best, is_mean=mean) if best else "",
        effect_p=probability(best["p"]) if best else "",
        arms=tuple(_arm(arm, standing) for arm in standing.arms),
        chart=_chart(standing, events) if look else None,
        rollouts=rollouts,
        overdue=sum(1 for one in rollouts if one.days_late > 0),
        guards=tuple(_guard(one, standing) for one in (look.guardrails if look else ())),
        base=base_words(row.plan["base_rate"], row.plan["spread"], is_mean=mean),
        planned_effect=change(row.plan["effect"], is_mean=mean),
        findable=effect_words(row.plan["findable"], is_mean=mean),
        power=round(row.plan["power"] * 100),
        fewest=fewest,
    )


def _best(standing: Standing) -> dict[str, Any] | None:
    """The effect that the verdict speaks of, else the first one."""
    look = standing.look
    if look is None or not look.effects:
        return None
    found: dict[str, Any] = next(
        (one for one in look.effects if one["arm"] == look.arm), look.effects[0]
    )
    return found


def _arm(arm: Arm, standing: Standing) -> ArmLine:
    rows = standing.look.arms if standing.look else ()
    seen: dict[str, Any] = next((row for row in rows if row["key"] == arm.key), {})
    plan = standing.experiment.plan
    return ArmLine(
        arm=arm,
        share=f"{arm.share.normalize():f}",
        audience=audience_of(standing.experiment, arm),
        is_control=arm.key == control_key(standing.arms),
        planned=plan["arms"].get(arm.key),
        enrolled=standing.dealt[arm.pk],
        people=seen.get("people", 0),
        reached=seen.get("reached"),
        value=_value(seen),
    )


def _value(seen: Mapping[str, Any]) -> str:
    if seen.get("reached") is not None and seen["people"]:
        return f"{seen['reached'] / seen['people']:.1%}".replace("%", " %")
    return f"{seen['mean']:,.2f}" if seen.get("mean") is not None else ""


def _chart(standing: Standing, events: Mapping[str, str]) -> Forest | None:
    look, row = standing.look, standing.experiment
    if look is None:
        return None
    mean = is_mean(row)
    control = standing.arm(control_key(standing.arms)).name
    several = len(look.effects) > 1
    spreads = [
        _spread(
            standing.arm(one["arm"]).name if several else _short(outcome_words(row.aim, events)),
            one,
            is_mean=mean,
            is_main=True,
        )
        for one in look.effects
    ]
    if not mean:
        spreads += [
            _spread(f"Guardrail: {guard['name']}", one, is_mean=False)
            for guard in look.guardrails
            for one in guard["effects"]
        ]
    title = f"Compared with “{control}”"
    unit = "percentage points" if not mean else "per person"
    return forest(spreads, title=title, unit=unit)


def _short(text: str) -> str:
    return text.replace(", within ", ", ")


def _spread(
    label: str, effect: Mapping[str, Any], *, is_mean: bool, is_main: bool = False
) -> Spread:
    times = 1 if is_mean else 100
    text = f"{change(effect['value'], is_mean=is_mean)} [{interval(effect, is_mean=is_mean)}]"
    return Spread(
        label=label,
        value=effect["value"] * times,
        low=effect["low"] * times,
        high=effect["high"] * times,
        text=text,
        is_main=is_main,
    )


def _guard(row: Mapping[str, Any], standing: Standing) -> tuple[str, Sign, str]:
    if row["is_harmed"]:
        return row["name"], Sign(tone="bad", word="Worse than agreed", icon="bad"), "Stop it."
    if not row["effects"]:
        waits = Sign(tone="idle", word="Not known yet", icon="clock")
        return row["name"], waits, "Too few people have had their time."
    said = "; ".join(
        f"{standing.arm(one['arm']).name} {interval(one, is_mean=False)} points"
        for one in row["effects"]
    )
    return row["name"], Sign(tone="good", word="No sign of harm", icon="check"), said


def _rollout(rollout: Rollout, today: date) -> RolloutLine:
    late = max((today - rollout.due_on) // timedelta(days=1), 0) if not rollout.done_on else 0
    if rollout.done_on:
        sign = Sign(tone="good", word="Done", icon="check")
    elif late:
        sign = Sign(tone="warn", word="Overdue", icon="clock")
    else:
        sign = Sign(tone="idle", word="Due", icon="clock")
    return RolloutLine(rollout=rollout, sign=sign, days_late=late)
