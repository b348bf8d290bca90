"""Who is in each CDNOW segment, worked out with pandas from the master file and nothing of ours
between: read by its own parser, windows and comparisons by pandas."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pandas as pd

from demo.cdnow.master_file import MASTER, wheel

Days = pd.Timedelta
Years = pd.DateOffset


def read_orders() -> pd.DataFrame:
    """One row per order: customer, at, cds, dollars."""
    with zipfile.ZipFile(wheel()) as archive:
        text = io.BytesIO(archive.read(MASTER))
    orders = pd.read_csv(
        text,
        sep=r"\s+",
        skiprows=1,
        names=["customer", "at", "cds", "dollars"],
        dtype={"customer": str, "at": str},
    )
    orders["at"] = pd.to_datetime(orders["at"], format="%Y%m%d", utc=True)
    # Cents, so that no sum depends on its order.
    orders["cents"] = (orders["dollars"] * 100).round().astype("int64")
    return orders


def members(orders: pd.DataFrame, key: str, now: pd.Timestamp) -> set[str]:
    """The ids of a segment's members as of an instant."""
    return SEGMENTS[key](orders[orders["at"] <= now], now)


def _ids(found: pd.Series) -> set[str]:
    return set(found.index[found])


def _since(orders: pd.DataFrame, start: pd.Timestamp) -> pd.core.groupby.DataFrameGroupBy:
    return orders[orders["at"] >= start].groupby("customer")


def _loyal(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    return _ids(_since(orders, now - Days(days=365)).size() >= 2)


def _recent(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    return _ids(_since(orders, now - Days(days=180)).size() >= 2)


def _high_spenders(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    return _ids(_since(orders, now - Years(months=12))["cents"].sum() > 300_00)


def _lapsed(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    return _ids(orders.groupby("customer")["at"].max() < now - Years(years=1))


def _one_order(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    first = orders.groupby("customer")["at"].min().dt.strftime("%Y-%m-%d")
    winter = first.between("1997-01-01", "1997-03-31")
    return _ids(winter) & _ids(orders.groupby("customer").size() == 1)


def _big_baskets(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    cds = _since(orders, now - Years(months=12))["cds"]
    return _ids(cds.sum() >= 5 * cds.size()) | _ids(cds.max() >= 15)


def _gone_quiet(orders: pd.DataFrame, now: pd.Timestamp) -> set[str]:
    spent = _since(orders, now - Days(days=365))["cents"].sum() >= 200_00
    newest = orders.groupby("customer")["at"].max()
    quiet = newest.between(now - Days(days=270), now - Days(days=90))
    return (_ids(spent) & _ids(quiet)) - _big_baskets(orders, now)


SEGMENTS: dict[str, Callable[[pd.DataFrame, pd.Timestamp], set[str]]] = {
    "loyal-buyers": _loyal,
    "recent-repeat-buyers": _recent,
    "high-spenders": _high_spenders,
    "lapsed-buyers": _lapsed,
    "one-order-from-winter-1997": _one_order,
    "big-baskets": _big_baskets,
    "good-buyers-gone-quiet": _gone_quiet,
}
