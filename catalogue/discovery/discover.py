"""Find groups in one half of the people, and keep those that the other half confirms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from statsmodels.stats.multitest import multipletests

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.nodes import Definition
from catalogue.discovery.candidates import Candidate, candidates
from catalogue.discovery.columns import People
from catalogue.discovery.facts import facts_of
from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.measured import Reading
from catalogue.metrics.shares import share

# A wrong group becomes a segment that people work with: at most one search in a hundred among
# people without any such group reports one.
ALPHA = 0.01
# “Much” more often, or as much less.
LIFT = 1.25
FEWEST = 50
MOST_GROUPS = 10
# In the half that is searched a group has to stand out by so many standard errors. What is less is
# mostly chance, and every group that is tested makes it harder for the others.
STANDS_OUT = 4.0
METHOD = "rate in the half that was not searched; 95 % interval by Wilson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A group that was confirmed. `size`: people of the population in it. `rate` and `base_rate`
    are of the half that was not searched, `lift` is one by the other. `p_value`: of the rate
    against that of all others there, people of the groups before this one left out on both sides,
    corrected for the number of groups tested (Holm)."""

    definition: Definition
    size: int
    rate: Reading
    base_rate: float
    lift: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The groups confirmed, those that stand out most first; how many conjunctions were weighed in
    the one half and how many groups were tested on the other, of `n` people."""

    groups: tuple[Found, ...]
    weighed: int
    tested: int
    n: int


def discover(
    people: People, *, timezone: str = "UTC", seed: int = 0, fewest: int = FEWEST
) -> Discovery:
    """Groups of at least `fewest` people in each half that reach the goal much more or less often.
    The same people and seed give the same answer.

    Raises DefinitionError when there are too few people for two halves."""
    n = len(people.reached)
    if n < 4 * fewest:
        raise refuse(
            Code.BAD_VALUE,
            f"{n} people are too few to look for groups in one half and test them on the other:"
            f" {4 * fewest} are needed.",
            "/population",
        )
    searched = half_of(n, seed)
    chosen, weighed = _search(people, searched, fewest)
    groups = _confirmed(chosen, people.reached, ~searched, timezone, fewest)
    return Discovery(groups=groups, weighed=weighed, tested=len(chosen), n=n)


def half_of(n: int, seed: int) -> Mask:
    """The half of n people that is searched."""
    mask = np.zeros(n, dtype=bool)
    mask[np.random.default_rng(seed).permutation(n)[: n // 2]] = True
    return mask


def _search(people: People, searched: Mask, fewest: int) -> tuple[list[Candidate], int]:
    """Groups that stand out, the strongest first, each among those who are in none before it: else
    variants of the strongest group would crowd out all others."""
    facts = facts_of(people, searched, fewest)
    left, chosen, weighed = searched.copy(), list[Candidate](), 0
    while facts and len(chosen) < MOST_GROUPS and _is_open(people.reached[left]):
        found, tried = candidates(facts, people.reached, left, fewest)
        weighed += tried
        best = _strongest(found, people.reached, left, fewest)
        if best is None:
            break
        chosen.append(best)
        left &= ~best.mask
    return chosen, weighed


def _is_open(reached: Mask) -> bool:
    return bool(reached.any() and not reached.all())


def _strongest(
    found: Sequence[Candidate], reached: Mask, left: Mask, fewest: int
) -> Candidate | None:
    """The candidate that stands out most and is a group, simplified; None when none does."""
    strengths = np.array([_strength(one.mask & left, reached, left, fewest) for one in found])
    for place in np.argsort(-np.abs(strengths), kind="stable"):
        if abs(strengths[place]) < STANDS_OUT:
            break
        simple = _simplified(found[place], reached, left, fewest)
        if _is_group(simple.mask & left, reached, left, fewest):
            return simple
    return None


def _is_group(mask: Mask, reached: Mask, left: Mask, fewest: int) -> bool:
    """Not most people, and with a rate that is much apart: where nearly everybody is in, the others
    are the group."""
    if 2 * np.count_nonzero(mask) > np.count_nonzero(left):
        return False
    lift = float(reached[mask].mean() / reached[left].mean())
    return _is_apart(lift) and abs(_strength(mask, reached, left, fewest)) >= STANDS_OUT


def _is_apart(lift: float) -> bool:
    return lift >= LIFT or lift <= 1 / LIFT


def _simplified(candidate: Candidate, reached: Mask, left: Mask, fewest: int) -> Candidate:
    """Without conditions that keep out people who are no different: by chance some such condition
    always makes a group look a little better."""
    while len(candidate.literals) > 1:
        shorter = [candidate.without(place) for place in range(len(candidate.literals))]
        inside = candidate.mask & left
        strengths = [abs(_strength(inside, reached, one.mask & left, fewest)) for one in shorter]
        if min(strengths) >= STANDS_OUT:
            break
        candidate = shorter[int(np.argmin(strengths))]
    return candidate


def _strength(mask: Mask, reached: Mask, among: Mask, fewest: int) -> float:
    """By how many standard errors the rate of a group differs from that of the others."""
    n, of = int(np.count_nonzero(mask)), int(np.count_nonzero(among))
    if n < fewest or of - n < fewest:
        return 0.0
    inside, total = int(np.count_nonzero(reached & mask)), int(np.count_nonzero(reached & among))
    rate, other, pooled = inside / n, (total - inside) / (of - n), total / of
    error = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / (of - n)))
    return (rate - other) / error if error else 0.0


def _confirmed(
    chosen: Sequence[Candidate], reached: Mask, tested: Mask, timezone: str, fewest: int
) -> tuple[Found, ...]:
    left, chances = tested.copy(), []
    for one in chosen:
        chances.append(_chance(one.mask & left, reached, left))
        left &= ~one.mask
    if not chances:
        return ()
    corrected = multipletests(chances, alpha=ALPHA, method="holm")[1]
    measured = [
        _measured(one, reached, tested, timezone, float(p))
        for one, p in zip(chosen, corrected, strict=True)
    ]
    return tuple(one for one in measured if _is_much(one, fewest))


def _chance(mask: Mask, reached: Mask, among: Mask) -> float:
    """Fisher’s exact test of a group against the others."""
    others = among & ~mask
    table = [
        [int(np.count_nonzero(some & reached)), int(np.count_nonzero(some & ~reached))]
        for some in (mask, others)
    ]
    return float(stats.fisher_exact(table).pvalue)


def _measured(
    candidate: Candidate, reached: Mask, tested: Mask, timezone: str, p_value: float
) -> Found:
    mask = candidate.mask
    inside = mask & tested
    rate = share(int(np.count_nonzero(reached & inside)), int(np.count_nonzero(inside)), METHOD)
    base_rate = float(reached[tested].mean())
    return Found(
        definition=Definition(where=candidate.node, timezone=timezone),
        size=int(np.count_nonzero(mask)),
        rate=rate,
        base_rate=base_rate,
        lift=(rate.value or 0.0) / base_rate if base_rate else 1.0,
        p_value=p_value,
    )


def _is_much(found: Found, fewest: int) -> bool:
    return found.p_value < ALPHA and _is_apart(found.lift) and found.rate.n >= fewest
