"""Instants and lengths of time as the arrays of this folder hold them."""

from __future__ import annotations

import numpy as np

from catalogue.definitions.errors import Code, refuse

# Instants are int64 microseconds since 1970 UTC, lengths int64 microseconds.
DAY = 86_400_000_000
WEEK = 7 * DAY
# In place of an instant: it has not happened.
NEVER = int(np.iinfo(np.int64).max)


def check_length(length: int, pointer: str) -> None:
    """A window takes time. Raises DefinitionError with its place."""
    if length <= 0:
        raise refuse(
            Code.BAD_WINDOW,
            "The window has no length. Give it at least a second, as in “14 days”.",
            pointer,
        )
