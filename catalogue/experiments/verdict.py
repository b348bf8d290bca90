"""What may be said of an experiment, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from catalogue.experiments.differences import Effect
from catalogue.experiments.sample_ratio import RatioCheck


class State(StrEnum):
    """Where an experiment stands; the first that fits."""

    WRONG_RATIO = "wrong_ratio"
    HARMFUL = "harmful"
    TOO_EARLY = "too_early"
    BETTER = "better"
    WORSE = "worse"
    NO_EFFECT = "no_effect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardrail:
    """What must not become worse. `effects` of each arm by its key, always-valid ones: harm may be
    seen at any time. `is_good_up`: more is better. `bearable`: how much worse is put up with."""

    metric: str
    effects: Mapping[str, Effect]
    is_good_up: bool = True
    bearable: float = 0.0

    def harmed_by(self) -> tuple[str, ...]:
        """The arms under which it is surely worse than can be borne."""
        return tuple(
            key
            for key, effect in self.effects.items()
            if _gain(effect, is_good_up=self.is_good_up)[1] < -self.bearable
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An experiment as it stands. `people` are those whose time is over, `needed` those it was
    planned for. `effects` on the primary metric by arm; always-valid ones if `is_sequential`."""

    people: int
    needed: int
    ratio: RatioCheck
    effects: Mapping[str, Effect]
    is_sequential: bool = False
    is_good_up: bool = True
    guardrails: tuple[Guardrail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The state, why, and the effects that may be shown: none before there is something to say.
    `arm`: the key of the arm it speaks of, the best one where several are better."""

    state: State
    sentence: str
    effects: Mapping[str, Effect]
    arm: str | None = None


def verdict(seen: Seen) -> Verdict:
    """What may be said. Broken arms and harm come before everything else."""
    if seen.ratio.is_off:
        counts = ", ".join(f"{n:,}" for n in seen.ratio.observed)
        return Verdict(
            state=State.WRONG_RATIO,
            sentence=f"The arms hold {counts} people, which chance alone does not explain. Find out"
            " who was lost on the way before you read any result.",
            effects={},
        )
    for guardrail in seen.guardrails:
        if harmed := guardrail.harmed_by():
            return Verdict(
                state=State.HARMFUL,
                sentence=f"“{harmed[0]}” makes {guardrail.metric} worse than agreed. Stop it.",
                effects=guardrail.effects,
                arm=harmed[0],
            )
    return _of_primary(seen)


def _of_primary(seen: Seen) -> Verdict:
    gains = {key: _gain(effect, is_good_up=seen.is_good_up) for key, effect in seen.effects.items()}
    better = [key for key, (low, _) in gains.items() if low > 0]
    worse = [key for key, (_, high) in gains.items() if high < 0]
    is_over = seen.people >= seen.needed
    if not is_over and not (seen.is_sequential and (better or worse)):
        shown = seen.effects if seen.is_sequential else {}
        sentence = f"Too early: {seen.people:,} of {seen.needed:,} people have had their time."
        return Verdict(state=State.TOO_EARLY, sentence=sentence, effects=shown)
    if better:
        best = max(better, key=lambda key: sum(gains[key]))
        return _called(seen, State.BETTER, best)
    if len(worse) == len(gains):
        return _called(seen, State.WORSE, min(worse, key=lambda key: sum(gains[key])))
    return Verdict(
        state=State.NO_EFFECT,
        sentence="No arm is better than control by as much as the experiment could see.",
        effects=seen.effects,
    )


def _called(seen: Seen, state: State, key: str) -> Verdict:
    effect = seen.effects[key]
    sentence = (
        f"“{key}” is {state.value} than control: {effect.value:+.4g}, between"
        f" {effect.interval.low:+.4g} and {effect.interval.high:+.4g} (p = {effect.p_value:.2g})."
    )
    return Verdict(state=state, sentence=sentence, effects=seen.effects, arm=key)


def _gain(effect: Effect, *, is_good_up: bool) -> tuple[float, float]:
    """The ends of the interval, turned so that more is better."""
    low, high = effect.interval.low, effect.interval.high
    return (low, high) if is_good_up else (-high, -low)
