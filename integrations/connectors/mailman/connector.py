"""Mailing lists of GNU Mailman 3: members are e-mail addresses."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from catalogue.crashpoint import crashpoint
from integrations.connectors.mailman.client import MailmanClient
from integrations.connectors.mailman.config import Config
from integrations.errors import AudienceGone, PermanentError, RateLimited, TransientError
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Observed,
    Operation,
    Outcome,
    Record,
    Rejected,
    RetryAfter,
    Stamp,
    Unknown,
)

# So many members in a row without an answer, and the rest of the batch is left for later.
MOST_SILENT = 3
_UNSAFE = re.compile(r"[^a-z0-9_-]+")


class MailmanConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: MailmanClient, config: Config) -> None:
        self._client = client
        self._config = config

    def check(self) -> str:
        return f"{self._client.version()} answers at {self._config.url}."

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        local = local_part(name)
        list_id = remembered_id or f"{local}.{self._config.domain}"
        if self._client.find_list(list_id):
            return AudienceRef(remote_id=list_id, name=name)
        if remembered_id:
            raise AudienceGone(
                f"The list {list_id} is no longer at Mailman, though we made or found it. If it "
                "was deleted by mistake, have it made again with --recreate.",
                vendor="mailman",
            )
        self._client.ensure_domain(self._config.domain)
        created = self._client.make_list(local, self._config.domain, self._config.style)
        return AudienceRef(remote_id=list_id, name=name, created=created)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        if batch.operation is Operation.REMOVE:
            return self._remove(batch)
        return self._add(batch)

    def _add(self, batch: Batch) -> list[Outcome]:
        """One call per member. What is not tried any more is left as RetryAfter."""
        outcomes: list[Outcome] = []
        silent = 0
        for record in batch.records:
            outcome = self._add_one(batch.audience.remote_id, record)
            outcomes.append(outcome)
            crashpoint("mailman.added")
            silent = silent + 1 if isinstance(outcome, Unknown) else 0
            if isinstance(outcome, RetryAfter) or silent >= MOST_SILENT:
                break
        left = len(batch.records) - len(outcomes)
        wait = outcomes[-1] if isinstance(outcomes[-1], RetryAfter) else RetryAfter()
        return [*outcomes, *[wait] * left]

    def _add_one(self, list_id: str, record: Record) -> Outcome:
        try:
            self._client.add_member(list_id, self.canonical(record.identity))
        except RateLimited as fault:
            return RetryAfter(fault.retry_after)
        except TransientError as fault:
            return Unknown(fault.sentence)
        except PermanentError as fault:
            return Rejected(fault.sentence)
        return Accepted()

    def _remove(self, batch: Batch) -> list[Outcome]:
        addresses = [self.canonical(record.identity) for record in batch.records]
        said = self._client.remove_members(batch.audience.remote_id, addresses)
        # False means that the address was not on the list: gone is what was asked for.
        return [
            Accepted() if address in said else Unknown("Mailman did not mention the address")
            for address in addresses
        ]

    def read_back(self, audience: AudienceRef) -> Observed:
        return Observed(iter(dict.fromkeys(self._client.members(audience.remote_id))))

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Mailman keeps no note of ours."""

    def canonical(self, identity: str) -> str:
        # Mailman finds addresses without regard to case, and shows them in small letters.
        return identity.strip().lower()


def local_part(name: str) -> str:
    """The name of a list for the name of an audience; two names never share a list."""
    safe = _UNSAFE.sub("-", name.lower()).strip("-")
    if safe == name and len(safe) <= 60:
        return safe
    return f"{safe[:50] or 'list'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def open_connector(
    options: Mapping[str, str], *, private_hosts: frozenset[str]
) -> MailmanConnector:
    """The connector for one Mailman."""
    config = Config.parse(options)
    return MailmanConnector(MailmanClient(config, private_hosts=private_hosts), config)
