"""Campaigns: found by id or exact name, made, and read with whom they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from integrations.connectors.salesforce.client import Row, SalesforceClient, quoted
from integrations.connectors.salesforce.config import Config
from integrations.errors import AudienceGone, ConfigError, TransientError
from integrations.protocol import AudienceRef

# What the name of a campaign may have.
NAME_LENGTH = 80


class Campaigns:
    """The campaigns of one account."""

    def __init__(self, client: SalesforceClient, config: Config) -> None:
        self._client = client
        self._id_field = config.id_field
        self._opt_out_field = config.opt_out_field

    def ensure(self, name: str, remembered: str) -> AudienceRef:
        """The campaign of that id, or of that name, or a new one; one that we may write to."""
        if remembered:
            self.find(remembered)
            self._check_writable(remembered, name)
            return AudienceRef(remote_id=remembered, name=name)
        found = self._named(_fitting(name))
        if found:
            self._check_writable(found, name)
            return AudienceRef(remote_id=found, name=name)
        made = self._client.make_campaign(_fitting(name))
        return AudienceRef(remote_id=made, name=name, created=True)

    def find(self, campaign: str) -> None:
        """AudienceGone when there is no campaign of that id (any more)."""
        soql = f"SELECT Id FROM Campaign WHERE Id = {quoted(campaign)}"  # noqa: S608
        if not list(self._client.query(soql)):
            raise AudienceGone(
                f"The campaign {campaign} is no longer in Salesforce, or our user may not see it,"
                " though we made or found it. Nothing more is sent. If it was deleted by mistake,"
                " take it out of the recycle bin, or have it made again with --recreate.",
                vendor="salesforce",
            )

    def _named(self, name: str) -> str:
        """The id of the oldest campaign of exactly that name; blank if there is none."""
        where = f"WHERE Name = {quoted(name)} ORDER BY CreatedDate"
        for row in self._client.query(f"SELECT Id, Name FROM Campaign {where}"):  # noqa: S608
            # Salesforce compares without regard to case.
            if row.get("Name") == name:
                return _text(row, "Id")
        return ""

    def _check_writable(self, campaign: str, name: str) -> None:
        """ConfigError when our user may see the campaign and not edit it."""
        user = self._client.tokens.user_id()
        where = f"WHERE UserId = {quoted(user)} AND RecordId = {quoted(campaign)}"
        soql = f"SELECT RecordId, HasEditAccess FROM UserRecordAccess {where}"  # noqa: S608
        rows = list(self._client.query(soql))
        if not any(row.get("HasEditAccess") is True for row in rows):
            raise ConfigError(
                f"Our user in Salesforce may not edit the campaign {name} ({campaign}): make it its"
                " owner, or share the campaign with it, and see that it is a Marketing User.",
                vendor="salesforce",
            )

    def memberships(self, campaign: str, identities: Iterable[str]) -> dict[str, str]:
        """{identity: id of its membership} of those who are on the campaign."""
        field = f"Contact.{self._id_field}"
        where = f"WHERE CampaignId = {quoted(campaign)} AND {field} IN"
        soql = f"SELECT Id, {field} FROM CampaignMember {where}"  # noqa: S608
        rows = self._client.query_among(soql, identities)
        return {self._identity(row): _text(row, "Id") for row in rows}

    def members(self, campaign: str) -> Iterator[str]:
        """Everybody on the campaign, by our id; who has none, by the id of the membership."""
        for row in self._client.query(self._members_of(campaign)):
            yield self._identity(row) or f"member {_text(row, 'Id')}"

    def strangers(self, campaign: str) -> int:
        """How many members have no id of ours: leads, accounts, and contacts of others."""
        of = f"FROM CampaignMember WHERE CampaignId = {quoted(campaign)}"
        return self._client.count(f"SELECT COUNT() {of} AND Contact.{self._id_field} = null")

    def opted_out(self, campaign: str) -> list[str]:
        """Members by our id who want no messages."""
        if not self._opt_out_field:
            return []
        soql = f"{self._members_of(campaign)} AND Contact.{self._opt_out_field} = true"
        named = (self._identity(row) for row in self._client.query(soql))
        return [identity for identity in named if identity]

    def _members_of(self, campaign: str) -> str:
        of = f"FROM CampaignMember WHERE CampaignId = {quoted(campaign)}"
        return f"SELECT Id, Contact.{self._id_field} {of}"

    def _identity(self, row: Row) -> str:
        """Our id of a member, blank for leads and for contacts that have none."""
        contact = row.get("Contact")
        said = contact.get(self._id_field) if isinstance(contact, dict) else None
        return said if isinstance(said, str) else ""


def _fitting(name: str) -> str:
    """A name that Salesforce takes; two names never share a campaign."""
    if len(name) <= NAME_LENGTH:
        return name
    return f"{name[: NAME_LENGTH - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _text(row: Row, key: str) -> str:
    if not isinstance(row.get(key), str) or not row[key]:
        raise TransientError("Salesforce's row makes no sense.", vendor="salesforce")
    return str(row[key])
