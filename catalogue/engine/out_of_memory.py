"""What is said of a scan that took more memory than the back end may have."""

from __future__ import annotations

import re

import duckdb

from catalogue.definitions.errors import Code, DefinitionError, refuse

USED = re.compile(r"\(([\d.]+ \w+)/([\d.]+ \w+) used\)")


def out_of_memory(error: duckdb.OutOfMemoryException) -> DefinitionError:
    """The refusal of the conditions that were asked."""
    found = USED.search(str(error))
    figures = f" ({found[1]} of {found[2]} were taken, and more was needed)" if found else ""
    return refuse(
        Code.TOO_EXPENSIVE,
        f"judging it took more memory than one run may use{figures}; narrow its window or its"
        " `where`, or count with fewer different values",
    )
