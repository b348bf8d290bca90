"""Contacts: found by our id, made, written to and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from integrations.connectors.salesforce.answers import GONE, Result, outcome
from integrations.connectors.salesforce.client import SalesforceClient
from integrations.connectors.salesforce.config import CONTACT_FIELDS, Config
from integrations.errors import TransientError
from integrations.protocol import Accepted, Outcome, Record, Rejected, RetryAfter

Thing = TypeVar("Thing")

UNKNOWN_HERE = Rejected("Salesforce has no contact with this id, and enriching makes none")


class Contacts:
    """The contacts of one account. Each method takes up to 200 records of different identities."""

    def __init__(self, client: SalesforceClient, config: Config) -> None:
        self._client = client
        self._config = config

    def find(self, identities: Iterable[str]) -> dict[str, str]:
        """{identity: id of the contact} of those that there are."""
        name = self._config.id_field
        soql = f"SELECT Id, {name} FROM Contact WHERE {name} IN"  # noqa: S608
        wanted = list(identities)
        found = {}
        for row in self._client.query_among(soql, wanted):
            said, contact = row.get(name), row.get("Id")
            if not isinstance(said, str) or not isinstance(contact, str):
                raise TransientError("Salesforce's contact makes no sense.", vendor="salesforce")
            found[said] = contact
        return found

    def ensure(self, records: Sequence[Record], *, is_trusting: bool) -> list[str | Outcome]:
        """For each record the id of its contact, or why there is none. Fields are written; what a
        contact is made with is written once only. `is_trusting`: a remembered id is right."""
        known = {one.identity: one.remote_id for one in records if one.remote_id and is_trusting}
        known = {} if any(one.fields for one in records) else known
        unknown = [one for one in records if one.identity not in known]
        known |= self.find(one.identity for one in unknown)
        if self._config.adopt:
            known |= self._adopt([one for one in unknown if one.identity not in known])
        written = self._write(
            [one for one in records if one.fields or one.identity not in known], known
        )
        return [written.get(one.ordinal) or known[one.identity] for one in records]

    def _write(
        self, records: Sequence[Record], known: Mapping[str, str]
    ) -> dict[int, str | Outcome]:
        rows = [self._row(one, is_new=one.identity not in known) for one in records]
        said = self._client.upsert_contacts(rows)
        return {
            one.ordinal: self._written(result) for one, result in zip(records, said, strict=True)
        }

    def _row(self, record: Record, *, is_new: bool) -> dict[str, Any]:
        # A blank text is no value for Salesforce: null empties a field.
        row: dict[str, Any] = {name: text or None for name, text in record.fields.items()}
        if is_new:
            made_with = {CONTACT_FIELDS[name]: text for name, text in record.contact.items()}
            row = {**({"AccountId": self._config.account} if self._config.account else {}), **row}
            row = {**{name: text for name, text in made_with.items() if text}, **row}
        return {**row, self._config.id_field: record.identity}

    def _written(self, result: Result) -> str | Outcome:
        if result.id:
            return result.id
        if result.code == "DUPLICATE_VALUE" and self._config.id_field in (
            *result.fields,
            *result.message.replace(":", " ").split(),
        ):
            # Somebody else made this contact at the same time: next time it is found.
            return RetryAfter()
        return outcome(result)

    def _adopt(self, records: Sequence[Record]) -> dict[str, str]:
        """Give our id to contacts of the same address that have none: {identity: id}. Addresses
        that several contacts have, or several records, say nothing."""
        by_address = _only_ones((one.contact.get("email", "").lower(), one) for one in records)
        found = self._without_our_id(by_address)
        pairs = [(by_address[address], contact) for address, contact in found.items()]
        rows = [{"id": contact, self._config.id_field: one.identity} for one, contact in pairs]
        said = self._client.update_contacts(rows)
        return {
            one.identity: contact
            for (one, contact), result in zip(pairs, said, strict=True)
            if result.id
        }

    def _without_our_id(self, addresses: Iterable[str]) -> dict[str, str]:
        soql = (
            f"SELECT Id, Email FROM Contact WHERE {self._config.id_field} = null"  # noqa: S608
            " AND Email IN"
        )
        rows = self._client.query_among(soql, addresses)
        return _only_ones((str(row.get("Email")).lower(), str(row.get("Id"))) for row in rows)

    def enrich(self, records: Sequence[Record]) -> list[Outcome]:
        """Write the fields of contacts that are there."""
        known = self.find(one.identity for one in records)
        said = self._write([one for one in records if one.identity in known], known)
        return [_accepted(said.get(one.ordinal, UNKNOWN_HERE)) for one in records]

    def clear(self, records: Sequence[Record]) -> dict[int, str | Outcome]:
        """Write the fields of those who leave, blank, as far as they are there; what came of it by
        ordinal."""
        having = [one for one in records if one.fields]
        known = self.find(one.identity for one in having)
        return self._write([one for one in having if one.identity in known], known)

    def erase(self, records: Sequence[Record]) -> list[Outcome]:
        """Delete contacts, and with them all their memberships."""
        known = self.find(one.identity for one in records)
        said = dict(zip(known, self._client.delete(list(known.values())), strict=True))
        return [_erased(said.get(one.identity)) for one in records]


def _accepted(said: str | Outcome) -> Outcome:
    return Accepted(remote_id=said) if isinstance(said, str) else said


def _erased(result: Result | None) -> Outcome:
    if result is None or result.id or result.code in GONE:
        return Accepted()
    return outcome(result)


def _only_ones(pairs: Iterable[tuple[str, Thing]]) -> dict[str, Thing]:
    """The pairs whose first part is not blank and comes once."""
    found: dict[str, list[Thing]] = {}
    for name, thing in pairs:
        found.setdefault(name, []).append(thing)
    return {name: things[0] for name, things in found.items() if name and len(things) == 1}
