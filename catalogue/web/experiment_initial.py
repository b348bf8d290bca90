"""The form of a plan, filled in from a draft."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalogue.experiments.outcomes import KEYS, Outcome, parse_outcome
from catalogue.experiments.states import Counting, State, is_state, parse_counting
from catalogue.models import Experiment
from catalogue.web.experiment_form import ARMS, EVENT, GUARDRAILS, METRIC


def initial_of(experiment: Experiment) -> dict[str, Any]:
    """What stands in each field of the form of a draft."""
    outcome = parse_counting(experiment.aim, "/aim")
    plan = experiment.plan
    times = 1 if outcome.is_mean else 100
    found = {
        "name": experiment.name,
        "hypothesis": experiment.hypothesis,
        "segment": experiment.segment.key,
        **_aim(outcome),
        "effect": round(plan["effect"] * times, 6),
        "sequential": experiment.is_sequential,
        "idea": experiment.idea,
        "base_rate": _percent(plan["base_rate"]) if plan.get("base_rate_given") else None,
        "spread": plan["spread"] if plan.get("spread_given") else None,
        "holdout": None,
    }
    return found | _arms(experiment) | _guardrails(experiment.guardrails)


def fits_the_form(experiment: Experiment) -> bool:
    """Whether the form can say all of the plan: one event or metric, whole days, no `where`, as
    many arms and guardrails as there is room for. What it cannot say is changed by the API."""
    state = parse_counting(experiment.aim, "") if is_state(experiment.aim) else None
    if isinstance(state, State) and (not state.metric or state.days != int(state.days)):
        return False
    outcomes = [*([] if state else [experiment.aim]), *experiment.guardrails]
    simple = all(_is_simple({k: v for k, v in one.items() if k in KEYS}) for one in outcomes)
    arms = experiment.arms.filter(is_holdout=False).count()
    return simple and arms <= len(ARMS) and len(experiment.guardrails) <= len(GUARDRAILS)


def _is_simple(document: Mapping[str, Any]) -> bool:
    outcome = parse_outcome(document, "")
    one_event = len(outcome.events.names) == 1 and not outcome.events.prefixes
    return one_event and not outcome.events.where and outcome.days == int(outcome.days)


def _aim(counting: Counting) -> dict[str, Any]:
    if isinstance(counting, Outcome):
        return {"aim": EVENT, **_outcome(counting), "sum": ".".join(counting.sum)}
    return {
        "aim": METRIC,
        "metric": counting.metric,
        "within": int(counting.days),
        "better": "up" if counting.is_good_up else "down",
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "event": outcome.events.names[0],
        "within": int(outcome.days),
        "better": "up" if outcome.is_good_up else "down",
    }


def _arms(experiment: Experiment) -> dict[str, Any]:
    found: dict[str, Any] = {
        f"arm_{place}_{field}": None for place in ARMS for field in ("name", "share", "message")
    }
    told = [arm for arm in experiment.arms.all() if not arm.is_holdout]
    for place, arm in enumerate(told):
        found[f"arm_{place}_name"] = arm.name
        found[f"arm_{place}_share"] = float(arm.share)
        found[f"arm_{place}_message"] = arm.message
    held = next((arm for arm in experiment.arms.all() if arm.is_holdout), None)
    return found | ({"holdout": float(held.share)} if held else {})


def _guardrails(rows: list[dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, row in enumerate(rows):
        outcome = parse_outcome(row, "", more=("name", "bearable"))
        found |= {f"guard_{place}_{name}": value for name, value in _outcome(outcome).items()}
        found[f"guard_{place}_bearable"] = _percent(row["bearable"])
    return found


def _percent(share: float) -> float:
    return round(share * 100, 6)
