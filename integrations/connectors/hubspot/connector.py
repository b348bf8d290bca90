"""Static lists of HubSpot: members are contacts, known by a property that keeps our customer id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from integrations.connectors.hubspot.client import HubspotClient
from integrations.connectors.hubspot.config import Config
from integrations.connectors.hubspot.contacts import MOST, OPTED_OUT, Contacts, is_conflict
from integrations.connectors.hubspot.lists import CONTACT, WRITABLE, FoundList, Lists
from integrations.connectors.hubspot.settings import check_settings
from integrations.errors import ConfigError, PermanentError, TransientError
from integrations.http import Wire
from integrations.pieces import Send, send_pieces
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Observed,
    Operation,
    Outcome,
    Record,
    Rejected,
    Stamp,
    Unknown,
)

# Contacts are deleted one by one; more in a piece would be asked for again after a fault.
ERASED_AT_ONCE = 10
# What a read-back calls members without our id: this, and HubSpot's.
FOREIGN = "hubspot:"


class HubspotConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: HubspotClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._contacts = Contacts(client, config.id_property)
        self._lists = Lists(client)
        self._config = config
        self._wire = wire

    def check(self) -> str:
        account = check_settings(self._client, self._config)
        return (
            f"HubSpot{f' account {account}' if account else ''} answers, and keeps our customer id "
            f"in {self._config.id_property}."
        )

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            found = self._lists.by_id(remembered_id)
        else:
            known = self._lists.by_name(name)
            found = known or self._lists.make(name)
        _check_kind(found)
        created = not remembered_id and known is None
        return AudienceRef(remote_id=found.list_id, name=name, created=created)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        list_id = batch.audience.remote_id
        sends: dict[Operation, Send] = {
            Operation.ADD: lambda records: self._add(list_id, records),
            Operation.REMOVE: lambda records: self._remove(list_id, records),
            Operation.ENRICH: self._enrich,
        }
        return send_pieces(batch.records, sends[batch.operation], wire=self._wire)

    def _add(self, list_id: str, records: Sequence[Record]) -> list[Outcome]:
        outcomes = self._upserted(records)
        ids = [one.remote_id for one in outcomes if isinstance(one, Accepted)]
        if not ids:
            return outcomes
        held = self._lists.add(list_id, ids)
        return [
            Unknown("HubSpot did not put the contact on the list")
            if isinstance(one, Accepted) and one.remote_id not in held
            else one
            for one in outcomes
        ]

    def _upserted(self, records: Sequence[Record]) -> list[Outcome]:
        try:
            return self._contacts.upsert(records)
        except PermanentError as fault:
            if len(records) > 1 or not is_conflict(fault):
                raise
            if self._config.adopt:
                return [self._contacts.adopt(records[0])]
            return [Rejected("another contact has this e-mail address, and not our customer id")]

    def _remove(self, list_id: str, records: Sequence[Record]) -> list[Outcome]:
        """By the id that was remembered and by the one that is found: contacts are merged, and
        properties are emptied."""
        found = self._contacts.find(record.identity for record in records)
        tried = [_ids(record, found.ids) for record in records]
        every = list(dict.fromkeys(one for ids in tried for one in ids))
        if not every:
            self._lists.by_id(list_id)
        off = self._lists.remove(list_id, every) if every else set()
        known = found.absent | set(found.ids)
        outcomes: list[Outcome] = [
            Accepted(found.ids.get(record.identity, ""))
            if ids <= off and record.identity in known
            else Unknown("HubSpot did not say that the contact is off the list")
            for record, ids in zip(records, tried, strict=True)
        ]
        return self._emptied(records, found.ids, outcomes)

    def _emptied(
        self, records: Sequence[Record], ids: Mapping[str, str], outcomes: Sequence[Outcome]
    ) -> list[Outcome]:
        """Who is off the list has its fields written too; they are blank then."""
        some = [record for record in records if record.fields and record.identity in ids]
        written = self._contacts.update(ids, some) if some else []
        said = dict(zip((record.ordinal for record in some), written, strict=True))
        return [
            said.get(record.ordinal, outcome) if isinstance(outcome, Accepted) else outcome
            for record, outcome in zip(records, outcomes, strict=True)
        ]

    def _enrich(self, records: Sequence[Record]) -> list[Outcome]:
        found = self._contacts.find(record.identity for record in records)
        there = [record for record in records if record.identity in found.ids]
        written = iter(self._contacts.update(found.ids, there) if there else ())
        return [
            next(written) if record.identity in found.ids else _nobody(record, found.absent)
            for record in records
        ]

    def read_back(self, audience: AudienceRef) -> Observed:
        """Members by our id; those that have none are others', and called after HubSpot's id."""
        held = dict(self._members(audience.remote_id))
        return Observed(iter(held), opted_out=[one for one, is_out in held.items() if is_out])

    def _members(self, list_id: str) -> Iterator[tuple[str, bool]]:
        with ThreadPoolExecutor(max_workers=self._wire.concurrency) as pool:
            for page in self._lists.members(list_id):
                pieces = [page[start : start + MOST] for start in range(0, len(page), MOST)]
                for said in pool.map(self._described, pieces):
                    yield from said

    def _described(self, ids: Sequence[str]) -> list[tuple[str, bool]]:
        about = self._contacts.describe(ids)
        if set(ids) - set(about):
            raise TransientError(
                "HubSpot did not say who some of the members are.", vendor="hubspot"
            )
        # Who is not there was deleted since the page was read.
        return [
            (self._named(one, said), said.get(OPTED_OUT) == "true")
            for one in ids
            if (said := about[one]) is not None
        ]

    def _named(self, contact_id: str, about: Mapping[str, str]) -> str:
        return self._contacts.our_id(about) or f"{FOREIGN}{contact_id}"

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        few = replace(self._wire.limits, records=ERASED_AT_ONCE)
        return send_pieces(records, self._erase_some, wire=self._wire, limits=few)

    def _erase_some(self, records: Sequence[Record]) -> list[Outcome]:
        found = self._contacts.find(record.identity for record in records)
        for record in records:
            for contact_id in _ids(record, found.ids):
                self._contacts.forget(contact_id)
        known = found.absent | set(found.ids)
        return [
            Accepted()
            if record.identity in known
            else Unknown("HubSpot did not say whether it knows the contact")
            for record in records
        ]

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """HubSpot's lists keep no note of ours."""

    def canonical(self, identity: str) -> str:
        return identity


def _ids(record: Record, found: Mapping[str, str]) -> set[str]:
    """HubSpot's ids of whom a record may mean; a member without our id is called after theirs."""
    prefix, contact_id = record.identity[: len(FOREIGN)], record.identity[len(FOREIGN) :]
    is_foreign = prefix == FOREIGN and contact_id.isascii() and contact_id.isdigit()
    ids = (record.remote_id, found.get(record.identity, ""), contact_id if is_foreign else "")
    return {one for one in ids if one}


def _nobody(record: Record, absent: set[str]) -> Outcome:
    if record.identity in absent:
        return Rejected("HubSpot has no contact with our customer id, and none is made here")
    return Unknown("HubSpot did not say whether it knows the contact")


def _check_kind(found: FoundList) -> None:
    if found.kind not in WRITABLE or found.object_type != CONTACT:
        raise ConfigError(
            f"The list {found.name!r} at HubSpot fills itself by filters or holds no contacts, so "
            "nobody can be put on it. Give the audience another name, or make that list static.",
            vendor="hubspot",
        )


def open_connector(options: Mapping[str, str], *, wire: Wire) -> HubspotConnector:
    """The connector for one HubSpot account."""
    config = Config.parse(options)
    return HubspotConnector(HubspotClient(config, wire=wire), config, wire)
