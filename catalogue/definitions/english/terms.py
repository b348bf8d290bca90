"""One operator on a trait or property."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from catalogue.definitions.english.windows import say_date_within
from catalogue.definitions.english.wording import Plural, Wording
from catalogue.definitions.nodes import Trait
from catalogue.definitions.terms import Operator, Term

# Negative operators are true of what nobody knows, and say so.
ONE_VALUE: Mapping[Operator, str] = {
    Operator.IS: "{name} is {value}",
    Operator.IS_NOT: "{name} is not {value} (or is unknown)",
    Operator.GT: "{name} is more than {value}",
    Operator.GTE: "{name} is at least {value}",
    Operator.LT: "{name} is less than {value}",
    Operator.LTE: "{name} is at most {value}",
}
TEXTS: Mapping[Operator, str] = {
    Operator.CONTAINS: "{name} contains {value}",
    Operator.NOT_CONTAINS: "{name} does not contain {value} (or is unknown)",
    Operator.STARTS_WITH: "{name} starts with {value}",
    Operator.NOT_STARTS_WITH: "{name} does not start with {value} (or is unknown)",
    Operator.ENDS_WITH: "{name} ends with {value}",
    Operator.NOT_ENDS_WITH: "{name} does not end with {value} (or is unknown)",
    Operator.MATCHES: "{name} matches the pattern {value}",
    Operator.NOT_MATCHES: "{name} does not match the pattern {value} (or is unknown)",
}
RANGES: Mapping[Operator, str] = {
    Operator.BETWEEN: "{name} is between {low} and {high}",
    Operator.NOT_BETWEEN: "{name} is not between {low} and {high} (or is unknown)",
}
LISTS: Mapping[Operator, Plural] = {
    Operator.IN: ("{name} is {values}", "{name} is one of {values}"),
    Operator.NOT_IN: (
        "{name} is not {values} (or is unknown)",
        "{name} is none of {values} (or is unknown)",
    ),
    Operator.HAS_ANY: ("{name} has {values}", "{name} has any of {values}"),
    Operator.HAS_ALL: ("{name} has {values}", "{name} has all of {values}"),
    Operator.HAS_NONE: (
        "{name} does not have {values} (or is unknown)",
        "{name} has none of {values} (or is unknown)",
    ),
}
FLAGS: Mapping[tuple[Operator, bool], str] = {
    (Operator.IS_SET, True): "{name} is known",
    (Operator.IS_SET, False): "{name} is unknown",
    (Operator.IS_EMPTY, True): "{name} is empty or unknown",
    (Operator.IS_EMPTY, False): "{name} is known and not empty",
}
DATES: Mapping[Operator, str] = {
    Operator.BEFORE: "{name} is before {date}",
    Operator.AFTER: "{name} is after {date}",
    Operator.ANNIVERSARY_ON: "{name} has its anniversary on {date}",
}
WORDS: Mapping[Operator, str] = {
    Operator.ON: "{name} is {date}",
    Operator.ANNIVERSARY_ON: "{name} has its anniversary {date}",
}
ON = "{name} is on {date}"
ANNIVERSARY_IN_NEXT = "{name} has its anniversary in the next {duration}"
ITEM = "{name} has an element where {terms}"

Speaker = Callable[[str, Operator, Any, Wording], str]


def _one_value(name: str, operator: Operator, operand: Any, wording: Wording) -> str:
    return wording.say(ONE_VALUE[operator], name=name, value=wording.value(operand))


def _text(name: str, operator: Operator, operand: Any, wording: Wording) -> str:
    return wording.say(TEXTS[operator], name=name, value=wording.quoted(operand))


def _range(name: str, operator: Operator, operand: Any, wording: Wording) -> str:
    low, high = map(wording.number, operand)
    return wording.say(RANGES[operator], name=name, low=low, high=high)


def _list(name: str, operator: Operator, operand: Any, wording: Wording) -> str:
    values = [wording.value(value) for value in operand]
    join = wording.both if operator is Operator.HAS_ALL else wording.either
    return wording.say_count(LISTS[operator], len(values), name=name, values=join(values))


def _flag(name: str, operator: Operator, operand: Any, wording: Wording) -> str:
    return wording.say(FLAGS[operator, operand], name=name)


def _date(name: str, operator: Operator, operand: Any, wording: Wording) -> str:
    message = WORDS.get(operator) if operand.word else None
    if message is None:
        message = ON if operator is Operator.ON else DATES[operator]
    return wording.say(message, name=name, date=wording.date(operand))


def _within(name: str, _: Operator, operand: Any, wording: Wording) -> str:
    return say_date_within(name, operand, wording)


def _anniversary(name: str, _: Operator, operand: Any, wording: Wording) -> str:
    return wording.say(ANNIVERSARY_IN_NEXT, name=name, duration=wording.duration(operand))


def _item(name: str, _: Operator, operand: Any, wording: Wording) -> str:
    return wording.say(ITEM, name=name, terms=say_terms(operand, wording))


SPEAKERS: Mapping[Operator, Speaker] = {
    **dict.fromkeys(ONE_VALUE, _one_value),
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(RANGES, _range),
    **dict.fromkeys(LISTS, _list),
    Operator.IS_SET: _flag,
    Operator.IS_EMPTY: _flag,
    Operator.ITEM: _item,
    Operator.ON: _date,
    **dict.fromkeys(DATES, _date),
    Operator.WITHIN: _within,
    Operator.ANNIVERSARY_IN_NEXT: _anniversary,
}


def say_trait(node: Trait, wording: Wording) -> str:
    """A condition on a trait: `Country is not DE (or is unknown)`."""
    return say_term(node.term, wording.trait(node.term.path), wording)


def say_terms(found: tuple[Term, ...], wording: Wording) -> str:
    """Terms on one event or element: `format is pdf and size is more than 3`."""
    whole = replace(wording, longest_list=None)
    return whole.both([say_term(term, wording.prop(term.path), wording) for term in found])


def say_term(term: Term, name: str, wording: Wording) -> str:
    """One operator on what is called `name`."""
    return SPEAKERS[term.operator](name, term.operator, term.operand, wording)
