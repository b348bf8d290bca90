"""Why something about suppression, consent or erasure is not done. The messages are for people."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.warehouse.refusals import Refusal


class PrivacyRefused(Exception):
    """It cannot be done as it was asked. `pointer`: where in the request the fault is; "" when it
    is not in what was written."""

    def __init__(self, sentence: str, *, pointer: str = "") -> None:
        self.pointer = pointer
        super().__init__(sentence)


class FileRefused(PrivacyRefused):
    """Nothing of a file was taken in; `rows` are the first that are at fault."""

    def __init__(self, sentence: str, rows: Sequence[Refusal] = ()) -> None:
        self.rows = tuple(rows)
        super().__init__(sentence)
