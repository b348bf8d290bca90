"""What is promised, row by row, and whether it holds. A row is a figure, alone or against another
one; rows for which a figure is missing are told at the end."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

FULL = "full refresh of 100 segments, from due to published"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`figure` is ours, `against` the other one with its name (`beside`). `at_least`: how many
    times as long the other one takes; `at_most`: how many times the other one ours is, or, without
    another one, the figure itself (`least`: where more is better). `is_slower`: without a
    target, too, the ratio is how many times the other one ours is."""

    measure: str
    figure: str
    unit: str = "s"
    against: str | None = None
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None
    least: float | None = None
    is_slower: bool = False


ROWS = (
    Row(
        measure="import of events from Parquet, ids to ordinals included",
        figure="loaded",
        unit="events/s",
        least=1_000_000,
    ),
    Row(measure="full refresh with next to no data: its fixed cost", figure="speck"),
    Row(measure=FULL, figure="refresh"),
    Row(measure="the same, judging only", figure="evaluate"),
    Row(
        measure=FULL,
        figure="refresh",
        against="duckdb",
        beside="DuckDB, one statement per segment on one table in the order of arrival",
        at_least=25,
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="clickhouse",
        beside="ClickHouse, one statement per segment on one table ordered as PostHog's",
        at_least=14,
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="duckdb_numbered",
        beside="DuckDB, the same table with numbers instead of ids and whole cents",
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="clickhouse_numbered",
        beside="ClickHouse, the same table with numbers instead of ids and whole cents",
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="duckdb_lake",
        beside="DuckDB, one statement per segment on the product's own files",
        at_least=12,
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="clickhouse_lake",
        beside="ClickHouse, one statement per segment on the product's own files",
    ),
    Row(
        measure=f"{FULL}, a tenth of the data",
        figure="tenth",
        against="postgres",
        beside="PostgreSQL, one statement per segment",
    ),
    Row(
        measure=f"{FULL}, a tenth of the data",
        figure="tenth",
        against="pandas",
        beside="pandas, one function per segment",
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="bare_scan",
        beside="a bare scan of the same columns of the same files",
        at_most=5,
    ),
    Row(
        measure="incremental refresh, one hour of new events, in a worker that keeps its state",
        figure="hour_kept",
        against="bare_scan",
        beside="a bare scan of the same columns of the same files",
        at_most=0.3,
    ),
    Row(
        measure="incremental refresh, one hour of new events, from files",
        figure="hour_read",
        against="refresh",
        beside="a full refresh",
        at_least=4,
    ),
    Row(
        measure="full refresh of 200 segments",
        figure="refresh_200",
        against="refresh",
        beside="100 segments",
        at_most=1.2,
    ),
    Row(
        measure=FULL,
        figure="refresh",
        against="half",
        beside="half as many customers and events",
        at_most=2.2,
    ),
    Row(
        measure="all metrics of 100 segments, of all others and of everyone",
        figure="metrics",
        against="refresh",
        beside="a full refresh",
        at_most=3,
    ),
    Row(
        measure="full refresh, 10M customers and 200M events",
        figure="huge",
        against="bare_scan_full",
        beside="a bare scan at 1M customers and 50M events",
        at_most=25,
    ),
    Row(
        measure="peak memory of a full refresh, 10M customers and 200M events",
        figure="huge_peak",
        unit="GiB",
        at_most=4,
    ),
    Row(
        measure="peak memory of a full refresh, in a process of its own",
        figure="peak",
        unit="GiB",
        at_most=1.25,
    ),
    Row(
        measure="memory of a process that keeps its state, after refreshes that follow",
        figure="resident",
        unit="GiB",
        at_most=1.5,
    ),
    Row(
        measure="estimate after changing one condition, p95",
        figure="change",
        unit="ms",
        at_most=120,
    ),
    Row(measure="estimate after moving a threshold, p95", figure="move", unit="ms", at_most=15),
    Row(
        measure="explanation of one customer in one segment, p95",
        figure="explain",
        unit="ms",
        at_most=150,
    ),
    Row(
        measure="and, or and not over 10 conditions at 100M random ordinals",
        figure="algebra",
        unit="ms",
        at_most=75,
    ),
    Row(
        measure="overlap of every two of 100 segments, their members read before",
        figure="overlaps",
        at_most=0.05,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row as it turned out."""

    row: Row
    value: float
    ratio: float | None
    beside: str | None
    target: str | None
    ok: bool

    def json(self) -> str:
        """As it is printed."""
        return json.dumps(
            {
                "measure": self.row.measure,
                "value": _short(self.value),
                "unit": self.row.unit,
                "against": self.beside,
                "ratio": None if self.ratio is None else _short(self.ratio),
                "target": self.target,
                "ok": self.ok,
            },
            ensure_ascii=False,
        )


def lines(figures: Mapping[str, float], *, ease: float, wrong: frozenset[str]) -> Iterator[Line]:
    """The rows of which all figures are there. Targets for ratios are so many times easier (1: as
    promised); a row against a contestant that found other members (`wrong`) never holds."""
    for row in ROWS:
        if not missing(row, figures):
            other = None if row.against is None else figures[row.against]
            is_wrong = row.against in wrong
            yield line_of(row, figures[row.figure], other, ease=ease, is_wrong=is_wrong)


def missing(row: Row, figures: Mapping[str, float]) -> bool:
    """Whether a figure of the row is not there."""
    return row.figure not in figures or (row.against is not None and row.against not in figures)


def line_of(
    row: Row,
    value: float,
    other: float | None = None,
    *,
    ease: float = 1,
    is_wrong: bool = False,
) -> Line:
    """A row with its figure and, if it is against another one, that."""
    if other is None:
        target, ok = _judged(value, row.least, row.at_most)
        return Line(row=row, value=value, ratio=None, beside=None, target=target, ok=ok)
    is_slower = row.is_slower or row.at_most is not None
    ratio = value / other if is_slower else other / value
    low = None if row.at_least is None else row.at_least / ease
    high = None if row.at_most is None else row.at_most * ease
    target, ok = _judged(ratio, low, high)
    beside = f"{row.beside}: {_short(other)} {row.unit}{', OTHER MEMBERS' if is_wrong else ''}"
    ok = ok and not is_wrong
    return Line(row=row, value=value, ratio=ratio, beside=beside, target=target, ok=ok)


def _judged(value: float, low: float | None, high: float | None) -> tuple[str | None, bool]:
    if low is not None:
        return f">= {low:g}", value >= low
    if high is not None:
        return f"<= {high:g}", value <= high
    return None, True


def _short(value: float) -> float:
    return round(value) if abs(value) >= 1000 else float(f"{value:.3g}")
