"""What a tool knows our members by: a template over the customer's id and newest traits."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from pyroaring import BitMap

from catalogue import published
from integrations.errors import ConfigError

_FIELD = re.compile(r"\{([^{}]*)\}")
CUSTOMER_ID = "customer_id"


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
        return tuple(dict.fromkeys(_FIELD.findall(self.text)))

    @property
    def traits(self) -> tuple[str, ...]:
        """The traits it names. With none, an identity can never change."""
        return tuple(name for name in self.fields if name != CUSTOMER_ID)

    def check(self) -> None:
        """ConfigError unless every customer can get an identity of their own."""
        leftover = _FIELD.sub("", self.text)
        if not self.fields or "" in self.fields or "{" in leftover or "}" in leftover:
            raise ConfigError(
                f"The identity {self.text!r} names nobody: write {{customer_id}} or a trait in "
                "braces, such as {email} or {customer_id}@example.org."
            )

    def fill(self, values: Mapping[str, str]) -> str:
        return _FIELD.sub(lambda field: values[field[1]], self.text)


def name_members(people: published.Audience, ordinals: BitMap, template: Template) -> Named:
    """The identities of `ordinals`, computed from the newest data."""
    traits = people.traits_of(ordinals, template.traits) if template.traits else {}
    identities: dict[int, str] = {}
    faults: dict[int, str] = {}
    for ordinal, customer_id in people.ids(ordinals):
        values = {CUSTOMER_ID: customer_id}
        missing = _fill_traits(values, traits, template.traits, ordinal)
        if missing:
            faults[ordinal] = f"has no {missing}"
        else:
            identities[ordinal] = template.fill(values)
    for ordinal in ordinals:
        if ordinal not in identities and ordinal not in faults:
            faults[ordinal] = "is no longer known to the catalogue"
    return Named(identities=identities, faults=faults)


def _fill_traits(
    values: dict[str, str],
    traits: Mapping[str, Mapping[int, object]],
    names: tuple[str, ...],
    ordinal: int,
) -> str | None:
    for name in names:
        value = traits.get(name, {}).get(ordinal)
        if value is None or str(value).strip() == "":
            return name
        values[name] = str(value).strip()
    return None


def hashed(identity: str) -> str:
    """An identity to compare with later, without keeping it."""
    return hashlib.sha256(identity.encode()).hexdigest()
