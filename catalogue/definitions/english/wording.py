"""Names, values, dates and lists as people write them, and how a message is filled in."""

from __future__ import annotations

import gettext
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Self

from catalogue.definitions.spans import DateLiteral, Duration
from catalogue.definitions.terms import Path, Scalar

# A message whose wording depends on a number: the singular, the plural.
Plural = tuple[str, str]

MONTHS = (
    "{day} January {year}",
    "{day} February {year}",
    "{day} March {year}",
    "{day} April {year}",
    "{day} May {year}",
    "{day} June {year}",
    "{day} July {year}",
    "{day} August {year}",
    "{day} September {year}",
    "{day} October {year}",
    "{day} November {year}",
    "{day} December {year}",
)
UNITS: Mapping[str, Plural] = {
    "second": ("{count} second", "{count} seconds"),
    "minute": ("{count} minute", "{count} minutes"),
    "hour": ("{count} hour", "{count} hours"),
    "day": ("{count} day", "{count} days"),
    "week": ("{count} week", "{count} weeks"),
    "month": ("{count} month", "{count} months"),
    "quarter": ("{count} quarter", "{count} quarters"),
    "year": ("{count} year", "{count} years"),
}
LISTED_ON_ONE_LINE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names people gave to traits of customers and of accounts, to events, properties and segment
    keys. A name without a label is
    shown as words: `report_exported` is Report exported."""

    traits: Mapping[str, str] = field(default_factory=dict)
    account_traits: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    segments: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How to say things: in which language, with which labels, how many values of a list, and
    about whom: customers or accounts."""

    labels: Labels = field(default_factory=Labels)
    translations: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    longest_list: int | None = None
    about: Literal["customer", "account"] = "customer"

    def short(self) -> Self:
        """The wording for one line, in which long lists are cut."""
        return replace(self, longest_list=LISTED_ON_ONE_LINE)

    def of(self, about: Literal["customer", "account"]) -> Self:
        """The wording for what is said about customers, or about accounts."""
        return replace(self, about=about)

    def say(self, message: str, **fields: object) -> str:
        """A message with its placeholders filled."""
        return self.translations.gettext(message).format(**fields)

    def say_count(self, plural: Plural, count: float, **fields: object) -> str:
        """A message in the form its number needs."""
        # Halves are many, and so is 1 500: only exactly one is one.
        form = int(count) if float(count).is_integer() else 2
        message = self.translations.ngettext(*plural, form)
        return message.format(count=self.number(count), **fields)

    def number(self, value: float) -> str:
        """A number as it would be written in the file."""
        return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)

    def value(self, value: Scalar) -> str:
        """Text as it is, numbers, true and false."""
        if isinstance(value, bool):
            return self.say("true") if value else self.say("false")
        if isinstance(value, str):
            return value if value and value == value.strip() else self.quoted(value)
        return self.number(value)

    def quoted(self, text: str) -> str:
        """Text in quotation marks."""
        return self.say("“{text}”", text=text)

    def either(self, parts: Sequence[str]) -> str:
        """`a, b or c`"""
        return self._joined(parts, "{first}, {second}", "{first} or {second}")

    def both(self, parts: Sequence[str]) -> str:
        """`a, b and c`"""
        return self._joined(parts, "{first}, {second}", "{first} and {second}")

    def _joined(self, parts: Sequence[str], between: str, last: str) -> str:
        limit = self.longest_list
        if limit is not None and len(parts) > limit:
            rest = len(parts) - limit
            more = self.say_count(("{count} more", "{count} more"), rest)
            parts = [*parts[:limit], more]
        joined = parts[0]
        for position, part in enumerate(parts[1:], start=2):
            message = last if position == len(parts) else between
            joined = self.say(message, first=joined, second=part)
        return joined

    def trait(self, path: Path) -> str:
        """A trait's label, as the beginning of a sentence."""
        of_accounts = self.about == "account"
        labels = self.labels.account_traits if of_accounts else self.labels.traits
        return self._path(path, labels.get(path[0]) or capitalised(path[0]))

    def prop(self, path: Path) -> str:
        """A property's label, in the middle of a sentence."""
        return self._path(path, self.labels.properties.get(path[0]) or as_words(path[0]))

    def _path(self, path: Path, first: str) -> str:
        return " › ".join([first, *(as_words(name) for name in path[1:])])

    def event(self, name: str) -> str:
        """An event's label in quotation marks."""
        return self.quoted(self.labels.events.get(name) or capitalised(name))

    def segment(self, key: str) -> str:
        """A segment's name in quotation marks."""
        return self.quoted(self.labels.segments.get(key) or capitalised(key))

    def duration(self, duration: Duration) -> str:
        """`30 days`"""
        return self.say_count(UNITS[duration.unit], duration.count)

    def day(self, day: date) -> str:
        """`18 March 2026`"""
        return self.say(MONTHS[day.month - 1], day=day.day, year=day.year)

    def date(self, literal: DateLiteral) -> str:
        """A day, a time, or today, yesterday, tomorrow."""
        if literal.word is not None:
            return self.say(literal.word)
        if literal.day is not None:
            return self.day(literal.day)
        if literal.local is not None:
            return self._time("{day}, {time}", literal.local)
        if literal.instant is None:
            raise ValueError("an empty date literal")
        return self._time("{day}, {time} UTC", literal.instant)

    def _time(self, message: str, moment: datetime) -> str:
        clock = moment.time().replace(tzinfo=None)
        text = clock.isoformat("auto" if clock.second or clock.microsecond else "minutes")
        return self.say(message, day=self.day(moment.date()), time=text)


def as_words(name: str) -> str:
    """A name as words: underscores, and hyphens of keys, are blanks."""
    return name.replace("_", " ").replace("-", " ").strip() or name


def capitalised(name: str) -> str:
    """A name as words, the first letter large; other large letters stay."""
    words = as_words(name)
    return words[:1].upper() + words[1:]
