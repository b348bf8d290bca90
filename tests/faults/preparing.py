"""What is other in the processes of a run than in the product: nobody waits for a rate, which is
tried elsewhere; and a bug may be planted."""

from __future__ import annotations

import os
from dataclasses import replace


def prepare() -> None:
    """Called in every process that syncs, once everything is imported."""
    lift_rates()
    plant_bug()


def lift_rates() -> None:
    """Ask tools as often as they answer."""
    from integrations.sync import wires

    original = wires._throttle

    def unhurried(key, rate, url):  # type: ignore[no-untyped-def]
        return original(key, replace(rate, requests=0), url)

    wires._throttle = unhurried  # type: ignore[assignment]


def plant_bug() -> None:
    """The bug of the run, if it has one."""
    if bug := os.environ.get("PLANTED_BUG"):
        from tests.faults.mutants import plant

        plant(bug)
