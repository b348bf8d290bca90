"""What Mailchimp answers, read strictly: whatever is not as documented is no answer at all.

https://mailchimp.com/developer/marketing/api/lists/ and …/list-segments/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.errors import ConfigError, IntegrationError, PermanentError
from integrations.http import Reply, asked_to_wait


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A segment of an audience. Those of kind "static" are tags, and can be written to; those of
    kind "saved" and "fuzzy" are conditions."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A contact of an audience: its address in small letters, its `status`, and the ids of the
    static segments it is in, as far as the answer told."""

    address: str
    status: str
    segments: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an answer about many said: the members it was done for, and why it was not for others.
    Both by address in small letters; who is in neither was passed over."""

    members: Mapping[str, Member]
    refused: Mapping[str, str]


def judge(reply: Reply) -> IntegrationError | None:
    """Too many connections come as 429, or as a 403 that is no problem document at all."""
    if reply.status != 403 or _problem(reply):
        return None
    return asked_to_wait(reply)


def small(address: str) -> str:
    """An address as Mailchimp compares it."""
    return address.strip().lower()


def expect(reply: Reply, *keys: str) -> dict[str, Any]:
    """The answer as an object with these keys. PermanentError for refusals."""
    if reply.status >= 400:
        raise refusal(reply)
    said = reply.json() if reply.status == 200 else None
    if not isinstance(said, dict) or any(key not in said for key in keys):
        raise reply.senseless("Mailchimp's answer makes no sense.")
    return said


def refusal(reply: Reply) -> PermanentError:
    """A refusal in Mailchimp's own words."""
    said = _problem(reply)
    places = [
        f"{fault.get('field', '')}: {fault.get('message', '')}"
        for fault in said.get("errors") or ()
        if isinstance(fault, dict)
    ]
    words = " ".join([str(said.get("detail") or said.get("title") or reply.status), *places[:1]])
    return reply.refused(f"Mailchimp refuses: {words.rstrip('.')}.")


def rows(reply: Reply, said: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The list of objects under `key`."""
    found = said.get(key)
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise reply.senseless(f"Mailchimp's {key} make no sense.")
    return found


def count(reply: Reply, said: Mapping[str, Any], key: str) -> int:
    """The number under `key`."""
    found = said.get(key)
    if not isinstance(found, int):
        raise reply.senseless(f"Mailchimp's {key} makes no sense.")
    return found


def segment(reply: Reply, row: Mapping[str, Any]) -> Segment:
    """One segment."""
    number, name, kind = row.get("id"), row.get("name"), row.get("type")
    if not isinstance(number, int) or not isinstance(name, str) or not isinstance(kind, str):
        raise reply.senseless("Mailchimp's segment makes no sense.")
    return Segment(id=str(number), name=name, kind=kind)


def member(reply: Reply, row: Mapping[str, Any]) -> Member:
    """One contact; without `tags` it is in no segment that we know of."""
    address, status, tags = row.get("email_address"), row.get("status"), row.get("tags", [])
    if not isinstance(address, str) or not isinstance(status, str) or not isinstance(tags, list):
        raise reply.senseless("Mailchimp's contact makes no sense.")
    ids = frozenset(str(tag.get("id")) for tag in tags if isinstance(tag, dict))
    return Member(address=small(address), status=status, segments=ids)


def told(reply: Reply, *, done: Iterable[str]) -> Told:
    """An answer about many, whose lists under `done` name those it was done for."""
    said = expect(reply, "errors", *done)
    members = [member(reply, row) for key in done for row in rows(reply, said, key)]
    refused: dict[str, str] = {}
    for row in rows(reply, said, "errors"):
        # Contacts come alone, members of a segment several at once.
        addresses = row.get("email_addresses", [row.get("email_address")])
        if not isinstance(addresses, list):
            raise reply.senseless("Mailchimp's errors make no sense.")
        refused |= {small(str(address)): str(row.get("error", "")) for address in addresses}
    return Told(members={one.address: one for one in members}, refused=refused)


def no_such_list(list_id: str, reply: Reply) -> ConfigError:
    """The audience that the destination names is not there."""
    return ConfigError(
        f"Mailchimp has no audience {list_id}. Its id stands in Audience, Settings, Audience ID.",
        **reply.story(),
    )


def _problem(reply: Reply) -> dict[str, Any]:
    try:
        said = reply.json()
    except IntegrationError:
        return {}
    return said if isinstance(said, dict) else {}
