"""Generated definitions over generated customers mean the same on both engines."""

from __future__ import annotations

from functools import partial

import pytest

from catalogue.engine.given_segments import Judge
from catalogue.engine.reference import reference_members
from tests.engines import clickhouse_judge, postgres_judge
from tests.generative.agreement import differences
from tests.generative.cases import Case
from tests.generative.coverage import Coverage
from tests.generative.runs import PARTS, run
from tests.generative.shrinking import report

# Of each of two parts, on every run of `make test`: with twenty-two definitions in each, more than
# five hundred.
FEW = 12


def agree(case: Case) -> None:
    if differences(case):
        raise AssertionError(report(case))


@pytest.mark.parametrize("part", [0, 1])
def test_both_engines_hold_the_same_members_of_the_first_few(part: int) -> None:
    run(part, agree, count=FEW)


@pytest.mark.generated
@pytest.mark.parametrize("part", range(PARTS))
def test_both_engines_hold_the_same_members(part: int) -> None:
    run(part, agree)


def agree_on(judge: Judge, case: Case) -> None:
    assert differences(case, judge) == {}


@pytest.mark.generated
def test_postgresql_holds_the_same_members(postgres: str) -> None:
    with postgres_judge(postgres) as judge:
        run(1, partial(agree_on, judge), count=2 * FEW)


@pytest.mark.clickhouse
def test_clickhouse_holds_the_same_members() -> None:
    run(2, partial(agree_on, clickhouse_judge()), count=2 * FEW)


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
