"""The events of the ground, in the order in which they arrive: slice after slice of a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tests.benchmarks.ground.customers import Layout
from tests.benchmarks.ground.scale import DAY, HOUR, NOW, YEAR, Scale, micros

SEED = 2
# By falling frequency: the n-th happens 1/n times as often as the first.
NAMES = (
    "page_viewed",
    "app_opened",
    "product_viewed",
    "email_opened",
    "search_made",
    "order_paid",
    "cart_updated",
    "report_exported",
    "ticket_opened",
    "refund_given",
)
# The share of active customers who ever do it.
REACH = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.6, 0.3, 0.25, 0.1)
# Events with an amount of money and the item it was paid for.
PAID = ("order_paid", "refund_given")
ITEMS = ("renewal", "upgrade", "seats", "training", "merchandise")
CODES = {name: code for code, name in enumerate(NAMES)}
PAID_CODES = tuple(CODES[name] for name in PAID)
LATE = 0.02  # of the events arrive up to three days late
STRIDE = 7_919_999_983  # a prime: it scatters busy customers over all numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """Events as columns: code of the name, customer's number, microseconds since 1970, cents and
    code of the item (both only of PAID events)."""

    code: np.ndarray
    customer: np.ndarray
    at: np.ndarray
    cents: np.ndarray
    item: np.ndarray

    def __len__(self) -> int:
        return len(self.at)

    def take(self, places: np.ndarray) -> Happenings:
        """Those at the places, in their order."""
        return Happenings(**{name: getattr(self, name)[places] for name in COLUMNS})

    @classmethod
    def joined(cls, first: Happenings, second: Happenings) -> Happenings:
        """The one after the other."""
        pairs = {name: (getattr(first, name), getattr(second, name)) for name in COLUMNS}
        return cls(**{name: np.concatenate(pair) for name, pair in pairs.items()})


COLUMNS = ("code", "customer", "at", "cents", "item")


def slices(scale: Scale, layout: Layout, edges: Happenings) -> Iterator[Happenings]:
    """The events file by file, each in the order of arrival; `edges` come on time among them."""
    by_chance, lives = scale.events - len(edges), _Lives(layout)
    starts = micros(NOW) - YEAR + YEAR * np.arange(scale.files + 1) // scale.files
    whose = np.clip(np.searchsorted(starts, edges.at, side="right") - 1, 0, scale.files - 1)
    for place in range(scale.files):
        rng = np.random.default_rng((SEED, place))
        count = by_chance * (place + 1) // scale.files - by_chance * place // scale.files
        found, arrived = _by_chance(rng, count, (starts[place], starts[place + 1]), lives)
        own = edges.take(np.flatnonzero(whose == place))
        order = np.argsort(np.concatenate([arrived, own.at]), kind="stable")
        yield Happenings.joined(found, own).take(order)


def an_hour(scale: Scale, layout: Layout, hours: int) -> Happenings:
    """What arrives in the hour that ends so many hours after NOW: as much as in an average hour, by
    those who still did things at NOW."""
    rng, end = np.random.default_rng((SEED, 1_000 + hours)), micros(NOW)
    span = (end - HOUR, end)
    found, _ = _by_chance(rng, scale.events * HOUR // YEAR, span, _Lives(layout))
    return replace(found, at=found.at + hours * HOUR)


class _Lives:
    """From when to when each active customer does things: some joined late, some went away."""

    def __init__(self, layout: Layout) -> None:
        rng, end = np.random.default_rng(SEED), micros(NOW)
        self.count = layout.active
        late, gone = rng.random(self.count) < 0.4, rng.random(self.count) < 0.4
        self.start = end - np.where(late, rng.integers(0, YEAR, self.count), YEAR)
        self.end = np.where(gone, rng.integers(self.start, end + 1), end)


def _by_chance(
    rng: np.random.Generator, count: int, span: tuple[int, int], lives: _Lives
) -> tuple[Happenings, np.ndarray]:
    """So many events and when each arrived, which is in the span."""
    shares = 1 / np.arange(1, len(NAMES) + 1)
    cumulated = np.cumsum(shares / shares.sum())[:-1]
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    missing = count
    while missing > 0:
        drawn = missing * 2 + 1_000
        code = np.searchsorted(cumulated, rng.random(drawn)).astype(np.uint8)
        customer = _customers(rng, code, lives.count)
        arrived = rng.integers(*span, drawn)
        alive = (arrived >= lives.start[customer]) & (arrived < lives.end[customer])
        kept = np.flatnonzero(alive)[:missing]
        parts.append((code[kept], customer[kept], arrived[kept]))
        missing -= len(kept)
    code, customer, arrived = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    paid = np.isin(code, PAID_CODES)
    found = Happenings(
        code=code,
        customer=customer,
        at=arrived - _delays(rng, count),
        cents=np.where(paid, np.ceil(rng.lognormal(8.0, 1.0, count)), 0).astype(np.int64),
        item=np.where(paid, rng.integers(0, len(ITEMS), count), 0).astype(np.uint8),
    )
    return found, arrived


def _customers(rng: np.random.Generator, code: np.ndarray, active: int) -> np.ndarray:
    """A few customers do much and many do little, in every event the same ones."""
    reach = np.array(REACH)[code] * active
    rank = (reach * rng.random(len(code)) ** 2).astype(np.int64)
    return (rank * (STRIDE % active) % active).astype(np.int32)


def _delays(rng: np.random.Generator, count: int) -> np.ndarray:
    delays = rng.exponential(5_000_000, count).astype(np.int64)
    late = np.flatnonzero(rng.random(count) < LATE)
    delays[late] = rng.integers(HOUR, 3 * DAY, len(late))
    return delays


def table(found: Happenings) -> pa.Table:
    """The events as an export would have them, but for the customers' ids."""
    paid = np.isin(found.code, PAID_CODES)
    items = pa.array(found.item.astype(np.int32), mask=~paid)
    return pa.table(
        {
            "event": pa.array(NAMES).take(pa.array(found.code.astype(np.int32))),
            "time": pa.array(found.at).cast(pa.timestamp("us", tz="UTC")),
            "amount": pa.array(found.cents / 100, mask=~paid),
            "item": pa.array(ITEMS).take(items),
        }
    )
