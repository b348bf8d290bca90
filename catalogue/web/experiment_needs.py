"""What experiments want of somebody: a decision, or a roll-out that is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.urls import reverse

from catalogue.experiments.queries import experiments_for, standings
from catalogue.experiments.rollouts import overdue
from catalogue.models import Experiment, ExperimentState, User
from catalogue.segments.queries.attention import segments_of
from catalogue.web.experiment_words import SEEN

OPEN = (ExperimentState.RUNNING, ExperimentState.STOPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialNeed:
    """One thing to do, as the home page says it."""

    tone: str
    icon: str
    name: str
    after: str
    reason: str
    action: str
    url: str


def trial_needs(user: User, *, today: date) -> list[TrialNeed]:
    """What waits for somebody, harm first, then decisions, then roll-outs by age: of segments that
    they answer for, and roll-outs of what was tried on those."""
    mine = segments_of(user).values("pk")
    late = overdue(today).filter(Q(segment__in=mine) | Q(experiment__segment__in=mine))
    rows = experiments_for(user).filter(segment__in=mine, state__in=OPEN)
    ready = [one for one in standings(rows) if one.is_ready]
    decisions = [_decision(one.experiment, one.look.state) for one in ready if one.look]
    decisions.sort(key=lambda need: need.tone != "bad")
    return decisions + [
        _need(
            row.experiment,
            tone="warn",
            icon="clock",
            after=f"is not rolled out to “{row.segment.name}” yet",
            reason=f"Due {row.due_on.day} {row.due_on:%b %Y}, {_days(today, row.due_on)} late",
            action="Roll it out",
        )
        for row in late
    ]


def _decision(experiment: Experiment, state: str) -> TrialNeed:
    tone, word, icon = SEEN[state]
    if tone == "bad":
        said = f"should be stopped: {word.lower()}"
        return _need(experiment, tone=tone, icon=icon, after=said, reason="", action="Look at it")
    return _need(
        experiment,
        tone="info",
        icon="flag",
        after="has reached its size",
        reason="What came of it can be read, and waits for a decision",
        action="Decide",
    )


def _need(
    experiment: Experiment, *, tone: str, icon: str, after: str, reason: str, action: str
) -> TrialNeed:
    return TrialNeed(
        tone=tone,
        icon=icon,
        name=str(experiment),
        after=after,
        reason=reason,
        action=action,
        url=reverse("experiment", args=[experiment.number]),
    )


def _days(today: date, due_on: date) -> str:
    days = (today - due_on).days
    return f"{days} day{'' if days == 1 else 's'}"
