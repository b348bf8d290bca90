"""The customers of the ground: who there is, and eight traits of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.benchmarks.ground.scale import DAY, NOW, Scale, micros

SEED = 1
PLANS = ("free", "starter", "pro", "business")
COUNTRIES = ("DE", "US", "GB", "FR", "AT", "CH", "NL", "PL", "IT", "ES", "SE", "DK")
ROLES = ("owner", "admin", "member", "guest")
INDUSTRIES = ("software", "retail", "finance", "media", "health", "public", "energy", "food")
TRAITS = ("plan", "country", "role", "industry", "seats", "health", "newsletter", "trial_ends_at")
# What a second file, of a week ago, says anew of some customers.
CHANGED = ("plan", "health")
UNLISTED = 0.02  # of all customers are in no file of customers: only their events speak of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which numbers customers have: first those who do things, then those who never did anything,
    then those who stand on edges."""

    active: int
    edge: int
    total: int

    @classmethod
    def of(cls, scale: Scale, edge: int) -> Layout:
        """Nineteen of twenty who stand on no edge do things."""
        return cls(active=(scale.customers - edge) * 19 // 20, edge=edge, total=scale.customers)


def ids(count: int) -> pa.Array:
    """The ids of the customers with the numbers below `count`, as files have them."""
    digits = pc.utf8_lpad(pa.array(np.arange(count)).cast(pa.string()), 8, "0")
    return pc.binary_join_element_wise("c", digits, "")


def traits(layout: Layout, trial_edges: list[int]) -> pa.Table:
    """Everybody's first values, by rising number; `number` and `is_listed` are no traits. Of those
    on edges some have a trial that ends there, or a microsecond beside."""
    rng, count = np.random.default_rng(SEED), layout.total
    listed = rng.random(count) >= UNLISTED
    # Nobody would know of a customer without a row and without events.
    listed[layout.active :] = True
    ends = micros(NOW) + rng.integers(-60 * DAY, 30 * DAY, count)
    has_trial = rng.random(count) < 0.3
    if trial_edges and layout.edge:
        on_edges = np.array([edge + beside for edge in trial_edges for beside in (-1, 0, 1)])
        ends[-layout.edge :] = np.resize(on_edges, layout.edge)
        has_trial[-layout.edge :] = True
    return pa.table(
        {
            "number": pa.array(np.arange(count), pa.int32()),
            "is_listed": pa.array(listed),
            "plan": _words(rng, PLANS, (58, 20, 15, 7), count, missing=0.03),
            "country": _words(rng, COUNTRIES, _zipf(12), count, missing=0.05),
            "role": _words(rng, ROLES, (30, 15, 45, 10), count, missing=0.1),
            "industry": _words(rng, INDUSTRIES, _zipf(8), count, missing=0.2),
            "seats": _numbers(rng, np.minimum(rng.geometric(0.08, count), 500), missing=0.1),
            "health": _numbers(rng, rng.integers(0, 101, count), missing=0.05),
            "newsletter": pa.array(rng.random(count) < 0.4, mask=rng.random(count) < 0.1),
            "trial_ends_at": pa.array(ends, mask=~has_trial).cast(pa.timestamp("us")),
        }
    )


def changed(first: pa.Table) -> pa.Table:
    """`number`, and the CHANGED traits as one in twenty of those listed have them since a week."""
    rng = np.random.default_rng(SEED + 1)
    numbers = np.flatnonzero(first["is_listed"].to_numpy() & (rng.random(len(first)) < 0.05))
    count = len(numbers)
    return pa.table(
        {
            "number": pa.array(numbers, pa.int32()),
            "plan": _words(rng, PLANS, (20, 40, 30, 10), count, missing=0.02),
            "health": _numbers(rng, rng.integers(0, 101, count), missing=0.02),
        }
    )


def latest(first: pa.Table, later: pa.Table) -> pa.Table:
    """What everybody has in the end; those in no file of customers have nothing."""
    listed = first["is_listed"].to_numpy()
    columns = {"number": first["number"]}
    for name in TRAITS:
        values = first[name].combine_chunks()
        if name in CHANGED:
            places = np.arange(len(first))
            places[later["number"].to_numpy()] = len(first) + np.arange(len(later))
            values = pa.concat_arrays([values, later[name].combine_chunks()]).take(pa.array(places))
        columns[name] = pa.array(np.where(listed, np.arange(len(first)), -1), mask=~listed)
        columns[name] = values.take(columns[name])
    return pa.table(columns)


def _words(
    rng: np.random.Generator,
    values: tuple[str, ...],
    odds: tuple[float, ...],
    count: int,
    *,
    missing: float,
) -> pa.Array:
    shares = np.array(odds) / sum(odds)
    chosen = np.searchsorted(np.cumsum(shares)[:-1], rng.random(count)).astype(np.int32)
    codes = pa.array(chosen, mask=rng.random(count) < missing)
    return pa.array(values).take(codes)


def _numbers(rng: np.random.Generator, values: np.ndarray, *, missing: float) -> pa.Array:
    return pa.array(values.astype(np.float64), mask=rng.random(len(values)) < missing)


def _zipf(count: int) -> tuple[float, ...]:
    return tuple(1 / (1 + place) for place in range(count))
