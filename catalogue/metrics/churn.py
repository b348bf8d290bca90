"""Who was active and is no more."""

from __future__ import annotations

import numpy as np

from catalogue.engine.conditions.bench import Mask
from catalogue.metrics.conversion import Attempts
from catalogue.metrics.measured import Reading
from catalogue.metrics.shares import share
from catalogue.metrics.visits import Visits
from catalogue.metrics.waiting import Waits, waits_until

METHOD = "active in the 28 days before and not in these; 95 % interval by Wilson"


def churn(before: Mask, now: Mask) -> Reading:
    """Of members the share that was active in the window before and is not in this one. Both have
    shape (members,). `n` are those active before: nobody else can be lost."""
    return churned(int(np.count_nonzero(before & ~now)), int(np.count_nonzero(before)))


def churned(lost: int, before: int) -> Reading:
    """The same, of so many who were active before and so many of them who are no more."""
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
