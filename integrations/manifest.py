"""What `manifest.toml` says about a connector, typed and checked."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from integrations.errors import ConfigError
from integrations.quality import Rule, read_rules

# What may be written to a contact or a membership about its segment (`[fields]` of a manifest).
SEGMENT_FIELDS = ("segment_key", "segment_name", "why", "message", "entered_at", "goal_state")
# What a destination may do with a list (`modes` of a manifest).
MODES = ("managed", "mirror", "additive", "enrich")
FUNCTIONS = ("marketing", "sales", "customer success", "any")


class Operation(StrEnum):
    """What is done with the records of a batch. A batch holds one kind only, so that one request
    never holds an add and a remove of one member. ENRICH writes fields of contacts that are there,
    and neither makes contacts nor touches a list."""

    ADD = "add"
    REMOVE = "remove"
    ENRICH = "enrich"


class Mode(StrEnum):
    """How a tool is written to. DELTA: who comes and who goes is sent. REPLACE: its list is only
    ever written as a whole, so a connector reads, merges and writes. ATTRIBUTE: being on the list
    is a tag or field of the contact."""

    DELTA = "delta"
    REPLACE = "replace"
    ATTRIBUTE = "attribute"


class ReadBackKind(StrEnum):
    """Whether a tool can be asked what it holds: every member, their number, or nothing."""

    FULL = "full"
    COUNT = "count"
    NONE = "none"


class Answering(StrEnum):
    """When a tool says what became of a request: in its answer, or in a job asked after later."""

    AT_ONCE = "at once"
    JOB = "job"


class Members(StrEnum):
    """What `read_back` names members by: what we know them by, or the tool's own id of them."""

    IDENTITY = "identity"
    REMOTE_ID = "remote id"


class Known(StrEnum):
    """How far a number can be trusted: the vendor's own page, somebody's account, or neither."""

    DOCUMENTED = "documented"
    REPORTED = "reported"
    GUESSED = "guessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a limit comes from: an address or a sentence, and how far it can be trusted."""

    text: str = ""
    known: Known = Known.GUESSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing a person says to set up a destination. A secret is never kept in clear: its value
    is a reference, `env:NAME` or `file:PATH`, or it is kept encrypted. `address` says where secrets
    are sent: whoever changes it on a page gives them anew. `lines`: it may have several lines."""

    name: str
    help: str
    secret: bool = False
    address: bool = False
    lines: bool = False
    required: bool = True
    default: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one request may hold: `records`, and `bytes` of identities in UTF-8. `batch` is
    the most records that one claim covers, sent in several requests; 0 is one request's."""

    records: int
    bytes: int
    batch: int = 0
    source: Source = Source()

    @property
    def claimed(self) -> int:
        """The most records of one batch."""
        return max(self.batch, self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a tool lets us ask: `requests` in each `seconds` (0: not limited), `concurrency` at
    once. `alone`: the tool counts open connections, so only one worker speaks to it at a time."""

    requests: int = 0
    seconds: float = 1.0
    concurrency: int = 1
    alone: bool = False
    source: Source = Source()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactField:
    """What a contact is made with. `template` fills it from the customer (`{email}`); `required`:
    who has none is not sent."""

    name: str
    template: str
    help: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a connector is and can do.

    `name` is the folder. `function` is who works with the tool (one of FUNCTIONS), `audience` the
    word for a list over there, `identity` the template of what a record is known by
    (`{customer_id}`, or `{trait}` of any trait), used unless the destination's option `identity`
    says otherwise. `members` says what read-backs name people by. `fields_are_shared`: a field is
    the contact's, so all segments that are mapped to it write to the same one. `contact` and
    `fields` become options `contact_…` (a template) and `field_…` (the field of the tool that it is
    written to; blank: not written). `modes` are those of MODES that a destination may be kept in.
    """

    name: str
    title: str
    function: str
    audience: str
    mode: Mode
    identity: str
    limits: Limits
    read_back: ReadBackKind
    rate: Rate = Rate()
    answers: Answering = Answering.AT_ONCE
    members: Members = Members.IDENTITY
    contacts_must_exist: bool = False
    fields_are_shared: bool = True
    modes: tuple[str, ...] = ("managed", "mirror", "additive")
    docs: str = ""
    contact: tuple[ContactField, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    quality: Mapping[str, Rule] = field(default_factory=dict)
    options: tuple[Option, ...] = ()

    @property
    def works_for(self) -> str:
        """Who works with the tool, for people."""
        return "any function" if self.function == "any" else self.function

    def option(self, name: str) -> Option | None:
        """The option of that name, or None."""
        return next((option for option in self.options if option.name == name), None)


def read_manifest(path: Path) -> Manifest:
    """One manifest.toml as a Manifest; ConfigError says what is wrong with the file."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return _manifest(path.parent.name, data)
    except (KeyError, TypeError, ValueError) as fault:
        raise ConfigError(f"{path} is not a connector's manifest: {fault!r}.") from fault


def _manifest(name: str, data: dict[str, Any]) -> Manifest:
    contact = tuple(_contact(one, about) for one, about in data.pop("contact", {}).items())
    fields = {_one_of(SEGMENT_FIELDS, one): str(to) for one, to in data.pop("fields", {}).items()}
    own = [Option(name=one, **about) for one, about in data.pop("options", {}).items()]
    return Manifest(
        name=name,
        function=_one_of(FUNCTIONS, data.pop("function")),
        mode=Mode(data.pop("mode")),
        limits=_sourced(Limits, data.pop("limits")),
        rate=_sourced(Rate, data.pop("rate", {})),
        read_back=ReadBackKind(data.pop("read_back")),
        answers=Answering(data.pop("answers", Answering.AT_ONCE)),
        members=Members(data.pop("members", Members.IDENTITY)),
        modes=tuple(_one_of(MODES, one) for one in data.pop("modes", MODES[:3])),
        quality=read_rules(data.pop("quality", {})),
        contact=contact,
        fields=fields,
        options=(*own, *map(_contact_option, contact), *map(_field_option, fields.items())),
        **data,
    )


def _contact(name: str, about: dict[str, Any]) -> ContactField:
    return ContactField(name=name, **about)


def _contact_option(contact: ContactField) -> Option:
    what = contact.help or f"what a contact's {contact.name} is filled from"
    return Option(
        name=f"contact_{contact.name}",
        help=f"{what}: a template of traits in braces; blank is not sent",
        required=contact.required,
        default=contact.template,
    )


def _field_option(about: tuple[str, str]) -> Option:
    name, default = about
    return Option(
        name=f"field_{name}",
        help=f"the field that the {name.replace('_', ' ')} is written to; {{segment}} in its name"
        " is the segment's key; blank is not written",
        required=False,
        default=default,
    )


Sourced = TypeVar("Sourced", Limits, Rate)


def _sourced(kind: type[Sourced], about: dict[str, Any]) -> Sourced:
    own = dict(about)
    source = Source(text=own.pop("source", ""), known=Known(own.pop("known", Known.GUESSED)))
    return kind(source=source, **own)


def _one_of(allowed: tuple[str, ...], text: str) -> str:
    if text not in allowed:
        raise ValueError(f"{text!r} is none of {', '.join(allowed)}")
    return text
