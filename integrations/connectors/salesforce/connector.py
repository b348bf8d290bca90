"""Campaigns of Salesforce: members are contacts that keep our id in a field of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from catalogue.crashpoint import crashpoint
from integrations.connectors.salesforce import checks
from integrations.connectors.salesforce.answers import GONE, Result, outcome
from integrations.connectors.salesforce.campaigns import Campaigns
from integrations.connectors.salesforce.client import SalesforceClient
from integrations.connectors.salesforce.config import Config
from integrations.connectors.salesforce.contacts import Contacts
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
    Stamp,
    Unknown,
)

_NOT_THERE = Unknown("Salesforce does not know the contact that it has just named")


class SalesforceConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: SalesforceClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._campaigns = Campaigns(client, config)
        self._contacts = Contacts(client, config)
        self._wire = wire

    def check(self) -> str:
        return checks.check(self._client, self._config)

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        return self._campaigns.ensure(name, remembered_id)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        campaign = batch.audience.remote_id
        sends: Mapping[Operation, Send] = {
            Operation.ADD: partial(self._add, campaign),
            Operation.REMOVE: partial(self._remove, campaign),
            Operation.ENRICH: self._contacts.enrich,
        }
        return self._send(batch.records, sends[batch.operation])

    def _send(self, records: Sequence[Record], send: Send) -> list[Outcome]:
        named = [replace(one, identity=self.canonical(one.identity)) for one in records]
        return send_pieces(named, send, wire=self._wire)

    def _add(self, campaign: str, records: Sequence[Record]) -> list[Outcome]:
        """Contacts first, then their membership. Who was remembered under an id that is no more is
        looked for once more."""
        said = self._join(campaign, records, is_trusting=True)
        lost = [one for one in records if said[one.ordinal] is _NOT_THERE]
        if lost:
            # A campaign that is gone is told with the same words as a contact that is.
            self._campaigns.find(campaign)
            said |= self._join(campaign, lost, is_trusting=False)
        return [said[one.ordinal] for one in records]

    def _join(
        self, campaign: str, records: Sequence[Record], *, is_trusting: bool
    ) -> dict[int, Outcome]:
        found = self._contacts.ensure(records, is_trusting=is_trusting)
        crashpoint("salesforce.contacts")
        pairs = list(zip(records, found, strict=True))
        known = [(one, contact) for one, contact in pairs if isinstance(contact, str)]
        results = self._client.add_members(campaign, [contact for _, contact in known])
        joined = {
            one.ordinal: _joined(result, contact)
            for (one, contact), result in zip(known, results, strict=True)
        }
        refused = {one.ordinal: why for one, why in pairs if not isinstance(why, str)}
        return refused | joined

    def _remove(self, campaign: str, records: Sequence[Record]) -> list[Outcome]:
        found = self._campaigns.memberships(campaign, (one.identity for one in records))
        if len(found) < len(records):
            # Nobody is on a campaign that is no more: that is not what was asked for.
            self._campaigns.find(campaign)
        results = dict(zip(found, self._client.delete(list(found.values())), strict=True))
        crashpoint("salesforce.left")
        cleared = self._contacts.clear(records)
        return [_left(results.get(one.identity), cleared.get(one.ordinal)) for one in records]

    def read_back(self, audience: AudienceRef) -> Observed:
        campaign = audience.remote_id
        self._campaigns.find(campaign)
        return Observed(
            self._campaigns.members(campaign),
            notes=self._notes(campaign),
            opted_out=self._campaigns.opted_out(campaign),
        )

    def _notes(self, campaign: str) -> list[str]:
        strangers = self._campaigns.strangers(campaign)
        if not strangers:
            return []
        return [
            f"{strangers} members of the campaign are leads, accounts or contacts without our id in"
            f" {self._config.id_field}; they are left alone."
        ]

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return self._send(records, self._contacts.erase)

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """A campaign has no place for a note of ours."""

    def canonical(self, identity: str) -> str:
        # The field is case sensitive (see `check`), and Salesforce takes off blanks at the ends.
        return identity.strip()


def _joined(result: Result, contact: str) -> Outcome:
    # A second membership is refused: who is there already is where they should be.
    if result.id or result.code == "DUPLICATE_VALUE":
        return Accepted(remote_id=contact)
    if result.code in GONE:
        return _NOT_THERE
    return outcome(result)


def _left(result: Result | None, cleared: str | Outcome | None) -> Outcome:
    """`result` is of the membership, `cleared` of the contact's fields; None: there was nothing."""
    if result is not None and not result.id and result.code not in GONE:
        return outcome(result)
    return Accepted() if cleared is None or isinstance(cleared, str) else cleared


def open_connector(options: Mapping[str, str], *, wire: Wire) -> SalesforceConnector:
    """The connector for one account of Salesforce."""
    config = Config.parse(options)
    return SalesforceConnector(SalesforceClient(config, wire=wire), config, wire)
