"""What goes wrong with a company's warehouse, whatever engine it is on."""

from __future__ import annotations


class WarehouseError(Exception):
    """The company's warehouse cannot be used as it is; the message is a sentence for people."""


class OutOfTime(WarehouseError):
    """A query took longer than WAREHOUSE_TIMEOUT_SECONDS."""


class Interrupted(WarehouseError):
    """Somebody here ended a query."""


def unreadable(reason: object) -> WarehouseError:
    """What an engine said against a query, as a sentence."""
    return WarehouseError(
        f"The company's warehouse could not be read: {str(reason).strip().partition(chr(10))[0]}."
        " Check WAREHOUSE_URL and what its login may read."
    )
