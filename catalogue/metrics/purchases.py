"""What customers bought and when, as the models of lifetime value want it: vectors over all
customers from one pass over the purchases."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from catalogue.definitions.errors import Code, refuse
from catalogue.engine.bitmaps import Ordinals
from catalogue.engine.clocks import Integers, local_days
from catalogue.engine.conditions.bench import Mask
from catalogue.engine.vectors.money import MICRO
from catalogue.metrics.visits import check_rows

Floats = npt.NDArray[np.float64]
DAYS_OF_A_WEEK = 7
# A sum below this cannot have left 64 bits, in whatever order it was added up.
MOST = 2.0**62
# Local days from year 1 to 9999, counted from the first, are below this.
DAYS, FIRST_DAY = 2**22, -719_162


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    """By ordinal, shapes (customers,). All purchases of one local day are one transaction.

    `frequency`: transactions after the first, 0 without any. `recency`: weeks from the first to
    the newest one. `age`: weeks from the first one to now. `revenue`: of all, `repeat_revenue`: of
    those after the first, in whole millionths of the currency. `bought`: who has bought at all."""

    frequency: Integers
    recency: Floats
    age: Floats
    revenue: Integers
    repeat_revenue: Integers
    bought: Mask

    def repeat_mean(self) -> Floats:
        """The mean of a transaction after the first in the currency, 0 where there is none."""
        counted = np.maximum(self.frequency, 1)
        return np.asarray(self.repeat_revenue / counted / MICRO, dtype=np.float64)


def purchases(
    ordinals: Ordinals, at: Integers, amounts: Integers, *, size: int, now: int, zone: ZoneInfo
) -> Purchases:
    """The purchases of `size` customers up to `now`, in whatever order; arrays of shape (events,).
    Amounts are whole millionths of one currency.

    Raises DefinitionError when the arrays do not fit each other, or sums leave 64 bits."""
    check_rows(ordinals, at, size)
    check_rows(ordinals, amounts, size)
    if len(amounts) * _largest(amounts) >= MOST:
        raise refuse(Code.BAD_VALUE, "The amounts are too large to add up.", "/value")
    past = at <= now
    if not past.all():
        ordinals, at, amounts = ordinals[past], at[past], amounts[past]
    today = int(local_days(np.array([now]), zone)[0]) - FIRST_DAY
    days = local_days(at, zone) - FIRST_DAY
    # One number for each customer and day: sorted, those of one transaction stand together. Sorting
    # numbers alone is many times faster than finding their order.
    keys = np.sort(ordinals.astype(np.int64) * DAYS + days)
    keys = keys[np.diff(keys, prepend=-1) != 0]
    counts, first, last = _by_customer(keys, size, today)
    revenue, first_revenue = np.zeros((2, size), dtype=np.int64)
    np.add.at(revenue, ordinals, amounts)
    is_first = days == first[ordinals]
    np.add.at(first_revenue, ordinals[is_first], amounts[is_first])
    return Purchases(
        frequency=np.maximum(counts - 1, 0),
        recency=(last - first) / DAYS_OF_A_WEEK,
        age=(today - first) / DAYS_OF_A_WEEK,
        revenue=revenue,
        repeat_revenue=revenue - first_revenue,
        bought=counts > 0,
    )


def _largest(amounts: Integers) -> float:
    return max(-float(amounts.min()), float(amounts.max())) if len(amounts) else 0.0


def _by_customer(keys: Integers, size: int, today: int) -> tuple[Integers, Integers, Integers]:
    """Of each customer the number of days with a purchase, the first of them and the last one, from
    ascending keys of which none comes twice; today of who has bought nothing. Shapes (size,)."""
    owners, days = keys // DAYS, keys % DAYS
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    whose, ends = owners[starts], np.append(starts[1:], len(owners))
    counts = np.zeros(size, dtype=np.int64)
    first, last = np.full((2, size), today, dtype=np.int64)
    if len(starts):
        counts[whose], first[whose], last[whose] = ends - starts, days[starts], days[ends - 1]
    return counts, first, last
