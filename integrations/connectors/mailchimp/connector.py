"""Static segments of a Mailchimp audience: members are contacts, known by their address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from integrations.connectors.mailchimp.answers import Member, small
from integrations.connectors.mailchimp.client import MailchimpClient
from integrations.connectors.mailchimp.config import CONTACT_FIELDS, Config
from integrations.connectors.mailchimp.many import Told
from integrations.connectors.mailchimp.outcomes import cut, not_wanted, refused
from integrations.errors import ConfigError, PermanentError
from integrations.http import Wire
from integrations.pieces import send_pieces
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Limits,
    Observed,
    Operation,
    Outcome,
    Record,
    Rejected,
    Stamp,
    Unknown,
)

# Users who may look, or write texts, but manage no contacts.
READERS = ("viewer", "author")
ONE = Limits(records=1, bytes=1_000_000)
_NOT_SAID = Unknown("Mailchimp did not say that the address was taken out")


class MailchimpConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: MailchimpClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire

    def check(self) -> str:
        account, role = self._client.role()
        if role in READERS:
            raise ConfigError(
                f"The key belongs to a user who is {role} in Mailchimp, and must not change "
                "contacts. Use a key of a manager, an admin or the owner.",
                vendor="mailchimp",
            )
        name = self._client.list_name()
        if self._config.mapped:
            self._check_fields(self._client.merge_fields())
        return f"Mailchimp answers as {account}, with the audience {name}."

    def _check_fields(self, there: Mapping[str, str]) -> None:
        for option, tag in self._config.mapped.items():
            if tag.upper() == "EMAIL":
                raise _unwritable(option, tag, "is the address itself")
            if "{segment}" in tag:
                continue
            if tag not in there:
                names = ", ".join(sorted(there)) or "none"
                raise _unwritable(option, tag, f"is not there; the audience has: {names}")
            if there[tag] != "text":
                raise _unwritable(option, tag, f"takes no texts: it is of type {there[tag]}")

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            found = self._client.find_segment(remembered_id)
            _check_kind(found.name, found.kind)
            return AudienceRef(remote_id=found.id, name=name)
        there = self._find(name)
        if there is not None:
            return there
        try:
            made = self._client.make_segment(name)
        except PermanentError as fault:
            # An answer that was lost: it has been made meanwhile.
            there = self._find(name)
            if there is None:
                raise ConfigError(fault.sentence, vendor="mailchimp") from fault
            return there
        return AudienceRef(remote_id=made.id, name=name, created=True)

    def _find(self, name: str) -> AudienceRef | None:
        called = [segment for segment in self._client.segments() if segment.name == name]
        static = next((segment for segment in called if segment.kind == "static"), None)
        if static is not None:
            return AudienceRef(remote_id=static.id, name=name)
        for segment in called:
            _check_kind(segment.name, segment.kind)
        return None

    def push(self, batch: Batch) -> Sequence[Outcome]:
        if batch.operation is Operation.ENRICH:
            # A contact that is not there and an audience that is not there are both a 404.
            self._client.list_name()
            return send_pieces(batch.records, self._enrich, wire=self._wire, limits=ONE)
        send = self._add if batch.operation is Operation.ADD else self._remove
        return send_pieces(batch.records, partial(send, batch.audience.remote_id), wire=self._wire)

    def _add(self, segment_id: str, records: Sequence[Record]) -> list[Outcome]:
        """Contacts first: who is no contact is passed over by the segment."""
        contacts = {small(record.identity): self._contact(record) for record in records}
        made = self._client.upsert(list(contacts.values()))
        outcomes: dict[str, Outcome] = {}
        for address in contacts:
            outcome = not_wanted(address, made)
            if outcome is not None:
                outcomes[address] = outcome
        wanted = [address for address in contacts if address not in outcomes]
        if wanted:
            told = self._client.change_segment(segment_id, add=wanted)
            for address in wanted:
                member = told.members.get(address) or made.members.get(address)
                outcomes[address] = self._added(segment_id, address, member, told)
        return [outcomes[small(record.identity)] for record in records]

    def _contact(self, record: Record) -> dict[str, Any]:
        known = {
            tag: text for name, tag in CONTACT_FIELDS.items() if (text := record.contact.get(name))
        }
        contact: dict[str, Any] = {
            "email_address": record.identity.strip(),
            # Only of who is new: nobody who has left is signed up again.
            "status_if_new": self._config.status,
        }
        if known or record.fields:
            contact["merge_fields"] = cut({**known, **record.fields})
        return contact

    def _added(self, segment_id: str, address: str, member: Member | None, told: Told) -> Outcome:
        if address in told.members or (member and member.is_in(segment_id)):
            return Accepted()
        # Passed over, or refused, which is also said of who is there already: we ask.
        there = self._client.member(address)
        if there is not None and there.is_in(segment_id):
            return Accepted()
        if address in told.refused:
            return refused(told.refused[address])
        return Unknown("Mailchimp passed over the address without a word")

    def _remove(self, segment_id: str, records: Sequence[Record]) -> list[Outcome]:
        fields = {small(record.identity): cut(record.fields) for record in records}
        told = self._client.change_segment(segment_id, remove=list(fields))
        # Not mentioned is who was not in it, and who was passed over.
        unsaid = [address for address in fields if address not in told.members]
        there = {one.address: one for one in map(self._client.member, unsaid) if one is not None}
        self._clear({name: fields[name] for name in (*told.members, *there) if fields.get(name)})
        stuck = {one.address for one in there.values() if one.is_in(segment_id)}
        return [_NOT_SAID if small(record.identity) in stuck else Accepted() for record in records]

    def _clear(self, fields: Mapping[str, Mapping[str, str]]) -> None:
        """Write the fields of contacts that are there; they are blank for who has left."""
        if fields:
            contacts = [
                {"email_address": name, "merge_fields": texts} for name, texts in fields.items()
            ]
            self._client.upsert(contacts)

    def _enrich(self, records: Sequence[Record]) -> list[Outcome]:
        (record,) = records
        if self._client.write_fields(record.identity, cut(record.fields)):
            return [Accepted()]
        return [Rejected("Mailchimp has no contact of this address.")]

    def read_back(self, audience: AudienceRef) -> Observed:
        members = self._client.members(audience.remote_id)
        left = [member.address for member in members if member.status == "unsubscribed"]
        return Observed(iter([member.address for member in members]), opted_out=left)

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        # Who is not there is a 404, and so is everybody of an audience that is not there.
        self._client.list_name()
        return send_pieces(records, self._erase, wire=self._wire, limits=ONE)

    def _erase(self, records: Sequence[Record]) -> list[Outcome]:
        (record,) = records
        self._client.forget(record.identity)
        return [Accepted()]

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Mailchimp keeps no note beside a segment."""

    def canonical(self, identity: str) -> str:
        return small(identity)


def _check_kind(name: str, kind: str) -> None:
    if kind != "static":
        raise ConfigError(
            f"The segment {name} at Mailchimp is of the kind “{kind}”: conditions decide who is in "
            "it, and nobody can be put there. Rename it, or give ours another name.",
            vendor="mailchimp",
        )


def _unwritable(option: str, tag: str, why: str) -> ConfigError:
    return ConfigError(
        f"The option {option} writes to the merge field {tag} of Mailchimp, which {why}.",
        vendor="mailchimp",
    )


def open_connector(options: Mapping[str, str], *, wire: Wire) -> MailchimpConnector:
    """The connector for one audience of a Mailchimp account."""
    config = Config.parse(options)
    return MailchimpConnector(MailchimpClient(config, wire=wire), config, wire)
