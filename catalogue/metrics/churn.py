"""Who was active and is no more."""

from __future__ import annotations

from catalogue.metrics.conversion import Attempts
from catalogue.metrics.measured import Reading
from catalogue.metrics.shares import share
from catalogue.metrics.visits import Visits
from catalogue.metrics.waiting import Waits, waits_until

METHOD = "active in the 28 days before and not in these; 95 % interval by Wilson"


def churn(lost: int, before: int) -> Reading:
    """Of members who were active in the window before the share that is not active in this one.
    Nobody else can be lost."""
    return share(lost, before, METHOD)


def waits_until_quiet(visits: Visits, quiet: int, now: int) -> Waits:
    """How long customers stayed: from the first visit until they had, for the first time, been away
    for `quiet` microseconds. Whoever has not been is still watched at `now`. Coming back later
    changes nothing, so that a point of the curve stays as it was read."""
    started = visits.first()
    came = started <= now
    return waits_until(
        Attempts(started=started[came], reached=visits.first_quiet(quiet, now)[came]), now
    )
