"""THE CONTRACT between the catalogue and a tool. A connector is one class with these methods.

A connector translates and calls its client. It knows no models, no Django and no other connector,
and it leaves retries, leases, ledgers, rates and brakes to `http` and `sync.run`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrations.errors import IntegrationError
from integrations.manifest import Answering as Answering
from integrations.manifest import ContactField as ContactField
from integrations.manifest import Limits as Limits
from integrations.manifest import Manifest as Manifest
from integrations.manifest import Mode as Mode
from integrations.manifest import Operation as Operation
from integrations.manifest import Option as Option
from integrations.manifest import Rate as Rate
from integrations.manifest import ReadBackKind as ReadBackKind
from integrations.manifest import Source as Source


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceRef:
    """A list in a tool. `remote_id` is the tool's own name for it and is remembered by us; `name`
    is what we asked for. `created` is true if it was made just now."""

    remote_id: str
    name: str
    created: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an audience is an image of: for tools that can keep a note beside the list.

    `as_of` is the `now` the members were judged at (UTC). `complete` is false while a sync is
    under way.
    """

    segment_key: str
    definition_hash: str
    membership_version: int
    as_of: datetime
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One member. `identity` is what the tool knows them by; `ordinal` is our own number for them
    and means nothing outside.

    `remote_id` is the tool's own id of the contact, once an `Accepted` has told it; blank before.
    `contact` holds what a contact is made with, by the names in the manifest's `[contact.*]`
    (`email`, `last_name` …); what is not known is absent. `fields` holds what is written to the
    contact or to its membership, {field of the tool: text}; blank texts empty the field.
    """

    ordinal: int
    identity: str
    remote_id: str = ""
    contact: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some members of one audience, all added or all removed (or, ENRICH, only written fields of);
    each ordinal and each identity once.

    A batch is what one claim covers: at most `limits.batch` records, which a connector sends in as
    many requests as the tool needs (`integrations.pieces`). `key` is the same when a batch is sent
    again, for tools that know idempotency keys.
    """

    audience: AudienceRef
    operation: Operation
    records: tuple[Record, ...]
    stamp: Stamp
    key: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The tool said so, for this record: it is on the list now (or off it). Already there, or
    already gone, is accepted too. `remote_id` is the tool's id of the contact, where it has one."""

    remote_id: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The tool refuses this record for good. `reason` is for people and holds no address.
    `opted_out`: the person said so over there; we hold to it everywhere."""

    reason: str
    opted_out: bool = False


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not tried, or turned away unwritten. Nothing more is sent for `seconds` (0: at once)."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been written: no answer, or one that makes no sense."""

    reason: str


@dataclass(frozen=True, slots=True)
class Split:
    """The request that held this record was refused as a whole because of some record in it, and
    nothing of it was written: its records are sent again in halves, down to the one at fault."""

    reason: str


class BrokenOff(Exception):
    """A batch met something that ends the sync (`fault`) when part of it had been written:
    `outcomes` says of each record, in order, what is known."""

    def __init__(self, fault: IntegrationError, outcomes: Sequence[Outcome]) -> None:
        super().__init__(fault.sentence)
        self.fault = fault
        self.outcomes = outcomes


Outcome = Accepted | Rejected | RetryAfter | Unknown | Split


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """The tool cannot be asked what it holds. `reason` says why, for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The tool says how many it holds, and not whom. `reason` says why, for people."""

    count: int
    reason: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What a tool holds. `identities` yields each member once, in any order: by remote id where
    the manifest says `members = "remote id"`, else by identity; reading it to the end means that
    the list was complete. `notes` are sentences on anything odd that was seen. `opted_out` are
    members, named likewise, of whom the tool says that they want no messages."""

    identities: Iterator[str]
    notes: Sequence[str] = ()
    opted_out: Sequence[str] = ()


class Connector(Protocol):
    """One configured account of a tool. All methods may raise errors of `integrations.errors`."""

    def check(self) -> str:
        """Ask the tool whether it is there, knows us, lets us do what we need, and has the fields
        that are mapped. Returns a sentence saying what answered; raises AuthError, ConfigError
        (with a sentence an admin can act on) or TransientError. Writes nothing."""

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        """The list called `name`. With a remembered id: find exactly that one, or raise
        AudienceGone; never make it again. Without: find it by name, or make it. ConfigError when
        what is found is of a kind that cannot be written to."""

    def push(self, batch: Batch) -> Sequence[Outcome]:
        """Write one batch and return one outcome per record, in the order of `batch.records`.

        Must be idempotent: the same batch may come again. Where the whole request was refused
        because of some record, its outcomes are Split (or PermanentError is raised, for all): they
        are then sent again in halves. Raise TransientError if nothing is known about any record;
        all then count as Unknown; BrokenOff if the sync cannot go on and part is written.
        """

    def read_back(self, audience: AudienceRef) -> Observed | Counted | Unverifiable:
        """What the list really holds now, ours and others'. Raises TransientError when the list
        could not be read to its end; never a part of it."""

    def erase(self, records: Sequence[Record]) -> Sequence[Outcome]:
        """Delete these people from the tool, as far as it lets us: the contact itself where it has
        contacts, else from every list we can write to. One outcome per record, as `push`; nobody
        there is accepted. Only asked of people who are to be erased everywhere."""

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Called when all of a membership version has been acknowledged. A tool that keeps a note
        beside the list writes it; others do nothing."""

    def canonical(self, identity: str) -> str:
        """The form in which two identities of one member compare equal (`A@x` and `a@x`)."""
