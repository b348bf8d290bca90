"""Answers about hundreds of contacts: much text, of which little is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from integrations.connectors.mailchimp.answers import Member, expect, member, rows, small
from integrations.http import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an answer about many said: the members it was done for, and why it was not for others.
    Both by address in small letters; who is in neither was passed over."""

    members: Mapping[str, Member]
    refused: Mapping[str, str]


class _Contact(msgspec.Struct):
    email_address: str
    status: str
    tags: list[Any] = []


class _Many(msgspec.Struct):
    """The parts that are looked at; the lists are those of different requests."""

    errors: list[dict[str, Any]]
    new_members: list[_Contact] | None = None
    updated_members: list[_Contact] | None = None
    members_added: list[_Contact] | None = None
    members_removed: list[_Contact] | None = None


_MANY = msgspec.json.Decoder(_Many)


def told(reply: Reply, *, done: Sequence[str]) -> Told:
    """An answer about many, whose lists under `done` name those it was done for."""
    members, errors = _at_once(reply, done) or _strictly(reply, done)
    refused: dict[str, str] = {}
    for row in errors:
        # Contacts come alone, members of a segment several at once.
        addresses = row.get("email_addresses", [row.get("email_address")])
        if not isinstance(addresses, list):
            raise reply.senseless("Mailchimp's errors make no sense.")
        refused |= {small(str(address)): str(row.get("error", "")) for address in addresses}
    return Told(members={one.address: one for one in members}, refused=refused)


def _at_once(reply: Reply, done: Sequence[str]) -> tuple[list[Member], list[dict[str, Any]]] | None:
    """The members and the errors, only what is looked at decoded; None for an answer that is not
    entirely as documented."""
    if reply.status != 200:
        return None
    try:
        said = _MANY.decode(reply.text)
    except msgspec.DecodeError:
        return None
    lists: list[list[_Contact] | None] = [getattr(said, name) for name in done]
    if None in lists:
        return None
    found = (one for some in lists for one in some or ())
    return [Member(small(one.email_address), one.status, one.tags) for one in found], said.errors


def _strictly(reply: Reply, done: Sequence[str]) -> tuple[list[Member], list[dict[str, Any]]]:
    """The same, with what is wrong told; slower by half."""
    said = expect(reply, "errors", *done)
    members = [member(reply, row) for key in done for row in rows(reply, said, key)]
    return members, rows(reply, said, "errors")
