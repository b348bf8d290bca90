"""Why research is not taken in. The messages are for people."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.warehouse.refusals import Refusal


class ResearchRefused(Exception):
    """`pointer` is the JSON pointer of the field at fault, "" when none is; `rows` are the rows of
    a file that are refused, at most as many as are kept, of `rows_count`."""

    def __init__(
        self, sentence: str, *, pointer: str = "", rows: Sequence[Refusal] = (), rows_count: int = 0
    ) -> None:
        self.pointer = pointer
        self.rows = tuple(rows)
        self.rows_count = rows_count
        super().__init__(sentence)
