"""THE CONTRACT between the catalogue and a tool. A connector is one class with these methods.

A connector translates and calls its client. It knows no models, no Django and no other connector,
and it leaves retries, leases, ledgers and brakes to `sync.run`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Operation(StrEnum):
    """What is done with the records of a batch. A batch holds one kind only, so that one request
    never holds an add and a remove of one member."""

    ADD = "add"
    REMOVE = "remove"


class Mode(StrEnum):
    """How a tool is kept in step. DELTA: changes are sent, and only what we added is removed."""

    DELTA = "delta"


class ReadBackKind(StrEnum):
    """Whether a tool can be asked what it holds."""

    FULL = "full"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing a person says to set up a destination. A secret is never kept in clear: its value
    is a reference, `env:NAME` or `file:PATH`, or it is kept encrypted. `address` says where secrets
    are sent: whoever changes it on a page gives them anew."""

    name: str
    help: str
    secret: bool = False
    address: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one batch may hold. `bytes` counts the identities in UTF-8."""

    records: int
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `manifest.toml` says about a connector.

    `name` is the folder. `function` is what the tool is for (mail, files, …), `audience` the word
    for a list over there, `identity` the template of what a record is known by (`{customer_id}`,
    or `{trait}` of any trait), used unless the destination's option `identity` says otherwise.
    """

    name: str
    title: str
    function: str
    audience: str
    mode: Mode
    identity: str
    limits: Limits
    read_back: ReadBackKind
    docs: str = ""
    options: tuple[Option, ...] = ()

    def option(self, name: str) -> Option | None:
        """The option of that name, or None."""
        return next((option for option in self.options if option.name == name), None)


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
    and means nothing outside."""

    ordinal: int
    identity: str
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some members of one audience, all added or all removed; each ordinal and each identity once.

    `key` is the same when a batch is sent again, for tools that know idempotency keys.
    """

    audience: AudienceRef
    operation: Operation
    records: tuple[Record, ...]
    stamp: Stamp
    key: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """The tool said so, for this record: it is on the list now (or off it). Already there, or
    already gone, is accepted too."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The tool refuses this record for good. `reason` is for people and holds no address."""

    reason: str


@dataclass(frozen=True, slots=True)
class RetryAfter:
    """Not tried, or turned away unwritten. Nothing more is sent for `seconds` (0: at once)."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may or may not have been written: no answer, or one that makes no sense."""

    reason: str


Outcome = Accepted | Rejected | RetryAfter | Unknown


@dataclass(frozen=True, slots=True)
class Unverifiable:
    """The tool cannot be asked what it holds. `reason` says why, for people."""

    reason: str


@dataclass(frozen=True, slots=True)
class Observed:
    """What a tool holds. `identities` yields each external id once, in any order; reading it to
    the end means that the list was complete. `notes` are sentences on anything odd that was
    seen."""

    identities: Iterator[str]
    notes: Sequence[str] = ()


class Connector(Protocol):
    """One configured account of a tool. All methods may raise errors of `integrations.errors`."""

    def check(self) -> str:
        """Ask the tool whether it is there and knows us. Returns a sentence saying what answered;
        raises AuthError, ConfigError or TransientError. Writes nothing."""

    def ensure_audience(self, name: str, remembered_id: str) -> AudienceRef:
        """The list called `name`. With a remembered id: find exactly that one, or raise
        AudienceGone; never make it again. Without: find it by name, or make it."""

    def push(self, batch: Batch) -> Sequence[Outcome]:
        """Write one batch and return one outcome per record, in the order of `batch.records`.

        Must be idempotent: the same batch may come again. Raise PermanentError if the whole
        request was refused because of some record: it is then sent again in halves. Raise
        TransientError if nothing is known about any record; all then count as Unknown.
        """

    def read_back(self, audience: AudienceRef) -> Observed | Unverifiable:
        """What the list really holds now, ours and others'. Raises TransientError when the list
        could not be read to its end; never a part of it."""

    def seal(self, audience: AudienceRef, stamp: Stamp) -> None:
        """Called when all of a membership version has been acknowledged. A tool that keeps a note
        beside the list writes it; others do nothing."""

    def canonical(self, identity: str) -> str:
        """The form in which two identities of one member compare equal (`A@x` and `a@x`)."""
