"""The dictionary as lines of tables, and one entry with everything known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.english.wording import capitalised
from catalogue.models import EventEntry, PropertyEntry, TraitEntry, ValueType
from catalogue.segments.queries.uses import Use, Uses

CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What most values are, in words ("" while there are none), and whether a person said so."""

    word: str
    is_stated: bool
    inferred: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TraitLine:
    """A trait. `missing` is the share of customers (of accounts) without a value in the newest
    photo, None while it is not known; `uses` are the segments that look at it."""

    id: int
    name: str
    subject: str
    label: str
    meaning: str
    type: Typed
    missing: float | None
    first_seen_at: datetime
    uses: tuple[Use, ...]

    @property
    def is_unused(self) -> bool:
        """Whether no segment looks at it."""
        return not self.uses

    @property
    def is_of_customers(self) -> bool:
        """Whether it is one of customers, not of accounts."""
        return self.subject == CUSTOMER


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event. `count` is how many were taken in, `last_at` when the newest of them happened;
    `goals` are the segments whose goal it is."""

    id: int
    name: str
    label: str
    meaning: str
    count: int
    last_at: datetime | None
    first_seen_at: datetime
    uses: tuple[Use, ...]
    goals: tuple[Use, ...]

    @property
    def is_unused(self) -> bool:
        """Whether no segment looks at it, nor aims at it."""
        return not self.uses and not self.goals


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyLine:
    """A property of an event."""

    id: int
    name: str
    label: str
    meaning: str
    type: Typed


def trait_line(entry: TraitEntry, uses: Uses) -> TraitLine:
    """One trait."""
    return TraitLine(
        id=entry.pk,
        name=entry.name,
        subject=entry.subject,
        label=entry.label or capitalised(entry.name),
        meaning=entry.description,
        type=typed(entry),
        missing=entry.null_share,
        first_seen_at=entry.first_seen_at,
        uses=tuple(uses.of_trait(entry.name, entry.subject)),
    )


def event_line(entry: EventEntry, uses: Uses) -> EventLine:
    """One event."""
    return EventLine(
        id=entry.pk,
        name=entry.name,
        label=entry.label or capitalised(entry.name),
        meaning=entry.description,
        count=entry.event_count,
        last_at=entry.last_at,
        first_seen_at=entry.first_seen_at,
        uses=tuple(uses.of_event(entry.name)),
        goals=tuple(uses.of_goal(entry.name)),
    )


def property_line(entry: PropertyEntry) -> PropertyLine:
    """One property."""
    return PropertyLine(
        id=entry.pk,
        name=entry.name,
        label=entry.label or capitalised(entry.name),
        meaning=entry.description,
        type=typed(entry),
    )


def trait_lines(entries: Iterable[TraitEntry], uses: Uses) -> list[TraitLine]:
    """Traits as they are read: by what people call them."""
    lines = [trait_line(entry, uses) for entry in entries]
    return sorted(lines, key=lambda line: (line.label.casefold(), line.subject, line.name))


def event_lines(entries: Iterable[EventEntry], uses: Uses) -> list[EventLine]:
    """Events as they are read: by what people call them."""
    lines = [event_line(entry, uses) for entry in entries]
    return sorted(lines, key=lambda line: (line.label.casefold(), line.name))


def property_lines(entries: Iterable[PropertyEntry]) -> list[PropertyLine]:
    """Properties as they are read: by what people call them."""
    lines = [property_line(entry) for entry in entries]
    return sorted(lines, key=lambda line: (line.label.casefold(), line.name))


def typed(entry: TraitEntry | PropertyEntry) -> Typed:
    """The type of an entry, for people."""
    return Typed(
        word=_word(entry.type),
        is_stated=bool(entry.stated_type),
        inferred=_word(entry.inferred_type),
    )


def _word(type_: str) -> str:
    return str(ValueType(type_).label) if type_ in ValueType.values else ""
