"""Values of a definition as text in a field, and back, without losing what kind they are."""

from __future__ import annotations

import re

from catalogue.definitions.documents import NUMBER, WHOLE
from catalogue.definitions.terms import Scalar

TEXT, REAL, YES_NO, EMPTY = "text", "number", "yes_no", "empty"
KINDS = {TEXT: "text", REAL: "number", YES_NO: "yes or no", EMPTY: "empty text"}
YES_OR_NO = {"true": "true", "false": "false"}
# A field of one line drops these, or cannot hold them.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# Longer ones are no numbers of use, and Python refuses to read them.
MAX_DIGITS = 400


class Unreadable(ValueError):
    """What was typed is not what the field holds; the message is for people."""


def usual_kind(type_: str) -> str:
    """The kind that values of a type of the dictionary have."""
    return {"number": REAL, "boolean": YES_NO}.get(type_, TEXT)


def can_be_typed(text: object) -> bool:
    """Whether a field of one line keeps the text as it is."""
    return isinstance(text, str) and CONTROLS.search(text) is None


def write_scalar(value: object) -> tuple[str, str] | None:
    """(kind, text) of a value; None when a field cannot hold it."""
    if isinstance(value, bool):
        return YES_NO, str(value).lower()
    if isinstance(value, int | float):
        return REAL, write_number(value)
    if value == "":
        return EMPTY, ""
    return (TEXT, str(value)) if can_be_typed(value) else None


def write_number(value: int | float) -> str:
    """A number in its shortest spelling."""
    return repr(value) if isinstance(value, float) else str(value)


def read_scalar(kind: str, text: str) -> Scalar:
    """The value of a field. Raises Unreadable."""
    if kind == EMPTY:
        return ""
    if kind == REAL:
        return read_number(text)
    if kind == YES_NO:
        return _read_yes_no(text)
    if not text:
        raise Unreadable("Write a value. For an empty text choose “empty text” beside it.")
    return text


def _read_yes_no(text: str) -> bool:
    if text.strip().lower() not in YES_OR_NO:
        raise Unreadable("Choose true or false.")
    return text.strip().lower() == "true"


def read_number(text: str) -> int | float:
    """A number. Raises Unreadable."""
    text = text.strip()
    if len(text) > MAX_DIGITS or not NUMBER.fullmatch(text):
        raise Unreadable("Write a number, as in 1200 or 2.5, without spaces or commas.")
    return int(text) if WHOLE.fullmatch(text) else float(text)


def read_whole(text: str) -> int:
    """A whole number of at least 1. Raises Unreadable."""
    text = text.strip()
    if re.fullmatch(r"[0-9]{1,15}", text) is None or int(text) == 0:
        raise Unreadable("Write a whole number, 1 or more.")
    return int(text)
