"""Members as records: what a tool knows them by, what it makes a contact with, and what is written
to its fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pyroaring import BitMap

from catalogue import published
from integrations.models import RemoteContact
from integrations.protocol import Record
from integrations.sync.identities import NOT_ALLOWED, lacks, name_sent, values_of
from integrations.sync.plan import slices
from integrations.sync.setup import Setup

PER_QUERY = 500
# Where at least one ordinal of so many is wanted, all between the first and the last are read.
DENSE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`records` by ordinal; `faults` says, by ordinal, why there is none."""

    records: Mapping[int, Record]
    faults: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What is sent of one list's people in one sync. `goal_states`: members by how they stand to
    the goal; `about`: {what is said of the segment: text}, the same for everybody."""

    audience_id: int
    setup: Setup
    version: published.PublishedVersion
    about: Mapping[str, str]
    goal_states: Mapping[str, BitMap]

    def written(self, people: published.Audience, some: BitMap, *, now: datetime) -> Written:
        """The records of those of `some` who may be sent, as they are at `now`."""
        setup = self.setup
        values = values_of(people, some, setup.traits, now=now)
        known = BitMap(values)
        faults = dict.fromkeys(some - known, NOT_ALLOWED)
        remote, fields = remote_ids(setup, known), self._fields(known)
        needed = self._needed()
        records: dict[int, Record] = {}
        for ordinal, texts in values.items():
            if missing := [name for name in needed if not texts.get(name)]:
                faults[ordinal] = lacks(missing)
                continue
            records[ordinal] = Record(
                ordinal=ordinal,
                identity=setup.identity.fill(texts),
                remote_id=remote.get(ordinal, ""),
                contact=self._contact(texts),
                fields=fields.get(ordinal, {}),
            )
        return Written(records=records, faults=faults)

    def _needed(self) -> tuple[str, ...]:
        """The id and traits without which nobody can be sent."""
        required = [self.setup.contact[name] for name in self.setup.required]
        templates = (self.setup.identity, *required)
        return tuple(dict.fromkeys(name for one in templates for name in one.fields))

    def _contact(self, texts: Mapping[str, str]) -> dict[str, str]:
        filled = self.setup.contact.items()
        return {name: one.fill(texts) for name, one in filled if not one.missing_in(texts)}

    def _fields(self, some: BitMap) -> dict[int, dict[str, str]]:
        mapped = self.setup.fields
        if not mapped:
            return {}
        same = {to: self.about[name] for name, to in mapped.items() if name in self.about}
        fields = {ordinal: dict(same) for ordinal in some}
        if "entered_at" in mapped:
            for ordinal, at in published.since(self.version, some).items():
                fields[ordinal][mapped["entered_at"]] = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        if "goal_state" in mapped:
            for state, members in self.goal_states.items():
                for ordinal in members & some:
                    fields[ordinal][mapped["goal_state"]] = state
        return fields


def sheet_of(
    audience_id: int, setup: Setup, version: published.PublishedVersion, segment_key: str
) -> Sheet:
    """What is sent of a segment's people now."""
    card = published.card(segment_key)
    about = {}
    if card is not None and setup.fields:
        message = card.messages.get(setup.function, "")
        about = {"segment_key": card.key, "segment_name": card.name, "why": card.why}
        about["message"] = message
    needed = "goal_state" in setup.fields
    return Sheet(
        audience_id=audience_id,
        setup=setup,
        version=version,
        about=about,
        goal_states=published.goal_states(segment_key) if needed else {},
    )


def sent_records(audience_id: int, setup: Setup, some: BitMap) -> dict[int, Record]:
    """The records under which members were sent, to take them off again. Who is not known any more
    is absent."""
    names = name_sent(audience_id, some, setup.identity)
    remote = remote_ids(setup, BitMap(names))
    blank = dict.fromkeys(setup.fields.values(), "")
    return {
        ordinal: Record(
            ordinal=ordinal, identity=name, remote_id=remote.get(ordinal, ""), fields=blank
        )
        for ordinal, name in names.items()
    }


def remote_ids(setup: Setup, some: BitMap) -> dict[int, str]:
    """The tool's own ids of people, as far as it has told them."""
    rows = RemoteContact.objects.filter(destination=setup.destination_id)
    if some and some.max() - some.min() < DENSE * len(some):
        among = {"ordinal__gte": some.min(), "ordinal__lte": some.max()}
        told = rows.filter(**among).values_list("ordinal", "remote_id")
        return {ordinal: remote_id for ordinal, remote_id in told if ordinal in some}
    found: dict[int, str] = {}
    for part in slices(some, PER_QUERY):
        found |= dict(rows.filter(ordinal__in=list(part)).values_list("ordinal", "remote_id"))
    return found
