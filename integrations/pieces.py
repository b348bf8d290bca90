"""Sends a batch in as many requests as a tool needs, several at once where it lets us, and brings
what came of each back into the order of the records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    PermanentError,
    RateLimited,
    TransientError,
)
from integrations.http import Wire
from integrations.protocol import (
    BrokenOff,
    Limits,
    Outcome,
    Record,
    Rejected,
    RetryAfter,
    Split,
    Unknown,
)
from integrations.turns import taking_turns

# Sends some records in one request and says what came of each, in their order. May raise.
Send = Callable[[Sequence[Record]], Sequence[Outcome]]
# So many requests in a row without an answer, and the rest of the batch is left for later.
MOST_SILENT = 3


def cut(records: Sequence[Record], limits: Limits) -> Iterator[tuple[Record, ...]]:
    """`records` in order, each piece within what one request may hold; a record too large for any
    goes alone."""
    piece: list[Record] = []
    weight = 0
    for record in records:
        bytes_more = weight_of(record)
        if piece and (len(piece) >= limits.records or weight + bytes_more > limits.bytes):
            yield tuple(piece)
            piece, weight = [], 0
        piece.append(record)
        weight += bytes_more
    if piece:
        yield tuple(piece)


def weight_of(record: Record) -> int:
    """The bytes of a record in UTF-8: identity, contact and fields with their names."""
    contact, fields = record.contact, record.fields
    texts = (record.identity, *contact, *contact.values(), *fields, *fields.values())
    return len("".join(texts).encode())


def send_pieces(
    records: Sequence[Record], send: Send, *, wire: Wire, limits: Limits | None = None
) -> list[Outcome]:
    """One outcome per record, in their order, from requests of at most `limits` each (those of the
    wire, where none are given), as many at once as the wire lets us.

    What `send` raises counts for its own request: RateLimited and what is not tried any more as
    RetryAfter, TransientError as Unknown, PermanentError as Split, or as Rejected of a single
    record. AuthError and ConfigError end the batch: they are raised where nothing was written yet,
    else as BrokenOff.
    """
    ending = _Ending()
    outcomes: list[Outcome] = []
    with taking_turns(), ThreadPoolExecutor(max_workers=wire.concurrency) as pool:
        # The first pieces are at the tool while the others are still being cut.
        pieces = cut(records, limits or wire.limits)
        for sent in pool.map(lambda piece: _send_one(piece, send, ending), pieces):
            outcomes += sent
    if ending.fault is None:
        return outcomes
    if all(isinstance(one, RetryAfter) for one in outcomes):
        raise ending.fault
    raise BrokenOff(ending.fault, outcomes)


@dataclass(slots=True)
class _Ending:
    """Why no further request of a batch begins: set by one thread, read by all."""

    wait: float | None = None
    fault: IntegrationError | None = None
    silent: int = 0


def _send_one(piece: Sequence[Record], send: Send, ending: _Ending) -> list[Outcome]:
    if ending.wait is not None:
        return [RetryAfter(ending.wait)] * len(piece)
    try:
        outcomes = list(send(piece))
    except RateLimited as fault:
        ending.wait = max(ending.wait or 0.0, fault.retry_after)
        return [RetryAfter(fault.retry_after)] * len(piece)
    except TransientError as fault:
        ending.silent += 1
        if ending.silent >= MOST_SILENT:
            ending.wait = ending.wait or 0.0
        return [Unknown(fault.sentence)] * len(piece)
    except (AuthError, ConfigError) as fault:
        ending.fault, ending.wait = fault, ending.wait or 0.0
        return [RetryAfter()] * len(piece)
    except PermanentError as fault:
        refused: Outcome = Split(fault.sentence) if len(piece) > 1 else Rejected(fault.sentence)
        return [refused] * len(piece)
    ending.silent = 0
    if len(outcomes) != len(piece):
        return [Unknown("not one outcome per record")] * len(piece)
    return outcomes
