"""What there is to choose from: traits, events with their properties, segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue.definitions.english.wording import Labels, capitalised
from catalogue.definitions.nodes import Subject
from catalogue.definitions.paths import read_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One entry. `name` is as a definition writes it, a name with a dot in quotes; `type` is that
    of the dictionary, "" where it has none."""

    name: str
    label: str
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """`traits` of customers, and `account_traits`; `properties`: event → its properties; `segments`
    of customers, and `account_segments`: key → name."""

    traits: tuple[Word, ...] = ()
    account_traits: tuple[Word, ...] = ()
    events: tuple[Word, ...] = ()
    properties: Mapping[str, tuple[Word, ...]] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)
    account_segments: Mapping[str, str] = field(default_factory=dict)

    def traits_of(self, subject: Subject) -> tuple[Word, ...]:
        """What can be asked of customers, or of accounts."""
        return self.account_traits if subject == "account" else self.traits

    def segments_of(self, subject: Subject) -> Mapping[str, str]:
        """The segments that hold customers, or accounts."""
        return self.account_segments if subject == "account" else self.segments

    def trait_type(self, name: str, subject: Subject = "customer") -> str:
        """The type of a trait; "" when nothing is known of it, as of what lies in an object."""
        return _type(self.traits_of(subject), name)

    def property_type(self, event: str, name: str) -> str:
        """The same of a property of an event."""
        return _type(self.properties.get(event, ()), name)

    def labels(self) -> Labels:
        """The names people gave, as English sentences want them."""
        return Labels(
            traits=_labels(self.traits),
            account_traits=_labels(self.account_traits),
            events={word.name: word.label for word in self.events},
            properties={
                name: label
                for words in self.properties.values()
                for name, label in _labels(words).items()
            },
            segments={**self.segments, **self.account_segments},
        )


def _type(words: tuple[Word, ...], name: str) -> str:
    return next((word.type for word in words if word.name == name), "")


def _labels(words: tuple[Word, ...]) -> dict[str, str]:
    # Only what people called differently: other names are worded by their place in the sentence.
    found = {(read_path(word.name) or (word.name,))[0]: word.label for word in words}
    return {name: label for name, label in found.items() if label != capitalised(name)}
