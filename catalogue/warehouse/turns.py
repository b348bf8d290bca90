"""Whose turn it is to write: one process at a time gives numbers to customers and makes photos."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError

from catalogue.warehouse import leases
from catalogue.warehouse.refusals import LoadError

LEASE = "lake-writer"
HOLD_SECONDS = 300.0


@contextmanager
def turn(*, wait: float) -> Iterator[int]:
    """The only writer for as long as the block lasts. Waits up to `wait` seconds for another one;
    raises LoadError when it is still writing then."""
    fence = take_turn(wait)
    try:
        yield fence
    finally:
        with suppress(DatabaseError):
            leases.release(LEASE, fence)


def take_turn(wait: float) -> int:
    """The lease's fence, once it is free."""
    give_up = time.monotonic() + wait
    while (fence := leases.take(LEASE, leases.this_process(), HOLD_SECONDS)) is None:
        holder = leases.held_by(LEASE)
        if holder is not None and leases.is_dead(holder):
            leases.release(LEASE, holder.fence)
        elif holder is not None and time.monotonic() >= give_up:
            raise LoadError(
                f"Another load is running ({holder.name}, at the latest until "
                f"{holder.expires_at:%H:%M:%S} UTC). Nothing was loaded. Try again when it is done."
            )
        else:
            time.sleep(0.2)
    return fence
