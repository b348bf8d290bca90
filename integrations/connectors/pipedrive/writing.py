"""Writes some persons one after the other, and says of each what came of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from integrations.connectors.pipedrive.persons import Person
from integrations.errors import IntegrationError, PermanentError, RateLimited
from integrations.protocol import Accepted, Outcome, Record, Rejected, RetryAfter, Unknown

# Writes one record; the persons are those that Pipedrive has for it now.
Write = Callable[[Record, Sequence[Person]], Outcome]


def each(
    records: Sequence[Record], found: Callable[[Record], list[Person]], write: Write
) -> list[Outcome]:
    """One outcome per record. A fault that is not about one record ends the piece: it is raised
    while nothing is written, else those after it are left for later."""
    outcomes: list[Outcome] = []
    for record in records:
        try:
            outcomes.append(write(record, found(record)))
        except PermanentError as fault:
            outcomes.append(Rejected(fault.sentence))
        except IntegrationError as fault:
            if not any(isinstance(one, Accepted) for one in outcomes):
                raise
            left = len(records) - len(outcomes) - 1
            return [*outcomes, _of(fault), *[RetryAfter()] * left]
    return outcomes


def _of(fault: IntegrationError) -> Outcome:
    if isinstance(fault, RateLimited):
        return RetryAfter(fault.retry_after)
    return Unknown(fault.sentence)
