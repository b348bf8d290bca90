"""Runs of generated cases: the same ones every time, or new ones for as long as one likes.

`make fuzz` sets HYPOTHESIS_EXAMPLES, so many cases in each part, and FUZZ_SEED, which it prints:
the same seed makes the same cases again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

import hypothesis

from tests.generative.cases import Case, cases

PARTS = 4
CASES_PER_PART = 52  # of twenty-two definitions each, so 4,576 in all
FUZZING = os.environ.get("HYPOTHESIS_EXAMPLES")
SEED = os.environ.get("FUZZ_SEED", "")


def run(part: int, check: Callable[[Case], None], *, count: int = CASES_PER_PART) -> None:
    """Check the cases of one part; a part has the same cases whatever is checked."""

    @hypothesis.settings(
        max_examples=int(FUZZING) if FUZZING else count,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(cases())
    def checked(case: Case) -> None:
        check(case)

    hypothesis.seed(f"{SEED} {part}" if SEED else part)(checked)()


@cache
def first_cases(part: int, count: int) -> tuple[Case, ...]:
    """The cases that `run` would check, made once for a process."""
    made: list[Case] = []
    run(part, made.append, count=count)
    return tuple(made)
