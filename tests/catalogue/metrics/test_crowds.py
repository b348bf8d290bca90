"""What members leave of everyone is what all others have, figure by figure."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from catalogue.definitions.formula_forms import parse_formula
from catalogue.engine.per_person import Numbers
from catalogue.engine.streams import EventRows
from catalogue.metrics.company import Own, Worked
from catalogue.metrics.crowds import Figure, Known, Totals, crowd_figures, totals
from catalogue.metrics.days import Days
from catalogue.metrics.engagement import MONTH
from catalogue.metrics.figures import Behaviour
from catalogue.metrics.instants import DAY
from catalogue.metrics.lifetime_value import Forecast
from catalogue.metrics.measured import Reading
from catalogue.metrics.purchases import purchases
from catalogue.metrics.staying import stays

NOW = int(np.datetime64("2026-03-18T12:00", "us").astype("int64"))
SIZE = 3_000
PAID = {"sum": "amount", "of": "order_paid"}
FORMULAS = {
    "share": {"share": {"did": "login"}},
    "mean": {"mean": {"trait": "seats"}},
    "ratio": {"ratio": [PAID, {"count": "order_paid"}]},
}


@pytest.fixture(scope="module")
def known() -> Known:
    """Everybody, some of whom came, paid, cancelled, and paid a hundred thousand times as much."""
    rng = np.random.default_rng(11)
    who, at = rng.integers(0, SIZE - 300, 40_000), NOW - rng.integers(1, 300 * DAY, 40_000)
    order = np.argsort(at)
    days = Days(size=SIZE, now=NOW)
    days.add(EventRows(places=who[order], at=at[order]))
    amounts = rng.gamma(2, 15e6, 40_000).astype(np.int64)
    amounts[:5] *= 100_000
    bought = purchases(who.astype(np.uint32), at, amounts, size=SIZE, now=NOW, zone=ZoneInfo("UTC"))
    return Known(
        behaviour=Behaviour(
            activity=days.activity(),
            before=days.active(MONTH, MONTH),
            purchases=bought,
            forecast=Forecast(value=rng.gamma(1, 40, SIZE)),
        ),
        stays=stays(days),
        cancelled=rng.random(SIZE) < 0.1,
        conversions=(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
        own=[_worked(key, rng) for key in FORMULAS],
        faults={},
        currency="EUR",
        fewest=10,
        now=NOW,
    )


def _worked(key: str, rng: np.random.Generator) -> Worked:
    own = Own(key=key, unit="x", formula=parse_formula(FORMULAS[key]))
    if key == "share":
        return Worked(own=own, holds=rng.random(SIZE) < 0.3)
    some = rng.random(SIZE) < 0.8
    numbers = [
        Numbers(values=np.where(some, rng.gamma(2, 900, SIZE), 0), known=some)
        for _ in range(2 if key == "ratio" else 1)
    ]
    return Worked(own=own, numbers=tuple(numbers))


def told(known: Known, of: Totals) -> dict[str, Figure]:
    return {one.metric: one for one in crowd_figures(known, of, enters=False)}


@pytest.mark.parametrize("part", [0, 1, 12, 700, SIZE - 12, SIZE])
def test_the_figures_of_all_others_are_those_of_the_people_who_are_left(
    known: Known, part: int
) -> None:
    members = np.random.default_rng(part).permutation(SIZE) < part
    everyone = np.ones(SIZE, dtype=bool)

    left = told(known, totals(known, everyone) - totals(known, np.flatnonzero(members)))
    added = told(known, totals(known, ~members))

    assert left.keys() == added.keys()
    for metric, one in added.items():
        found = left[metric].reading
        assert (found.n, found.unit, found.method) == (
            one.reading.n,
            one.reading.unit,
            one.reading.method,
        ), metric
        assert found.reason == one.reading.reason, metric
        assert values(found) == pytest.approx(values(one.reading), rel=1e-9), metric
        assert ends(found) == pytest.approx(ends(one.reading), rel=1e-6), metric
        assert left[metric].points == one.points, metric


def values(reading: Reading) -> list[float]:
    return [] if reading.value is None else [reading.value]


def ends(reading: Reading) -> list[float]:
    return [] if reading.interval is None else [reading.interval.low, reading.interval.high]


def test_of_others_who_have_nothing_it_is_said_that_they_have_nothing(known: Known) -> None:
    (ratio,) = [one for one in known.own if one.own.key == "ratio"]
    below = ratio.numbers[1].values
    everyone = np.ones(SIZE, dtype=bool)

    left = told(known, totals(known, everyone) - totals(known, below > 0))["ratio"]

    assert (left.reading.value, left.reading.reason) == (None, "It would be divided by nothing.")
