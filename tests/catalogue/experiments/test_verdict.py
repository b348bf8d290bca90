"""What is said of an experiment: nothing before its time, and the gravest thing first."""

from __future__ import annotations

from dataclasses import replace

from catalogue.experiments.differences import Counts, Effect, share_effect
from catalogue.experiments.sample_ratio import check_ratio
from catalogue.experiments.sequential import always_valid_share_effect, tuned
from catalogue.experiments.verdict import Guardrail, Seen, State, verdict
from tests.catalogue.experiments.ground import split


def effect(control: int, treated: int, n: int = 1_000) -> Effect:
    return share_effect(Counts(n=n, reached=control), Counts(n=n, reached=treated))


def watched(control: int, treated: int, n: int = 1_000) -> Effect:
    arms = Counts(n=n, reached=control), Counts(n=n, reached=treated)
    return always_valid_share_effect(*arms, tuned(0.0002))


SEEN = Seen(
    people=2_000,
    needed=2_000,
    ratio=check_ratio(split(50, 50), [1_000, 1_000]),
    effects={"a": effect(100, 160)},
)


def test_before_the_planned_size_it_is_too_early_and_nothing_is_shown() -> None:
    found = verdict(replace(SEEN, people=1_999))
    assert (found.state, found.effects) == (State.TOO_EARLY, {})
    assert found.sentence == "Too early: 1,999 of 2,000 people have had their time."


def test_an_always_valid_interval_may_be_looked_at_before() -> None:
    early = replace(SEEN, people=500, is_sequential=True)
    clear = replace(early, effects={"a": watched(100, 190)})
    assert verdict(clear).state is State.BETTER
    unclear = replace(early, effects={"a": watched(100, 105)})
    assert verdict(unclear).state is State.TOO_EARLY
    assert verdict(unclear).effects == unclear.effects
    assert verdict(replace(unclear, people=2_000)).state is State.NO_EFFECT


def test_at_the_planned_size_the_effect_is_called_with_interval_and_p() -> None:
    found = verdict(SEEN)
    assert (found.state, found.arm) == (State.BETTER, "a")
    assert found.sentence == (
        "“a” is better than control: +0.06, between +0.02948 and +0.09028 (p = 8.7e-05)."
    )


def test_less_may_be_better() -> None:
    found = verdict(replace(SEEN, is_good_up=False))
    assert (found.state, found.arm) == (State.WORSE, "a")
    down = replace(SEEN, effects={"a": effect(160, 100)}, is_good_up=False)
    assert verdict(down).state is State.BETTER


def test_no_effect_is_said_as_such() -> None:
    found = verdict(replace(SEEN, effects={"a": effect(100, 104)}))
    assert (found.state, found.arm) == (State.NO_EFFECT, None)
    assert list(found.effects) == ["a"]


def test_of_several_arms_the_best_one_is_named_and_worse_means_all() -> None:
    arms = {"a": effect(100, 150), "b": effect(100, 190), "c": effect(100, 40)}
    assert verdict(replace(SEEN, effects=arms)).arm == "b"
    mixed = {"a": effect(100, 101), "c": effect(100, 40)}
    assert verdict(replace(SEEN, effects=mixed)).state is State.NO_EFFECT
    assert verdict(replace(SEEN, effects={"c": effect(100, 40)})).state is State.WORSE


def test_broken_arms_are_said_before_any_result() -> None:
    broken = check_ratio(split(50, 50), [1_000, 800])
    found = verdict(replace(SEEN, ratio=broken, people=10))
    assert (found.state, found.effects) == (State.WRONG_RATIO, {})
    assert "1,000, 800" in found.sentence


def test_a_harmed_guardrail_stops_an_experiment_that_is_better_and_early() -> None:
    unsubscribed = Guardrail(
        metric="unsubscribed", effects={"a": watched(20, 90)}, is_good_up=False
    )
    found = verdict(replace(SEEN, people=100, guardrails=(unsubscribed,)))
    assert (found.state, found.arm) == (State.HARMFUL, "a")
    assert found.sentence == "“a” makes unsubscribed worse than agreed. Stop it."
    bearable = replace(unsubscribed, bearable=0.2)
    assert verdict(replace(SEEN, guardrails=(bearable,))).state is State.BETTER
    turned = replace(unsubscribed, is_good_up=True)
    assert verdict(replace(SEEN, guardrails=(turned,))).state is State.BETTER
