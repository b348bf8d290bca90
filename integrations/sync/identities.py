"""What a tool knows our members by: a template over the customer's id and newest traits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pyroaring import BitMap

from catalogue import published
from integrations.errors import ConfigError
from integrations.models import SentIdentity

_FIELD = re.compile(r"\{([^{}]*)\}")
CUSTOMER_ID = "customer_id"
NOT_ALLOWED = "may no longer be sent to tools"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """`identities` by ordinal; `faults` says, by ordinal, why there is none."""

    identities: Mapping[int, str]
    faults: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Template:
    """`{customer_id}@example.org` or `{email}`: texts in braces are the id or a trait."""

    text: str

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_parts(self.text)[1::2]))

    @property
    def traits(self) -> tuple[str, ...]:
        """The traits it names. With none, an identity can never change."""
        return tuple(name for name in self.fields if name != CUSTOMER_ID)

    def check(self) -> None:
        """ConfigError unless every customer can get an identity of their own."""
        leftover = "".join(_parts(self.text)[::2])
        if not self.fields or "" in self.fields or "{" in leftover or "}" in leftover:
            raise ConfigError(
                f"The identity {self.text!r} names nobody: write {{customer_id}} or a trait in "
                "braces, such as {email} or {customer_id}@example.org."
            )

    def missing_in(self, values: Mapping[str, str]) -> list[str]:
        """The fields that cannot be filled from these values."""
        return [name for name in self.fields if not values.get(name)]

    def fill(self, values: Mapping[str, str]) -> str:
        texts = list(_parts(self.text))
        texts[1::2] = [values[name] for name in texts[1::2]]
        return "".join(texts)


@cache
def _parts(text: str) -> tuple[str, ...]:
    """What stands between fields, and the fields, by turns. One text is filled for everybody."""
    return tuple(_FIELD.split(text))


def values_of(
    people: published.Audience, members: BitMap, traits: Sequence[str], *, now: datetime
) -> dict[int, dict[str, str]]:
    """What templates are filled from: the customer's id and these traits at `now`, as texts, of
    those members who may be sent."""
    found = people.traits(traits, now=now, some=members) if traits else {}
    return {
        ordinal: {CUSTOMER_ID: customer_id, **_texts(found.get(ordinal, {}))}
        for ordinal, customer_id in people.ids(members)
    }


def name_members(
    people: published.Audience, members: BitMap, template: Template, *, now: datetime
) -> Named:
    """The identities that `members` have at `now`, for sending them."""
    values = values_of(people, members, template.traits, now=now)
    identities: dict[int, str] = {}
    faults = dict.fromkeys(members - BitMap(values), NOT_ALLOWED)
    for ordinal, known in values.items():
        missing = template.missing_in(known)
        if missing:
            faults[ordinal] = lacks(missing)
        else:
            identities[ordinal] = template.fill(known)
    return Named(identities=identities, faults=faults)


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value).strip() for name, value in values.items() if value is not None}


def lacks(missing: Sequence[str]) -> str:
    """Why somebody cannot be sent who has none of these."""
    return f"has no {' and no '.join(missing)}"


def name_sent(audience_id: int, members: BitMap, template: Template) -> dict[int, str]:
    """The identities under which `members` were sent. Without traits in the template these are
    computed, for then they cannot have changed; else they were kept."""
    if not template.traits:
        sent = published.already_sent(members)
        return {ordinal: template.fill({CUSTOMER_ID: name}) for ordinal, name in sent}
    if not members:
        return {}
    # A range, so that a piece of a long list is found without reading the list.
    among = {"ordinal__gte": members.min(), "ordinal__lte": members.max()}
    rows = SentIdentity.objects.filter(audience_id=audience_id, **among)
    kept = rows.values_list("ordinal", "identity")
    return {ordinal: identity for ordinal, identity in kept if ordinal in members}


def hashed(identity: str) -> str:
    """An identity to compare with later, without keeping it."""
    return hashlib.sha256(identity.encode()).hexdigest()
