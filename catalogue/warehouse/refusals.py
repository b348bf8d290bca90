"""Which rows of a file are refused, and why: the first reason found for each row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

KEPT_REASONS = 1_000  # beyond these, rows are only counted
KEPT_TEXT = 80


class LoadError(Exception):
    """A file that cannot be loaded at all; the message says where and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One row that was not loaded. `row` counts from 1, as a spreadsheet does (a CSV's header is
    row 1); `column` is empty when it is about the whole row."""

    row: int
    column: str
    why: str

    def sentence(self) -> str:
        """The refusal as one line that a user may read."""
        place = f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {self.why}"


class Refusals:
    """What is refused of a sheet whose rows have these `numbers`; `bad` marks them."""

    def __init__(self, numbers: np.ndarray, unreadable: list[Refusal] | None = None) -> None:
        self.numbers = numbers
        self.bad = np.zeros(len(numbers), dtype=bool)
        self.left_out = np.zeros(len(numbers), dtype=bool)
        self._first = list(unreadable or [])
        self._unreadable = len(self._first)

    @property
    def count(self) -> int:
        """How many rows are refused."""
        return self._unreadable + int(self.bad.sum())

    @property
    def faults(self) -> int:
        """How many rows are refused because something is wrong with them."""
        return self.count - int(self.left_out.sum())

    @property
    def first(self) -> list[Refusal]:
        """The refusals by row, at most KEPT_REASONS of them."""
        return sorted(self._first, key=lambda refusal: refusal.row)[:KEPT_REASONS]

    def refuse(self, rows: np.ndarray, column: str, why: str | Callable[[int], str]) -> None:
        """Refuse the rows that the mask marks; `why` is a sentence, or makes one for an index."""
        fresh = np.flatnonzero(rows & ~self.bad)
        self.bad[fresh] = True
        for index in fresh[: max(0, KEPT_REASONS - len(self._first))]:
            reason = why if isinstance(why, str) else why(int(index))
            row = int(self.numbers[index])
            self._first.append(Refusal(row=row, column=column, why=reason))

    def leave_out(self, rows: np.ndarray, column: str, why: Callable[[int], str]) -> None:
        """Refuse rows with which nothing is wrong: they are reported, and stop nobody else."""
        self.left_out |= rows & ~self.bad
        self.refuse(rows, column, why)


def shown(value: object) -> str:
    """A value for a sentence: quoted, and cut when long."""
    text = str(value).replace("\0", "␀")  # which PostgreSQL cannot keep
    return f"“{text if len(text) <= KEPT_TEXT else text[:KEPT_TEXT] + '…'}”"
