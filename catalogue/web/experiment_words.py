"""Experiments in words: what counts, how it stands, what an effect comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalogue.experiments.design import control_key
from catalogue.experiments.outcomes import parse_outcome
from catalogue.experiments.queries import Standing
from catalogue.experiments.states import Counting, State, is_state, parse_counting
from catalogue.models import Decision, Experiment, ExperimentState
from catalogue.web.charts import MINUS

DECIDED = {
    Decision.ADOPT: ("good", "Adopted", "check"),
    Decision.REJECT: ("idle", "Rejected", "close"),
    Decision.INCONCLUSIVE: ("idle", "Inconclusive", "info"),
}
SEEN = {
    "wrong_ratio": ("bad", "Unfair split", "bad"),
    "harmful": ("bad", "Does harm", "bad"),
    "better": ("warn", "Ready to decide", "flag"),
    "worse": ("warn", "Ready to decide", "flag"),
    "no_effect": ("warn", "Ready to decide", "flag"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A state as a badge."""

    tone: str
    word: str
    icon: str


def sign_of(standing: Standing) -> Sign:
    """How an experiment stands."""
    row, look = standing.experiment, standing.look
    if row.state == ExperimentState.DECIDED:
        tone, word, icon = DECIDED[Decision(row.decision)]
    elif row.state == ExperimentState.DRAFT:
        tone, word, icon = "mark", "Draft", "pencil"
    elif look is not None and look.state in SEEN:
        tone, word, icon = SEEN[look.state]
    elif row.state == ExperimentState.STOPPED:
        tone, word, icon = "idle", "Stopped, too early", "clock"
    else:
        tone, word, icon = "idle", "Running, too early", "clock"
    return Sign(tone=tone, word=word, icon=icon)


def verdict_words(standing: Standing) -> str:
    """What may be said, with the names of the arms; what the look said where that is all."""
    look = standing.look
    if look is None or look.state not in ("better", "worse", "no_effect"):
        return look.sentence if look else ""
    control = standing.arm(control_key(standing.arms)).name
    if look.state == "no_effect":
        return f"No arm differs from “{control}” by as much as this could see."
    named = standing.arm(look.arm).name
    if look.state == "worse":
        return f"“{named}” does worse than “{control}”, and so does every other arm."
    return f"“{named}” does better than “{control}”. {_how_sure(standing)}"


def _how_sure(standing: Standing) -> str:
    look = standing.look
    found = next((one for one in look.effects if one["arm"] == look.arm), None) if look else None
    if found is None:
        return ""
    least = min(abs(found["low"]), abs(found["high"]))
    small = least < abs(standing.experiment.plan["effect"]) / 2
    return "Probably real, perhaps small." if small else "Real, and not small."


def outcome_words(document: Mapping[str, Any], events: Mapping[str, str]) -> str:
    """`Project created, within 7 days`; `events` are the labels that people gave."""
    if is_state(document):
        return _state_words(parse_counting(document, ""))
    outcome = parse_outcome(document, "", more=("name", "bearable"))
    named = " or ".join(events.get(name) or _plain(name) for name in outcome.events.names)
    named = named or "Any event of a kind"
    some = " (some of them)" if outcome.events.where else ""
    if outcome.is_mean:
        named = f"{_plain('.'.join(outcome.sum))} of {named.lower()}"
    return f"{named}{some}, within {_length(outcome)}"


def _state_words(state: Counting) -> str:
    """`Reporters, after 28 days`"""
    title = state.title if isinstance(state, State) else ""
    return f"{title or 'What the formula says'}, after {_length(state)}"


def change(value: float, *, is_mean: bool) -> str:
    """`+5.4` of points or of the unit, with a real minus."""
    # Of −0.04 nothing is left but its sign.
    number = round(value if is_mean else value * 100, 1) + 0.0
    text = f"{number:+,.1f}" if abs(number) < 1000 else f"{number:+,.0f}"
    return text.replace("-", MINUS)


def interval(effect: Mapping[str, Any], *, is_mean: bool) -> str:
    """`+0.1 to +10.7`"""
    ends = (change(effect["low"], is_mean=is_mean), change(effect["high"], is_mean=is_mean))
    return f"{ends[0]} to {ends[1]}"


def unit_of(experiment: Experiment) -> str:
    """What effects are counted in."""
    return "per person" if is_mean(experiment) else "points"


def is_mean(experiment: Experiment) -> bool:
    """Whether arms are compared by a mean, and not by a share."""
    return parse_counting(experiment.aim, "/aim").is_mean


def probability(p: float) -> str:
    """`p = 0.047`; never 0."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def _plain(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _length(outcome: Counting) -> str:
    count, unit = outcome.within.count, outcome.within.unit
    return f"{count} {unit}{'' if count == 1 else 's'}"
