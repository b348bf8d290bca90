"""One claim at the tool: what is asked, and what its answer or its silence means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    PermanentError,
    RateLimited,
    TransientError,
)
from integrations.protocol import (
    AudienceRef,
    Batch,
    BrokenOff,
    Connector,
    Operation,
    Outcome,
    Record,
    RetryAfter,
    Split,
    Stamp,
    Unknown,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An open connector and the list it writes to."""

    connector: Connector
    ref: AudienceRef

    def key_of(self, record: Record) -> str:
        """What two records of one person over there have in common."""
        return self.connector.canonical(record.identity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one push: one outcome per record, in their order. `fault` is raised again once
    the outcomes are written."""

    outcomes: list[Outcome]
    error: str = ""
    fault: IntegrationError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """The records of one push, each identity once: `keys` names that of each record, `first` the
    record that is sent for it."""

    keys: Sequence[str]
    first: Mapping[str, Record]


def people_of(line: Line, records: Sequence[Record]) -> People:
    """Which of these records are of one person over there."""
    keys = [line.key_of(record) for record in records]
    first: dict[str, Record] = {}
    for key, record in zip(keys, records, strict=True):
        first.setdefault(key, record)
    return People(keys=keys, first=first)


def push(line: Line, operation: Operation, people: People, *, stamp: Stamp, key: str) -> Answer:
    """Ask for these people; records that share an identity share its outcome. Whatever goes wrong
    is an outcome."""
    batch = Batch(
        audience=line.ref,
        operation=operation,
        records=tuple(people.first.values()),
        stamp=stamp,
        key=key,
    )
    answer = _asked(line.connector, batch)
    return Answer(
        outcomes=_shared(people, answer.outcomes),
        error=answer.error,
        fault=answer.fault,
    )


def _asked(connector: Connector, batch: Batch) -> Answer:
    count = len(batch.records)
    try:
        return Answer(outcomes=list(connector.push(batch)))
    except BrokenOff as broken:
        fault = broken.fault
        return Answer(outcomes=list(broken.outcomes), error=str(fault), fault=fault)
    except RateLimited as fault:
        return Answer(outcomes=[RetryAfter(fault.retry_after)] * count, error=str(fault))
    except TransientError as fault:
        return Answer(outcomes=[Unknown(fault.sentence)] * count, error=str(fault))
    except (AuthError, ConfigError) as fault:
        unknown: list[Outcome] = [Unknown(fault.sentence)] * count
        return Answer(outcomes=unknown, error=str(fault), fault=fault)
    except PermanentError as fault:
        return Answer(outcomes=[Split(fault.sentence)] * count, error=str(fault))


def _shared(people: People, outcomes: Sequence[Outcome]) -> list[Outcome]:
    keys, first = people.keys, people.first
    if len(outcomes) != len(first):
        return [Unknown("not one outcome per record")] * len(keys)
    if len(keys) == len(first):
        return list(outcomes)
    said = dict(zip(first, outcomes, strict=True))
    return [said[key] for key in keys]
