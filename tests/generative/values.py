"""Values of every type, as traits and properties may hold them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from random import Random

from tests.generative.moments import Moment, date_value, instant

TEXTS = ["pro", "Pro", "pro plan", "free", "", "12", "012", "12.0", "1e+1", "-3", "true", "x%_y"]
NUMBERS = [12, 0, 1, -3, 12.5, 2, 0.1, 0.3, 10, 100]
SCALARS = [*TEXTS, *NUMBERS, True, False]
ODD: list[object] = [
    *("É é", "ΣΑΣ", "İstanbul", "a\\b'\"", "1e+999", "٣", " 12", "2026-13-45", "🧊", "1.5e3"),
    *(1e19, 1e-7, 0.0000005, -0.0000005, 9007199254740993, -0.0, 0.30000000000000004),
]
NOTHING = [None, float("nan"), float("inf"), float("-inf")]
TYPES = ("text", "number", "boolean", "instant", "list", "object", "missing")
# What most values of one trait or property are; the rest is anything.
THEMES = ("texts", "numbers", "dates", "lists", "items", "objects")


def type_of(value: object) -> str:
    """The type of a value, as coverage counts it."""
    if value is None or (isinstance(value, float) and value - value != 0):
        return "missing"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, Mapping):
        return "object"
    names = {str: "text", int: "number", float: "number", datetime: "instant", list: "list"}
    return names[type(value)]


def any_value(rng: Random, moment: Moment) -> object:
    """A value of any type."""
    fate = rng.randrange(8)
    if fate == 0:
        return rng.choice(ODD)
    if fate == 1:
        return rng.choice(NOTHING)
    if fate == 2:
        return rng.choice([True, False, instant(rng, moment)])
    return themed_value(rng, moment, rng.choice(THEMES))


def themed_value(rng: Random, moment: Moment, theme: str) -> object:
    """A value that fits the theme."""
    match theme:
        case "texts":
            return rng.choice(TEXTS)
        case "numbers":
            return rng.choice([*NUMBERS, "12", "2.0", True])
        case "dates":
            return date_value(rng, moment)
        case "lists":
            return [rng.choice([*SCALARS[:6], 12, 0, True, None]) for _ in range(rng.randrange(4))]
        case "items":
            return [an_object(rng, moment) for _ in range(rng.randint(1, 2))]
    return an_object(rng, moment)


def an_object(rng: Random, moment: Moment) -> dict[str, object]:
    """An object with some of four names: a scalar, a date, another object, a name with a dot."""
    found: dict[str, object] = {}
    if rng.random() < 0.7:
        found["k"] = rng.choice(SCALARS)
    if rng.random() < 0.6:
        found["at"] = date_value(rng, moment)
    if rng.random() < 0.6:
        tags = themed_value(rng, moment, "lists")
        found["in"] = {"n": rng.choice(NUMBERS), "tags": tags}
    if rng.random() < 0.2:
        found["a.b"] = rng.choice(SCALARS)
    return found
