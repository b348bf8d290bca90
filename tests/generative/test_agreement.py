"""Generated definitions over generated customers mean the same on both engines."""

from __future__ import annotations

import pytest

from catalogue.engine.reference import reference_members
from tests.generative.agreement import differences
from tests.generative.cases import Case
from tests.generative.coverage import Coverage
from tests.generative.runs import PARTS, run
from tests.generative.shrinking import report

# A quarter of the cases on every run of `make test`, the others with `make test-more`.
ALL_PARTS = [0, *(pytest.param(part, marks=pytest.mark.generated) for part in range(1, PARTS))]


@pytest.mark.parametrize("part", ALL_PARTS)
def test_both_engines_hold_the_same_members(part: int) -> None:
    def agree(case: Case) -> None:
        if differences(case):
            raise AssertionError(report(case))

    run(part, agree)


def test_the_cases_ask_everything_often_enough() -> None:
    coverage = Coverage()

    def count(case: Case) -> None:
        coverage.add(case, reference_members(case.segments, case.world, case.now))

    for part in range(PARTS):
        run(part, count)

    per_2000 = coverage.definitions / 2000
    assert coverage.missing(20 * per_2000) == {}
    assert coverage.on_an_edge >= coverage.customers / 10
    assert coverage.telling >= coverage.definitions / 2
    assert coverage.definitions >= 2000
