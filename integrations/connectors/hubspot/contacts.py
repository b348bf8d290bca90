"""Contacts of HubSpot: made and matched by a unique property that keeps our customer id.

https://developers.hubspot.com/docs/api-reference/legacy/crm/objects/contacts/guide
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from integrations.connectors.hubspot.client import HubspotClient, reason, refusal
from integrations.errors import PermanentError
from integrations.protocol import Accepted, Outcome, Record, Rejected, Unknown

CONTACTS = "/crm/v3/objects/contacts"
# HubSpot's names of what a contact is made with.
PROPERTIES = {"email": "email", "first_name": "firstname", "last_name": "lastname"}
OPTED_OUT = "hs_email_optout"
MOST = 100


@dataclass(slots=True)
class Found:
    """What HubSpot said of some contacts: `ids` by what they were asked for, and who it says is
    not there. Who is in neither was not mentioned."""

    ids: dict[str, str] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)


class Contacts:
    """Calls about contacts. Raises what `HubspotClient` raises; at most `MOST` in one call."""

    def __init__(self, client: HubspotClient, id_property: str) -> None:
        self._client = client
        self._key = id_property

    def upsert(self, records: Sequence[Record]) -> list[Outcome]:
        """Make these contacts, or write to those that are there. PermanentError when HubSpot
        refuses them all because of one."""
        inputs = [
            {
                "id": record.identity,
                "idProperty": self._key,
                "objectWriteTraceId": str(record.ordinal),
                "properties": {self._key: record.identity, **properties_of(record)},
            }
            for record in records
        ]
        said = self._client.batch(f"{CONTACTS}/batch/upsert", {"inputs": inputs})
        ours = {str(record.ordinal): record.identity for record in records}
        written = dict(self._written(result, ours) for result in said["results"])
        refused = _refused(said.get("errors", []))
        return [_outcome(record, written.get(record.identity, ""), refused) for record in records]

    def _written(self, result: Mapping[str, Any], ours: Mapping[str, str]) -> tuple[str, str]:
        """Our id and HubSpot's of one contact; `ours` by the number that we gave each record."""
        traced = ours.get(str(result.get("objectWriteTraceId")), "")
        contact_id = result.get("id")
        key = _properties(result).get(self._key, "") or traced
        return key, contact_id if isinstance(contact_id, str) else ""

    def find(self, identities: Iterable[str], *, by: str = "") -> Found:
        """The contacts with these values of a unique property (ours, unless `by` says which)."""
        key, found = by or self._key, Found()
        wanted = list(identities)
        if not wanted:
            return found
        said = self._read(wanted, [key], key=key)
        for result in said["results"]:
            value = _properties(result).get(key, "")
            if value and isinstance(result.get("id"), str):
                found.ids[value] = result["id"]
        found.absent = _not_found(said.get("errors", [])) - set(found.ids)
        return found

    def describe(self, ids: Sequence[str]) -> dict[str, Mapping[str, str] | None]:
        """Our id (blank: not one of ours) and the opt-out of contacts, by HubSpot's id; None for
        those that HubSpot says are not there. Who is left out was not mentioned."""
        said = self._read(ids, [self._key, OPTED_OUT])
        about: dict[str, Mapping[str, str] | None] = {
            str(result.get("id")): _properties(result) for result in said["results"]
        }
        return dict.fromkeys(_not_found(said.get("errors", []))) | about

    def our_id(self, about: Mapping[str, str]) -> str:
        """Our id among what `describe` says."""
        return about.get(self._key, "")

    def _read(self, ids: Sequence[str], names: list[str], *, key: str = "") -> dict[str, Any]:
        body: dict[str, Any] = {
            "inputs": [{"id": one} for one in ids],
            "properties": names,
            "propertiesWithHistory": [],
        }
        if key:
            body["idProperty"] = key
        return self._client.batch(f"{CONTACTS}/batch/read", body)

    def update(self, ids: Mapping[str, str], records: Sequence[Record]) -> list[Outcome]:
        """Write fields of contacts that are there; `ids` are HubSpot's, by ours."""
        inputs = [
            {
                "id": ids[record.identity],
                "objectWriteTraceId": str(record.ordinal),
                "properties": properties_of(record),
            }
            for record in records
        ]
        said = self._client.batch(f"{CONTACTS}/batch/update", {"inputs": inputs})
        written = {str(result.get("id")) for result in said["results"]}
        refused = _refused(said.get("errors", []))
        return [
            _outcome(record, contact_id if contact_id in written else "", refused)
            for record, contact_id in ((one, ids[one.identity]) for one in records)
        ]

    def adopt(self, record: Record) -> Outcome:
        """Take over the contact that has this e-mail address, if it has no id of ours."""
        email = record.contact.get("email", "")
        for contact_id in self.find([email], by="email").ids.values():
            about = self.describe([contact_id]).get(contact_id)
            if about is not None and not self.our_id(about):
                properties = {self._key: record.identity, **properties_of(record)}
                path = f"{CONTACTS}/{contact_id}"
                reply = self._client.call("PATCH", path, body={"properties": properties})
                if reply.status != 200:
                    raise refusal(reply)
                return Accepted(contact_id)
        return Rejected("a contact of another customer has this e-mail address")

    def forget(self, contact_id: str) -> None:
        """Delete a contact for good, as the law asks for. Gone already is fine."""
        path = f"{CONTACTS}/gdpr-delete"
        reply = self._client.call("POST", path, body={"objectId": contact_id})
        if reply.status == 404:
            return
        if 400 <= reply.status < 500:
            raise refusal(reply)
        if reply.status != 204:
            raise reply.senseless("HubSpot did not say that the contact was deleted.")


def properties_of(record: Record) -> dict[str, str]:
    """What is written to a contact, by HubSpot's names."""
    known = {PROPERTIES[name]: text for name, text in record.contact.items() if name in PROPERTIES}
    return {**known, **record.fields}


def _properties(result: Mapping[str, Any]) -> dict[str, str]:
    """A contact's properties as texts; HubSpot's null is a blank."""
    said = result.get("properties")
    known = said if isinstance(said, dict) else {}
    return {str(name): str(value or "") for name, value in known.items()}


def _outcome(record: Record, contact_id: str, refused: Mapping[str, str]) -> Outcome:
    if str(record.ordinal) in refused:
        return Rejected(f"HubSpot refuses the contact: {refused[str(record.ordinal)]}")
    if contact_id:
        return Accepted(contact_id)
    return Unknown("HubSpot did not say what became of the contact")


def _refused(errors: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Reasons by the number that we gave each record, as a 207 lists them."""
    return {
        trace: reason(error) for error in errors for trace in _named(error, "objectWriteTraceId")
    }


def _not_found(errors: Iterable[Mapping[str, Any]]) -> set[str]:
    return {
        one
        for error in errors
        if error.get("category") == "OBJECT_NOT_FOUND"
        for one in _named(error, "ids")
    }


def _named(error: Mapping[str, Any], key: str) -> list[str]:
    context = error.get("context")
    said = context.get(key) if isinstance(context, dict) else None
    return [str(one) for one in said] if isinstance(said, list) else []


def is_conflict(fault: PermanentError) -> bool:
    """Whether a contact was refused because another has the same e-mail address."""
    return fault.status == 409
