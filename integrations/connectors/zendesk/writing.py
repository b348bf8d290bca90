"""Writes one piece of a batch: looks its users up, merges, and changes them in jobs.

An update replaces all tags of a user, so what they have is read first and sent along. Users are
changed by Zendesk's own id and made by another call: `create_or_update_many` would take over who
has the same e-mail address, and all their tags would be gone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.connectors.zendesk.client import User, ZendeskClient
from integrations.connectors.zendesk.config import Config
from integrations.connectors.zendesk.jobs import EXTERNAL_ID, Row
from integrations.protocol import (
    Accepted,
    Operation,
    Outcome,
    Record,
    Rejected,
    RetryAfter,
    Unknown,
)

Json = dict[str, Any]
Sent = tuple[Record, Json]
Job = Callable[[Sequence[Json]], list[Row]]
# A user may be changed five times a minute.
TOO_OFTEN, A_MINUTE = "rate limit", 60.0


@dataclass(frozen=True, slots=True)
class Writing:
    """One operation on one tag."""

    client: ZendeskClient
    config: Config
    operation: Operation
    tag: str

    def send(self, records: Sequence[Record]) -> list[Outcome]:
        """What came of each record, in their order."""
        known = self._find(records)
        decided = [self._decide(record, known.get(_key(record))) for record in records]
        pairs = zip(records, decided, strict=True)
        sent = [(record, change) for record, change in pairs if isinstance(change, dict)]
        new = [one for one in sent if "id" not in one[1]]
        old = [one for one in sent if "id" in one[1]]
        told = self._run(self.client.create, new) | self._run(self.client.update, old)
        return [
            told[record.ordinal] if isinstance(outcome, dict) else outcome
            for record, outcome in zip(records, decided, strict=True)
        ]

    def _find(self, records: Sequence[Record]) -> dict[str, User]:
        return self.client.find([record.identity for record in records])

    def _decide(self, record: Record, user: User | None) -> Outcome | Json:
        """The outcome where it is as it should be already, else the user as it has to be sent."""
        if user is None:
            return self._decide_unknown(record)
        wanted = self._tags(user)
        change: Json = {"id": user.id}
        if set(wanted) != set(user.tags):
            change["tags"] = wanted
        if any(str(user.fields.get(key) or "") != text for key, text in record.fields.items()):
            change["user_fields"] = dict(record.fields)
        return change if len(change) > 1 else Accepted(str(user.id))

    def _decide_unknown(self, record: Record) -> Outcome | Json:
        if self.operation is Operation.ENRICH:
            return Rejected("Zendesk has no user with this external id.")
        if self.operation is Operation.REMOVE:
            return Accepted()
        email = record.contact.get("email", "")
        user: Json = {
            EXTERNAL_ID: record.identity,
            "name": record.contact.get("name") or email or record.identity,
            "role": "end-user",
            "skip_verify_email": True,
            "tags": [self.tag],
        }
        if email:
            user["email"] = email
        if record.fields:
            user["user_fields"] = dict(record.fields)
        return user

    def _tags(self, user: User) -> list[str]:
        """All tags that the user should have, in their order."""
        others = [tag for tag in user.tags if tag != self.tag]
        if self.operation is Operation.ADD:
            return [*others, self.tag]
        return others if self.operation is Operation.REMOVE else list(user.tags)

    def _run(self, job: Job, sent: Sequence[Sent]) -> dict[int, Outcome]:
        """What came of each, by ordinal: from its row, or, where the job said nothing of it or
        refused it, from the user as it is now."""
        if not sent:
            return {}
        said = _by_place([change for _, change in sent], job([change for _, change in sent]))
        told: dict[int, Outcome] = {}
        doubtful: list[tuple[Sent, Row | None]] = []
        for place, (record, change) in enumerate(sent):
            row = said.get(place)
            user_id = change.get("id") or (row.id if row else None)
            if row and not row.fault and user_id:
                told[record.ordinal] = Accepted(str(user_id))
            else:
                doubtful.append(((record, change), row))
        known = self._find([record for (record, _), _ in doubtful])
        for one, row in doubtful:
            told[one[0].ordinal] = self._doubt(one, row, known.get(_key(one[0])))
        return told

    def _doubt(self, sent: Sent, row: Row | None, user: User | None) -> Outcome:
        record, change = sent
        now = self._decide(record, user)
        if isinstance(now, Accepted):
            return now
        if row is None or not row.fault:
            return Unknown("Zendesk's job did not say what became of this user")
        if TOO_OFTEN in row.fault.lower():
            return RetryAfter(A_MINUTE)
        if "id" in change:
            return Rejected(f"Zendesk refuses the change: {row.fault}")
        # Somebody else made the user meanwhile: it is changed by the next try.
        if user is not None:
            return RetryAfter()
        return self._adopted(record) or Rejected(f"Zendesk refuses the user: {row.fault}")

    def _adopted(self, record: Record) -> Outcome | None:
        """Make the user of the same e-mail address ours, where that is wanted and they have no
        external id yet; None where not."""
        email = record.contact.get("email", "")
        if not (self.config.adopts and email):
            return None
        user = self.client.find_by_email(email)
        if user is None or user.identity:
            return None
        change: Json = {"id": user.id, EXTERNAL_ID: record.identity, "tags": self._tags(user)}
        if record.fields:
            change["user_fields"] = dict(record.fields)
        return self._settle_adopted(record, self.client.update([change]))

    def _settle_adopted(self, record: Record, rows: Sequence[Row]) -> Outcome:
        now = self._decide(record, self._find([record]).get(_key(record)))
        if isinstance(now, Accepted):
            return now
        fault = next((row.fault for row in rows if row.fault), "")
        if fault:
            return Rejected(f"Zendesk refuses the change: {fault}")
        return Unknown("Zendesk's job did not say what became of this user")


def _key(record: Record) -> str:
    return record.identity.lower()


def _by_place(sent: Sequence[Json], rows: Sequence[Row]) -> dict[int, Row]:
    """Rows by their place in the request: by index, or by the id or external id that was sent. A
    row that names none of them is about nobody."""
    places: dict[Any, int] = {}
    for place, user in enumerate(sent):
        places["id", user.get("id")] = place
        places["external id", str(user.get(EXTERNAL_ID, "")).lower()] = place
    found: dict[int, Row] = {}
    for row in rows:
        at = _place(row, places, len(sent))
        if at is not None:
            found[at] = row
    return found


def _place(row: Row, places: dict[Any, int], count: int) -> int | None:
    if row.id is not None and ("id", row.id) in places:
        return places["id", row.id]
    if row.identity and ("external id", row.identity.lower()) in places:
        return places["external id", row.identity.lower()]
    return row.index if row.index is not None and 0 <= row.index < count else None
