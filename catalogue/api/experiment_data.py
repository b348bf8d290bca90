"""Experiments as programs read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from catalogue.api.requests import link
from catalogue.api.shapes.experiments import ExperimentShape, LookShape, RolloutShape
from catalogue.experiments.audiences import audience_of
from catalogue.experiments.design import control_key
from catalogue.experiments.queries import Standing, standings
from catalogue.models import Arm, Experiment, Look, Rollout

PLAN = ("effect", "power", "base_rate", "spread", "n", "as_of", "method", "people", "members")


def experiments_data(request: Request, rows: Iterable[Experiment]) -> list[dict[str, Any]]:
    """Rows of `experiments_for`."""
    today = timezone.localdate()
    found = [_row(request, one, today) for one in standings(rows)]
    return list(ExperimentShape(found, many=True).data)


def look_data(look: Look) -> dict[str, Any]:
    """One look."""
    return dict(LookShape(_look(look)).data)


def rollout_data(rollout: Rollout, today: date) -> dict[str, Any]:
    """One roll-out."""
    return dict(RolloutShape(_rollout(rollout, today)).data)


def _row(request: Request, one: Standing, today: date) -> dict[str, Any]:
    row = one.experiment
    return {
        "id": row.label,
        "object": "experiment",
        "number": row.number,
        "url": link(request, "api:experiment", row.number),
        "html_url": link(request, "experiment", row.number),
        "name": row.name,
        "hypothesis": row.hypothesis,
        "segment": row.segment.key,
        "definition_version": row.definition and row.definition.number,
        "membership_version": row.membership and row.membership.number,
        "aim": row.aim,
        "guardrails": row.guardrails,
        "sequential": row.is_sequential,
        "plan": {**{name: row.plan[name] for name in PLAN}, "findable": row.plan["findable"]},
        "arms": [_arm(arm, one) for arm in one.arms],
        **{name: getattr(row, name) for name in ("state", "started_at", "stopped_at")},
        "smaller_because": row.smaller_because,
        "look": one.look and _look(one.look),
        "look_error": row.look_error or None,
        "decision": row.decision or None,
        "reason": row.decision_reason or None,
        "decided_by": row.decided_by.label if row.decided_by else None,
        "decided_at": row.decided_at,
        "rollouts": [_rollout(rollout, today) for rollout in one.rollouts],
        **{name: getattr(row, name) for name in ("idea", "created_at", "updated_at")},
    }


def _arm(arm: Arm, one: Standing) -> dict[str, Any]:
    rows = one.look.arms if one.look else ()
    seen: dict[str, Any] = next((row for row in rows if row["key"] == arm.key), {})
    return {
        "key": arm.key,
        "name": arm.name,
        "share": f"{arm.share.normalize():f}%",
        "is_holdout": arm.is_holdout,
        "is_control": arm.key == control_key(one.arms),
        "audience": audience_of(one.experiment, arm),
        "message": arm.message,
        "planned": one.experiment.plan["arms"].get(arm.key),
        "enrolled": one.dealt[arm.pk],
        "people": seen.get("people", 0),
        "reached": seen.get("reached"),
        "mean": seen.get("mean"),
    }


def _look(look: Look) -> dict[str, Any]:
    return {
        "as_of": look.as_of,
        "state": look.state,
        "text": look.sentence,
        "arm": look.arm or None,
        "people": look.people,
        "needed": look.needed,
        "effects": look.effects,
        "guardrails": look.guardrails,
        "sample_ratio_p": look.ratio_p,
    }


def _rollout(rollout: Rollout, today: date) -> dict[str, Any]:
    return {
        "id": rollout.pk,
        "object": "rollout",
        "experiment": rollout.experiment.label,
        "segment": rollout.segment.key,
        "due_on": rollout.due_on,
        "done_on": rollout.done_on,
        "is_overdue": rollout.done_on is None and rollout.due_on < today,
    }
