"""How the value of a trait is written on a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.english.wording import capitalised
from catalogue.models import ValueType
from catalogue.published.customers import TraitSaid

# Of a longer text the rest is cut; the whole is in the data.
LONGEST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTrait:
    """A trait in words: `moment` is its value where that is an instant, else `text` is; both are
    empty of an unknown one. `type` is as the dictionary says it, "" where it does not."""

    name: str
    label: str
    type: str
    text: str
    moment: datetime | None
    since: datetime | None

    @property
    def is_known(self) -> bool:
        """Whether there is a value now."""
        return bool(self.moment or self.text)


def shown_traits(traits: Iterable[TraitSaid]) -> list[ShownTrait]:
    """The traits in the order of their labels."""
    shown = (
        ShownTrait(
            name=one.name,
            label=one.label or capitalised(one.name),
            type=ValueType(one.type).label if one.type else "",
            text="" if one.value is None or isinstance(one.value, datetime) else said(one.value),
            moment=one.value if isinstance(one.value, datetime) else None,
            since=one.since,
        )
        for one in traits
    )
    return sorted(shown, key=lambda one: one.label.casefold())


def said(value: object) -> str:
    """A value in words: numbers digit by digit, yes and no, lists with commas, objects as JSON. An
    empty text is said to be one."""
    if isinstance(value, list) and value and not any(isinstance(one, list | dict) for one in value):
        text = ", ".join(said(one) for one in value)
    elif isinstance(value, list | dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = _said_plain(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _said_plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if value == "":
        return "an empty text"
    return "nothing" if value is None else str(value)
