"""Operands that are values: one, several, a range, a text to look for."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.web.builder.rows import Fields
from catalogue.web.builder.sentence import Option, Sentence
from catalogue.web.builder.shape import Drawn, Shape
from catalogue.web.builder.values import (
    EMPTY,
    KINDS,
    REAL,
    TEXT,
    YES_NO,
    YES_OR_NO,
    Unreadable,
    can_be_typed,
    read_number,
    read_scalar,
    usual_kind,
    write_number,
    write_scalar,
)

TRUTHS = tuple(Option(value=value, label=label) for value, label in YES_OR_NO.items())
KIND_CHOICES = tuple(Option(value=kind, label=label) for kind, label in KINDS.items())


def _draw_nothing(_: object) -> Drawn | None:
    return {}


def _show_nothing(_: Sentence, __: str) -> None:
    return


def _draw_value(value: object) -> Drawn | None:
    written = write_scalar(value)
    return None if written is None else {"kind": written[0], "value": written[1]}


def _read_value(fields: Fields) -> object:
    kind = fields.text("kind") or TEXT
    return fields.read("value", lambda text: read_scalar(kind, text))


def _show_value(sentence: Sentence, type_: str) -> None:
    kind = sentence.text("kind") or TEXT
    if kind == YES_NO:
        sentence.choose("value", "Value", TRUTHS)
    elif kind == EMPTY:
        sentence.keep("value")
    else:
        sentence.write("value", "Value", "number" if kind == REAL else "line")
    _show_kind(sentence, type_)


def _show_kind(sentence: Sentence, type_: str, choices: tuple[Option, ...] = KIND_CHOICES) -> None:
    """What kind of value it is: to be chosen only where the dictionary does not say it."""
    is_usual = sentence.text("kind") == usual_kind(type_)
    if is_usual and type_ not in ("", "mixed"):
        sentence.keep("kind")
    else:
        sentence.choose("kind", "Kind of value", choices, redraws=True)


def _draw_values(value: object) -> Drawn | None:
    written = [write_scalar(one) for one in value] if isinstance(value, list) else [None]
    pairs = [pair for pair in written if pair is not None]
    kinds = {kind for kind, _ in pairs}
    lines = [text for _, text in pairs]
    # One kind for all, and no blanks that a reader of lines would take away.
    if len(pairs) < len(written) or len(kinds) != 1 or not all(map(_is_a_line, lines)):
        return None
    return {"kind": kinds.pop(), "values": "\n".join(lines)}


def _is_a_line(text: str) -> bool:
    return bool(text) and text == text.strip()


def _read_values(fields: Fields) -> object:
    lines = lines_of(fields.text("values"))
    if not lines:
        fields.complain("values", "Write at least one value, each on its own line.")
        return None
    kind = fields.text("kind") or TEXT
    return fields.read("values", lambda _: [_read_line(kind, line) for line in lines])


def lines_of(text: str) -> list[str]:
    """The values of a field that holds one on each line."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [line.strip() for line in lines if line.strip()]


def _read_line(kind: str, line: str) -> object:
    try:
        return read_scalar(kind, line)
    except Unreadable as problem:
        raise Unreadable(f"“{line}”: {problem}") from None


def _show_values(sentence: Sentence, type_: str) -> None:
    sentence.list("values", "Values, one on each line")
    _show_kind(sentence, type_, KIND_CHOICES[:-1])


def _draw_number(value: object) -> Drawn | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"value": write_number(value)} if is_number else None  # type: ignore[arg-type]


def _read_number(fields: Fields) -> object:
    return fields.read("value", read_number)


def _show_number(sentence: Sentence, _: str) -> None:
    sentence.write("value", "Number", "number")


def _draw_pair(value: object) -> Drawn | None:
    low, high = value if isinstance(value, list) and len(value) == 2 else (None, None)
    first, second = _draw_number(low), _draw_number(high)
    return first and second and {**first, "value2": second["value"]}


def _read_pair(fields: Fields) -> object:
    return [fields.read("value", read_number), fields.read("value2", read_number)]


def _show_pair(sentence: Sentence, _: str) -> None:
    sentence.write("value", "Lowest number", "number")
    sentence.say("and")
    sentence.write("value2", "Highest number", "number")


def _draw_text(value: object) -> Drawn | None:
    return {"value": str(value)} if value and can_be_typed(value) else None


def _read_text(fields: Fields) -> object:
    return fields.chosen("value", "Write the text to look for.")


def _show_text(sentence: Sentence, _: str) -> None:
    sentence.write("value", "Text")


VALUE_SHAPES: Mapping[str, Shape] = {
    "nothing": Shape(draw=_draw_nothing, read=lambda _: True, show=_show_nothing, start={}),
    "value": Shape(draw=_draw_value, read=_read_value, show=_show_value, start={"value": ""}),
    "values": Shape(draw=_draw_values, read=_read_values, show=_show_values, start={"values": ""}),
    "number": Shape(draw=_draw_number, read=_read_number, show=_show_number, start={"value": ""}),
    "pair": Shape(
        draw=_draw_pair, read=_read_pair, show=_show_pair, start={"value": "", "value2": ""}
    ),
    "text": Shape(draw=_draw_text, read=_read_text, show=_show_text, start={"value": ""}),
}
