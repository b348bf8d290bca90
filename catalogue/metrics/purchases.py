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
    if float(np.abs(amounts).sum(dtype=np.float64)) >= MOST:
        raise refuse(Code.BAD_VALUE, "The amounts are too large to add up.", "/value")
    past = at <= now
    owners = ordinals[past].astype(np.int64)
    days = local_days(at[past], zone) - FIRST_DAY
    today = int(local_days(np.array([now]), zone)[0]) - FIRST_DAY
    # One number for each customer and day, so that one sort finds the transactions.
    keys, place = np.unique(owners * DAYS + days, return_inverse=True)
    sums = np.zeros(len(keys), dtype=np.int64)
    np.add.at(sums, place, amounts[past])
    return _by_customer(keys, sums, size, today)


def _by_customer(keys: Integers, sums: Integers, size: int, today: int) -> Purchases:
    owners, days = keys // DAYS, keys % DAYS
    counts = np.bincount(owners, minlength=size).astype(np.int64)
    revenue, first_revenue = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    np.add.at(revenue, owners, sums)
    first, last = np.full(size, today, dtype=np.int64), np.full(size, today, dtype=np.int64)
    # Keys ascend: the last writing of each stays, so backwards it is the first day.
    last[owners] = days
    first[owners[::-1]] = days[::-1]
    first_revenue[owners[::-1]] = sums[::-1]
    return Purchases(
        frequency=np.maximum(counts - 1, 0),
        recency=(last - first) / DAYS_OF_A_WEEK,
        age=(today - first) / DAYS_OF_A_WEEK,
        revenue=revenue,
        repeat_revenue=revenue - first_revenue,
        bought=counts > 0,
    )
