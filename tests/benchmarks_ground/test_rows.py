"""Rows say honestly whether what is promised holds."""

from __future__ import annotations

import json

from tests.benchmarks.ground.rows import ROWS, Line, lines, missing

FIGURES = {"refresh": 2.0, "duckdb": 48.0, "bare_scan": 0.5, "peak": 1.0, "loaded": 900_000.0}


def line(figure: str, against: str | None, *, ease: float = 1, wrong: str = "") -> Line:
    found = lines(FIGURES, ease=ease, wrong=frozenset({wrong}))
    return next(one for one in found if (one.row.figure, one.row.against) == (figure, against))


def test_how_many_times_faster_is_the_other_time_by_ours() -> None:
    found = line("refresh", "duckdb")
    assert (found.ratio, found.target, found.ok) == (24.0, ">= 25", False)


def test_how_many_times_a_bare_scan_is_our_time_by_that() -> None:
    found = line("refresh", "bare_scan")
    assert (found.ratio, found.target, found.ok) == (4.0, "<= 5", True)


def test_on_a_small_ground_ratios_need_half_and_figures_all() -> None:
    assert line("refresh", "duckdb", ease=2).target == ">= 12.5"
    assert line("refresh", "bare_scan", ease=2).target == "<= 10"
    assert line("peak", None, ease=2).target == "<= 1.25"


def test_a_figure_of_which_more_is_better_must_reach_its_target() -> None:
    found = line("loaded", None)
    assert (found.target, found.ok, found.ratio) == (">= 1e+06", False, None)


def test_a_row_against_somebody_who_found_other_members_never_holds() -> None:
    found = line("refresh", "duckdb", ease=2, wrong="duckdb")
    assert not found.ok
    assert "OTHER MEMBERS" in found.json()
    assert line("refresh", "bare_scan", wrong="duckdb").ok


def test_a_line_is_one_json_object_with_these_keys() -> None:
    found = json.loads(line("refresh", "duckdb").json())
    keys = ["measure", "value", "unit", "against", "ratio", "target", "ok"]
    assert list(found) == keys
    assert found["against"].endswith("in the order of arrival: 48.0 s")


def test_rows_without_their_figures_are_missing_and_not_printed() -> None:
    printed = [one.row for one in lines(FIGURES, ease=1, wrong=frozenset())]
    left = [row for row in ROWS if missing(row, FIGURES)]
    assert len(printed) + len(left) == len(ROWS)
    assert {row.figure for row in left} >= {"hour_kept", "overlaps"}
