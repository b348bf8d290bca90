"""One worker's hold on a measuring: it keeps the lease, says how far it is, notes how it ended."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from django.db import DatabaseError
from django.db.models import QuerySet
from django.db.models.functions import Now

from catalogue.membership.attempt import Cancelled, LostLease, RefreshError, sentence
from catalogue.models import Measurement, RunState
from catalogue.warehouse import leases
from catalogue.warehouse.budgets import Budget

LEASE = "measure"
LEASE_SECONDS, RENEW_SECONDS = 300, 15
# How often it is asked whether somebody wants it to stop.
ASK_SECONDS = 1


class TookTooLong(RefreshError):
    """The measuring took longer than a refresh may."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(
            f"Measuring took longer than the {budget.seconds:g} seconds that it may take, so it was"
            " stopped. The readings before stay. Archive metrics that nobody looks at, narrow their"
            f" windows, or raise {budget.setting}_SECONDS."
        )


class Work:
    """A context manager around the work on one running `Measurement`. Leaving it by an error notes
    the error, unless another worker has taken over; the error goes on its way."""

    def __init__(self, measurement_id: int, fence: int) -> None:
        self.measurement_id = measurement_id
        self.fence = fence
        self._renewed_at = self._asked_at = time.monotonic()
        self._is_cancelled = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if error is not None:
                self._note(error)
            leases.release(LEASE, self.fence)
        except DatabaseError:
            # The database is what failed. The lease runs out by itself, and the sweep sees to a row
            # that is not done; one that is stays so, and is not to be told as one that is not.
            return

    @property
    def mine(self) -> QuerySet[Measurement]:
        """The row, for as long as it is this worker's."""
        return Measurement.objects.filter(
            pk=self.measurement_id, state=RunState.RUNNING, fence=self.fence
        )

    def progress(self, done: int, total: int) -> None:
        """Note how much is done, and keep the lease. Raises LostLease."""
        self.mine.update(progress_done=done, progress_total=total)
        if time.monotonic() - self._renewed_at >= RENEW_SECONDS:
            self.renew()

    def renew(self) -> None:
        """Keep the lease for another while. Raises LostLease."""
        if not leases.renew(LEASE, self.fence, LEASE_SECONDS):
            raise LostLease
        self._renewed_at = time.monotonic()

    def should_stop(self) -> bool:
        """Whether somebody asked for it to be stopped; asked of the database now and then."""
        if time.monotonic() - self._asked_at >= ASK_SECONDS:
            self._asked_at = time.monotonic()
            self._is_cancelled = self.mine.filter(cancel_asked=True).exists()
        return self._is_cancelled

    def _note(self, error: BaseException) -> None:
        state = RunState.CANCELLED if isinstance(error, Cancelled) else RunState.FAILED
        self.mine.update(state=state, error=sentence(error), finished_at=Now())
