"""One worker's attempt at a run: it holds the lease, says how far it is, and notes how it ended."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from django.db import DatabaseError
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.text import Truncator

from catalogue.definitions.errors import Code
from catalogue.models import RefreshRun, RunState
from catalogue.warehouse import leases
from catalogue.warehouse.budgets import Budget

LEASE = "refresh"
# Renewed between scans, so this is also how long one scan may take.
LEASE_SECONDS = 300
RENEW_SECONDS = 15
# How long nobody minds not to be told how far a run is, and that it was not asked whether to stop.
QUIET_SECONDS = 0.2


class RefreshError(Exception):
    """A refresh cannot go on; the message is a sentence for people."""


class LostLease(RefreshError):
    """The lease ran out and somebody else may hold it: nothing may be written any more."""

    def __init__(self) -> None:
        super().__init__(
            "This refresh stood still for longer than its lease lasts, so another one may have"
            " taken its place. Nothing of it was published. Refresh again."
        )


class Cancelled(RefreshError):
    """Somebody asked for the run to stop."""

    def __init__(self) -> None:
        super().__init__("The refresh was cancelled. Nothing of it was published.")


class TooExpensive(RefreshError):
    """The run took longer than one may."""

    def __init__(self, budget: Budget) -> None:
        super().__init__(
            f"{Code.TOO_EXPENSIVE}: the refresh took longer than the {budget.seconds:g} seconds"
            " that one may take, so it was stopped. Nothing of it was published; the versions"
            " before stay, and grow older. Refresh fewer segments at once, narrow the windows of"
            f" the slow ones (each run says what they take), or raise {budget.setting}_SECONDS."
        )


class Attempt:
    """A context manager around the work on one running `RefreshRun`. Leaving it by an error notes
    the error on the run, unless another attempt has taken it over; the error goes on its way."""

    def __init__(self, run_id: int, fence: int) -> None:
        self.run_id = run_id
        self.fence = fence
        self._renewed_at = time.monotonic()
        self._told_at = self._asked_at = -QUIET_SECONDS
        self._total = -1

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
            # The database is what failed. The lease runs out by itself, and the sweep sees to a run
            # that is not done; one that is stays so, and is not to be told as one that is not.
            return

    @property
    def mine(self) -> QuerySet[RefreshRun]:
        """The run's row, for as long as the run is this attempt's."""
        return RefreshRun.objects.filter(pk=self.run_id, state=RunState.RUNNING, fence=self.fence)

    def progress(self, done: int, total: int) -> None:
        """Note how many scans are done, a few times a second, and keep the lease. Raises
        LostLease."""
        now = time.monotonic()
        if total != self._total or now - self._told_at >= QUIET_SECONDS:
            self.mine.update(progress_done=done, progress_total=total)
            self._told_at, self._total = now, total
        if time.monotonic() - self._renewed_at >= RENEW_SECONDS:
            self.renew()

    def renew(self) -> None:
        """Keep the lease for another while. Raises LostLease."""
        if not leases.renew(LEASE, self.fence, LEASE_SECONDS):
            raise LostLease
        self._renewed_at = time.monotonic()

    def should_stop(self) -> bool:
        """Whether somebody asked for the run to be cancelled, as far as is known from a few looks a
        second."""
        now = time.monotonic()
        if now - self._asked_at < QUIET_SECONDS:
            return False
        self._asked_at = now
        return self.mine.filter(cancel_asked=True).exists()

    def _note(self, error: BaseException) -> None:
        state = RunState.CANCELLED if isinstance(error, Cancelled) else RunState.FAILED
        self.mine.update(state=state, error=sentence(error), finished_at=Now())


def sentence(error: BaseException) -> str:
    """What went wrong, for people: what to do where that is known."""
    if isinstance(error, DatabaseError):
        return (
            f"The database did not take the refresh ({error}). What was published before is"
            " unchanged. Look at the database and its disk, then refresh again."
        )
    if isinstance(error, OSError):
        return f"The refresh could not read or write a file: {error}. Then refresh again."
    text = str(error) or type(error).__name__
    return Truncator(text).chars(2000)
