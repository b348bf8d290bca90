"""The language as specs: every test of every segment file here, on every engine there is.

Reference and DuckDB judge each spec alone; engines of which every question costs some milliseconds
judge many in one go (tests/specs/together.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from catalogue.engine.given_segments import Judge
from catalogue.engine.judge_given import judge_given
from catalogue.engine.reference import reference_members
from catalogue.engine.spec_runner import Case, Library
from catalogue.segments.folder import read_folder
from tests.engines import clickhouse_judge, postgres_judge, spark_judge
from tests.specs.together import Specs

SPECS = Path(__file__).parent
ENGINES: dict[str, Judge] = {"reference": reference_members, "duckdb": judge_given}
FLOOR = 850
CLAUSE = re.compile(r"clause ([0-9]+): ")
CLAUSES = {*range(1, 26)}
CHAPTERS = {
    *("population", "logic", "values", "numbers", "text", "lists", "dates", "time", "windows"),
    *("events", "aggregates", "first_last", "references", "people", "refused", "forms"),
    *("sequence", "dropped_off", "pauses", "habits", "latest"),
    *("held", "ranks", "samples"),
    "accounts",
}


@cache
def library() -> Library:
    """All segments of this folder."""
    segments, problems = read_folder([str(SPECS)], default_timezone="UTC")
    assert not problems
    return Library(segments=segments)


def every_test() -> list[tuple[str, int, int]]:
    """(name, place of the segment, place of its test) of every spec."""
    return [
        (f"{Path(segment.file_name).relative_to(SPECS)}:{segment.key}:{t}", s, t)
        for s, segment in enumerate(library().segments)
        for t in range(len(segment.tests))
    ]


EVERY_TEST = every_test()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("segment", "test"), [each[1:] for each in EVERY_TEST], ids=[each[0] for each in EVERY_TEST]
)
def test_the_engine_says_what_the_spec_says(engine: str, segment: int, test: int) -> None:
    file = library().segments[segment]
    case = Case(file, file.tests[test], library(), ENGINES[engine], "UTC")
    assert case.run() == ("passed", "")


@cache
def specs_on(engine: str, file: str) -> Specs:
    """The specs of a file, put together, with the answers of one engine."""
    named = [each for each in EVERY_TEST if each[0].split(":")[0] == file]
    return Specs(library(), [(segment, test) for _, segment, test in named])


# Those of a file are judged in one go, and so by one and the same process.
TOGETHER = [
    pytest.param(file, (segment, test), id=name, marks=pytest.mark.xdist_group(file))
    for name, segment, test in EVERY_TEST
    for file in [name.split(":")[0]]
]


@pytest.fixture(scope="session")
def on_postgres(postgres: str) -> Iterator[Judge]:
    with postgres_judge(postgres) as judge:
        yield judge


@pytest.mark.parametrize(("file", "place"), TOGETHER)
def test_postgresql_says_what_the_spec_says(
    file: str, place: tuple[int, int], on_postgres: Judge
) -> None:
    assert specs_on("postgres", file).run(place, on_postgres) == ("passed", "")


@pytest.fixture(scope="session")
def on_clickhouse() -> Judge:
    return clickhouse_judge()


@pytest.mark.clickhouse
@pytest.mark.parametrize(("file", "place"), TOGETHER)
def test_clickhouse_says_what_the_spec_says(
    file: str, place: tuple[int, int], on_clickhouse: Judge
) -> None:
    assert specs_on("clickhouse", file).run(place, on_clickhouse) == ("passed", "")


@pytest.fixture(scope="session")
def on_spark() -> Iterator[Judge]:
    with spark_judge("local[1]") as judge:
        yield judge


@pytest.mark.spark
@pytest.mark.parametrize(("file", "place"), TOGETHER)
def test_spark_says_what_the_spec_says(file: str, place: tuple[int, int], on_spark: Judge) -> None:
    assert specs_on("spark", file).run(place, on_spark) == ("passed", "")


def test_there_are_enough_specs() -> None:
    assert len(EVERY_TEST) >= FLOOR


def test_every_chapter_has_specs() -> None:
    found = {Path(segment.file_name).parent.name for segment in library().segments}
    assert found == CHAPTERS


def test_every_spec_names_its_clause() -> None:
    texts = [test.it for segment in library().segments for test in segment.tests]
    assert [text for text in texts if not CLAUSE.match(text) and "refused: " not in text] == []
    assert {int(match[1]) for text in texts if (match := CLAUSE.match(text))} >= CLAUSES
