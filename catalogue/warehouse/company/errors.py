"""What goes wrong with a company's warehouse, whatever engine it is on."""

from __future__ import annotations


class WarehouseError(Exception):
    """The company's warehouse cannot be used as it is; the message is a sentence for people."""


class OutOfTime(WarehouseError):
    """A query took longer than WAREHOUSE_TIMEOUT_SECONDS."""

    def __init__(self) -> None:
        super().__init__(
            "A query took the company's warehouse longer than one may take; raise"
            " WAREHOUSE_TIMEOUT_SECONDS if it should have the time."
        )


class Interrupted(WarehouseError):
    """Somebody here ended a query."""

    def __init__(self) -> None:
        super().__init__("A query of the company's warehouse was ended before it was done.")


def unreadable(reason: object) -> WarehouseError:
    """What an engine said against a query, as a sentence."""
    first = str(reason).strip().partition("\n")[0].rstrip(".")
    return WarehouseError(
        f"The company's warehouse could not be read: {first}."
        " Check WAREHOUSE_URL and what its login may read."
    )
