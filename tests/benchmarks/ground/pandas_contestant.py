"""pandas: one frame of events in the order of arrival, one of customers, and the usual filters and
groups for each condition of each segment."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from tests.benchmarks.ground.conditions import AT_NOW, Condition, Happened, Has
from tests.benchmarks.ground.contestant import Members, rising
from tests.benchmarks.ground.files import Files
from tests.benchmarks.ground.segments import TWO_HUNDRED, Built, Leaf, Tree, segments


class Pandas:
    """Everything in memory before the first question."""

    def __init__(self, files: Files) -> None:
        parts = [pq.read_table(file).to_pandas() for file in files.happened]
        events = pd.concat(parts, ignore_index=True)
        self._events = pd.DataFrame(
            {
                "customer": events["customer_id"].str[1:].astype(np.int64),
                "event": events["event"].astype("category"),
                "at": events["time"].dt.tz_convert(None).astype("datetime64[us]").astype(np.int64),
                "cents": (events["amount"] * 100).round(),
                "item": events["item"].astype("category"),
            }
        )
        self._people = pq.read_table(files.people).to_pandas().set_index("number")
        ends = self._people["trial_ends_at"]
        self._people["trial_ends_at"] = ends.astype("datetime64[us]")
        self._trees = segments(TWO_HUNDRED)

    def members(self, count: int) -> Members:
        """Of the first so many segments."""
        trees = list(self._trees.items())[:count]
        return {key: rising(self._people.index[self._fits(tree)]) for key, tree in trees}

    def refresh(self, count: int) -> None:
        """All of them once more."""
        for tree in list(self._trees.values())[:count]:
            self._fits(tree)

    def _fits(self, tree: Tree) -> np.ndarray:
        """Who of the people fits, in their order."""
        match tree:
            case Leaf(condition=condition, negated=negated):
                holds = self._holds(condition)
                return ~holds if negated else holds
            case Built(tree=inner):
                return self._fits(inner)
        parts = [self._fits(part) for part in tree.parts]
        if tree.how == "all":
            return np.logical_and.reduce(parts)
        found = np.logical_or.reduce(parts)
        return found if tree.how == "any" else ~found

    def _holds(self, condition: Condition) -> np.ndarray:
        if isinstance(condition, Has):
            return self._has(condition)
        figures = self._figures(condition)
        if condition.figure in ("first", "last"):
            window = condition.window
            found = figures.index[(figures >= window.start) & (figures < window.end)]
        elif condition.sign == ">":
            found = figures.index[figures > condition.bound]
        else:
            found = figures.index[figures >= condition.bound]
        among: np.ndarray = self._people.index.isin(found)
        return ~among if condition.sign == "<" else among

    def _figures(self, condition: Happened) -> pd.Series:
        events, window = self._events, condition.window
        wanted = events["event"] == condition.event
        if condition.figure in ("first", "last"):
            wanted &= events["at"] <= AT_NOW
        else:
            wanted &= (events["at"] >= window.start) & (events["at"] < window.end)
        if condition.item is not None:
            wanted &= events["item"] == condition.item
        each = events[wanted].groupby("customer")
        match condition.figure:
            case "count":
                return each.size()
            case "sum":
                return each["cents"].sum()
            case "largest":
                return each["cents"].max()
            case "first":
                return each["at"].min()
        return each["at"].max()

    def _has(self, condition: Has) -> np.ndarray:
        values = self._people[condition.trait]
        match condition.kind, condition.value:
            case "in", tuple(wanted):
                found = values.isin(wanted)
            case "in", wanted:
                found = values == wanted
            case ">=", bound:
                found = values >= bound
            case "<", bound:
                found = values < bound
            case _:
                start, end = condition.span
                at = values.astype("datetime64[us]").astype(np.int64)
                found = values.notna() & (at >= start) & (at < end)
        return found.fillna(False).to_numpy(dtype=bool)
