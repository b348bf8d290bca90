"""Tags of Intercom: members are contacts, known by their external id."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from catalogue.crashpoint import crashpoint
from integrations.connectors.intercom.client import IntercomClient
from integrations.connectors.intercom.config import Config
from integrations.connectors.intercom.replies import EXTERNAL_ID, Conflict, Contact
from integrations.errors import ConfigError
from integrations.http import Wire
from integrations.pieces import send_pieces
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

# A contact without an external id is named by Intercom's own id behind this.
NAMELESS = "intercom contact "


class IntercomConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: IntercomClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._config = config
        self._wire = wire

    def check(self) -> str:
        workspace = self._client.workspace()
        self._client.tags()
        self._client.try_rights()
        self._check_fields()
        return f"The workspace {workspace} answers at {self._config.url}."

    def _check_fields(self) -> None:
        attributes = self._client.attributes()
        # A name with the segment's key in it is another one for each segment.
        for name in (one for one in self._config.fields if "{segment}" not in one):
            found = attributes.get(name)
            if found is None:
                raise _unusable(name, "does not exist; make it as a custom attribute of people")
            if not (found.is_custom and found.is_writable):
                raise _unusable(name, "cannot be written; map a custom attribute instead")
            if found.kind != "string":
                raise _unusable(name, f"holds no text ({found.kind}); map one that does")

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            self._client.require_tag(remembered_id)
            return AudienceRef(remote_id=remembered_id, name=name)
        # Intercom does not tell names apart by their case.
        wanted = name.casefold()
        for tag_id, found in self._client.tags().items():
            if found.casefold() == wanted:
                return AudienceRef(remote_id=tag_id, name=name)
        return AudienceRef(remote_id=self._client.make_tag(name), name=name, created=True)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        tag_id = batch.audience.remote_id
        write: Mapping[Operation, Callable[[Record], Outcome]] = {
            Operation.ADD: lambda record: self._add(tag_id, record),
            Operation.REMOVE: lambda record: self._remove(tag_id, record),
            Operation.ENRICH: self._enrich,
        }
        return self._each(batch.records, write[batch.operation])

    def _each(self, records: Sequence[Record], write: Callable[[Record], Outcome]) -> list[Outcome]:
        return send_pieces(records, lambda piece: [write(one) for one in piece], wire=self._wire)

    def _add(self, tag_id: str, record: Record) -> Outcome:
        for contact_id in self._written(record):
            if self._client.attach(contact_id, tag_id):
                crashpoint("intercom.tagged")
                return Accepted(contact_id)
            # The contact or the tag: nobody is made for a tag that is gone.
            self._client.require_tag(tag_id)
        return Unknown("Intercom made or found the contact, and then did not know it.")

    def _written(self, record: Record) -> Iterator[str]:
        """The ids that the contact may have, best first, its fields written; made if there is
        none."""
        if record.remote_id and self._is_still(record):
            yield record.remote_id
        found = self._client.contact_of(record.identity)
        if found is None:
            yield self._made(record)
        elif not record.fields or self._client.write(found.id, _fields(record)):
            yield found.id

    def _is_still(self, record: Record) -> bool:
        """Whether the id that we remember is still of this person, as far as a write tells us."""
        if not record.fields:
            return True
        written = self._client.write(record.remote_id, _fields(record))
        return written is not None and written.identity == record.identity

    def _made(self, record: Record) -> str:
        """The id of a contact just made, of one made meanwhile, or of one that we may adopt."""
        body = {"role": "user", EXTERNAL_ID: record.identity, **record.contact, **_fields(record)}
        made = self._client.create(body)
        if isinstance(made, Contact):
            crashpoint("intercom.made")
            return made.id
        return self._settled(made, record)

    def _settled(self, conflict: Conflict, record: Record) -> str:
        other = None if conflict.is_archived else self._client.contact(conflict.id)
        if other is None:
            raise conflict.reply.refused(
                "The contact is archived at Intercom; unarchive it there, or delete it for good."
            )
        is_ours = other.identity == record.identity
        if not is_ours and (other.identity or not self._config.adopts):
            raise conflict.reply.refused(
                "Another contact at Intercom has this e-mail address; merge the two there, or "
                "give the other one our id as its external id."
            )
        self._client.write(other.id, {EXTERNAL_ID: record.identity, **_fields(record)})
        return other.id

    def _remove(self, tag_id: str, record: Record) -> Outcome:
        for contact_id in self._known(record):
            if self._client.detach(contact_id, tag_id):
                return self._removed(contact_id, record)
            self._client.require_tag(tag_id)
            if self._client.has_tag(contact_id, tag_id):
                return Unknown("Intercom did not take the tag off.")
        self._client.require_tag(tag_id)
        return Accepted()

    def _removed(self, contact_id: str, record: Record) -> Outcome:
        if record.fields:
            self._client.write(contact_id, _fields(record))
        return Accepted(contact_id)

    def _known(self, record: Record) -> Iterator[str]:
        """The ids that the contact may have, best first; none is made."""
        if record.identity.startswith(NAMELESS):
            yield record.identity.removeprefix(NAMELESS)
            return
        if record.remote_id:
            yield record.remote_id
        found = self._client.contact_of(record.identity)
        if found is not None and found.id != record.remote_id:
            yield found.id

    def _enrich(self, record: Record) -> Outcome:
        for contact_id in self._known(record):
            if self._client.write(contact_id, _fields(record)):
                return Accepted(contact_id)
        return Rejected("Intercom has no contact with this external id, and none is made here.")

    def read_back(self, audience: AudienceRef) -> Observed:
        self._client.require_tag(audience.remote_id)
        tagged = {"field": "tag_id", "operator": "=", "value": audience.remote_id}
        silent = {"field": "unsubscribed_from_emails", "operator": "=", "value": True}
        both = {"operator": "AND", "value": [tagged, silent]}
        return Observed(
            map(_name, self._client.search(tagged)),
            opted_out=[_name(contact) for contact in self._client.search(both)],
        )

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return self._each(records, self._erase_one)

    def _erase_one(self, record: Record) -> Outcome:
        for contact_id in self._known(record):
            self._client.delete(contact_id)
        return Accepted()

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """A tag has no place for a note."""

    def canonical(self, identity: str) -> str:
        # External ids are compared letter by letter.
        return identity


def _fields(record: Record) -> dict[str, Any]:
    if not record.fields:
        return {}
    # An empty text would be a value of its own; nothing empties the attribute.
    return {"custom_attributes": {name: text or None for name, text in record.fields.items()}}


def _name(contact: Contact) -> str:
    return contact.identity or f"{NAMELESS}{contact.id}"


def _unusable(name: str, what: str) -> ConfigError:
    return ConfigError(f"The attribute {name!r} of Intercom {what}.", vendor="intercom")


def open_connector(options: Mapping[str, str], *, wire: Wire) -> IntercomConnector:
    """The connector for one workspace of Intercom."""
    config = Config.parse(options)
    return IntercomConnector(IntercomClient(config, wire=wire), config, wire)
