"""Labels of persons in Pipedrive: members are persons, known by a field with our customer id."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from integrations.connectors.pipedrive.client import PipedriveClient
from integrations.connectors.pipedrive.config import Config
from integrations.connectors.pipedrive.fields import PersonFields
from integrations.connectors.pipedrive.known import Known
from integrations.connectors.pipedrive.persons import Person, Persons
from integrations.connectors.pipedrive.settings import check_settings
from integrations.connectors.pipedrive.writing import Write, each
from integrations.errors import PermanentError
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
)

# So many persons are read together, just before they are written one by one: between reading and
# writing, labels that somebody gives by hand would be lost.
READ_TOGETHER = 10
# What a read-back calls members without our id: this, and Pipedrive's.
FOREIGN = "pipedrive:"


class PipedriveConnector:
    """See `integrations.protocol.Connector`."""

    def __init__(self, client: PipedriveClient, config: Config, wire: Wire) -> None:
        self._client = client
        self._fields = PersonFields(client)
        self._config = config
        self._wire = wire
        self._kept: tuple[Persons, Known] | None = None
        self._adopting = threading.Lock()

    def _company(self) -> tuple[Persons, Known]:
        """Persons, and whom of them we know; the field that keeps our id is looked up once."""
        if self._kept is None:
            key_field = self._fields.key(self._config.id_field)
            persons = Persons(self._client, key_field, campaigns=self._config.campaigns)
            self._kept = persons, Known(persons, by_email=self._config.adopt)
        return self._kept

    def check(self) -> str:
        company = check_settings(self._client, self._fields, self._config)
        return (
            f"Pipedrive ({company}) answers, and keeps our customer id in {self._config.id_field}."
        )

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        if remembered_id:
            self._fields.label(remembered_id)
            return AudienceRef(remote_id=remembered_id, name=name)
        found = self._fields.label_named(name)
        label = found or self._fields.make_label(name)
        return AudienceRef(remote_id=label.label_id, name=name, created=found is None)

    def push(self, batch: Batch) -> Sequence[Outcome]:
        if batch.operation is Operation.ENRICH:
            return self._in_pieces(batch.records, self._enrich)
        self._fields.label(batch.audience.remote_id)
        label = int(batch.audience.remote_id)
        if batch.operation is Operation.ADD:
            return self._in_pieces(batch.records, partial(self._add, label=label))
        return self._in_pieces(batch.records, partial(self._remove, label=label), doubles=True)

    def _in_pieces(
        self, records: Sequence[Record], write: Write, *, doubles: bool = False
    ) -> list[Outcome]:
        self._company()
        for name in dict.fromkeys(name for record in records for name in record.fields):
            self._fields.key(name)
        since = time.monotonic()

        def send(some: Sequence[Record]) -> list[Outcome]:
            return each(some, self._found(some, since, doubles), write)

        few = replace(self._wire.limits, records=READ_TOGETHER)
        return send_pieces(records, send, wire=self._wire, limits=few)

    def _found(
        self, records: Sequence[Record], since: float, doubles: bool
    ) -> Callable[[Record], list[Person]]:
        """Persons as they are now, the best first: by the remembered id while it is theirs, else by
        our id. Who was merged or deleted over there has another person, or none. `doubles`: all who
        have our id, for persons can be copied by hand."""
        persons, known = self._company()
        remembered = {record.identity: _remembered(record) for record in records}
        now = persons.read(one for one in remembered.values() if one)
        ids: dict[str, list[str]] = {}
        for record in records:
            theirs = remembered[record.identity]
            own = now.get(theirs)
            is_theirs = own is not None and own.key == record.identity
            keyed = [] if is_theirs and not doubles else known.ids(record.identity, since=since)
            # Whose id was emptied by hand is still who was meant.
            first, last = [theirs] * is_theirs, [theirs] * _is_blank(own)
            ids[record.identity] = list(dict.fromkeys([*first, *keyed, *last]))
        now |= persons.read(one for some in ids.values() for one in some if one not in now)
        return lambda record: [now[one] for one in ids[record.identity] if one in now]

    def _add(self, record: Record, found: Sequence[Person], *, label: int) -> Outcome:
        persons, known = self._company()
        person = next(iter(found), None) or self._adopted(record)
        try:
            if person is None:
                made = persons.make(
                    _body(record), label=label, fields=self._texts(record), key=record.identity
                )
                known.note(made)
                return Accepted(made.person_id)
            labels = None if label in person.labels else (*person.labels, label)
            return self._written(record, person, labels)
        except PermanentError:
            # Pipedrive refuses a label that was deleted meanwhile, and that is nobody's fault.
            self._fields.label(str(label))
            raise

    def _written(self, record: Record, person: Person, labels: Sequence[int] | None) -> Outcome:
        persons, known = self._company()
        key = "" if person.key == record.identity else record.identity
        fields = self._texts(record)
        if labels is None and not fields and not key:
            return Accepted(person.person_id)
        said = persons.write(person.person_id, labels=labels, fields=fields, key=key)
        if key:
            known.note(said)
        return Accepted(person.person_id)

    def _adopted(self, record: Record) -> Person | None:
        """Whoever has the same e-mail address and no id of ours, with our id written to them: two
        customers of one address must not take the same person."""
        email = record.contact.get("email", "")
        if not self._config.adopt or not email:
            return None
        persons, known = self._company()
        with self._adopting:
            found = persons.read(known.unclaimed(email, since=float("-inf")))
            free = next((one for one in found.values() if not one.key), None)
            if free is None:
                return None
            claimed = persons.write(free.person_id, key=record.identity)
            known.note(claimed)
            return claimed

    def _remove(self, record: Record, found: Sequence[Person], *, label: int) -> Outcome:
        """Off everybody who has our id: persons can be doubled by hand."""
        persons, _ = self._company()
        fields = self._texts(record)
        for person in found:
            others = [one for one in person.labels if one != label]
            if label in person.labels or fields:
                labels = others if label in person.labels else None
                persons.write(person.person_id, labels=labels, fields=fields)
        return Accepted(found[0].person_id if found else "")

    def _enrich(self, record: Record, found: Sequence[Person]) -> Outcome:
        persons, _ = self._company()
        if not found:
            return Rejected("Pipedrive has no person with our customer id, and none is made here")
        persons.write(found[0].person_id, fields=self._texts(record))
        return Accepted(found[0].person_id)

    def _texts(self, record: Record) -> dict[str, str]:
        return {self._fields.key(name): text for name, text in record.fields.items()}

    def read_back(self, audience: AudienceRef) -> Observed:
        """Members by our id; those that have none are others', and called after Pipedrive's id."""
        self._fields.label(audience.remote_id)
        label = int(audience.remote_id)
        held = {
            person.key or f"{FOREIGN}{person.person_id}": person.opted_out
            for person in self._company()[0].all()
            if label in person.labels
        }
        return Observed(iter(held), opted_out=[one for one, is_out in held.items() if is_out])

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        return self._in_pieces(records, self._erase_one, doubles=True)

    def _erase_one(self, record: Record, found: Sequence[Person]) -> Outcome:
        for person in found:
            self._company()[0].delete(person.person_id)
        return Accepted()

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Pipedrive's labels keep no note of ours."""

    def canonical(self, identity: str) -> str:
        return identity


def _remembered(record: Record) -> str:
    """Pipedrive's id of whom a record means, blank if we were never told; a member without our id
    is called after theirs."""
    prefix, person_id = record.identity[: len(FOREIGN)], record.identity[len(FOREIGN) :]
    is_foreign = prefix == FOREIGN and person_id.isascii() and person_id.isdigit()
    return record.remote_id or (person_id if is_foreign else "")


def _is_blank(person: Person | None) -> bool:
    return person is not None and not person.key


def _body(record: Record) -> dict[str, object]:
    """What a person is made with besides our id: a name is needed."""
    email = record.contact.get("email", "")
    return {
        "name": record.contact.get("name", "") or record.identity,
        **({"emails": [{"value": email, "primary": True, "label": "work"}]} if email else {}),
    }


def open_connector(options: Mapping[str, str], *, wire: Wire) -> PipedriveConnector:
    """The connector for one Pipedrive company."""
    config = Config.parse(options)
    return PipedriveConnector(PipedriveClient(config, wire=wire), config, wire)
