"""One name, one operator: a condition on a trait, or on a property in `where`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from catalogue.web.builder.operators import OPERATORS, choices, fitting, operator_of, option
from catalogue.web.builder.rows import Fields
from catalogue.web.builder.sentence import Option, Sentence
from catalogue.web.builder.shape import Drawn
from catalogue.web.builder.value_shapes import lines_of
from catalogue.web.builder.values import EMPTY, TEXT, can_be_typed, usual_kind
from catalogue.web.builder.words import Word


def draw_term(term: Mapping[str, object], subject_key: str) -> Drawn | None:
    """A term of a definition as fields; None when they cannot hold it."""
    keys = {key: value for key, value in term.items() if key != subject_key}
    found = operator_of(keys)
    name = term.get(subject_key)
    if found is None or not can_be_typed(name):
        return None
    operator, operand = found
    drawn = operator.draw(operand)
    if drawn is None:
        return None
    return {"name": str(name), "for": str(name), "op": operator.id, **drawn}


def read_term(fields: Fields, subject_key: str) -> dict[str, object]:
    """A term of a definition out of fields."""
    what = "trait" if subject_key == "trait" else "property"
    name = fields.chosen("name", f"Choose a {what}.")
    operator = OPERATORS.get(fields.text("op"))
    if operator is None:
        fields.complain("op", "Choose what to ask of it.")
        return {subject_key: name}
    return {subject_key: name, **operator.read(fields)}


def settle_term(fields: Mapping[str, str], type_: str) -> Drawn:
    """The fields after something was chosen: of a name just chosen the operator and the kind of
    value fit its type, and an operator just chosen finds its own fields."""
    settled = dict(fields)
    if settled.get("name", "") != settled.get("for", ""):
        settled["for"] = settled.get("name", "")
        settled["kind"] = usual_kind(type_)
        if settled.get("op") not in fitting(type_):
            settled["op"] = fitting(type_)[0]
    operator = OPERATORS.get(settled.get("op", ""))
    if operator is None:
        return settled
    return _with_operand(settled, operator.shape.start, type_)


def _with_operand(fields: Drawn, start: Mapping[str, str], type_: str) -> Drawn:
    """With the fields an operator needs; one value becomes the first of several, and back."""
    filled = {**start, "kind": usual_kind(type_), **fields}
    if "values" in start and not filled["values"]:
        filled["values"] = fields.get("value", "")
        filled["kind"] = TEXT if filled["kind"] == EMPTY else filled["kind"]
    if "value" in start and not filled["value"]:
        filled["value"] = next(iter(lines_of(fields.get("values", ""))), "")
    return filled


def show_term(sentence: Sentence, label: str, words: Sequence[Word], type_: str) -> None:
    """A term in a sentence."""
    names = [Option(value=word.name, label=word.label) for word in words]
    sentence.choose("name", label, names, redraws=True)
    sentence.keep("for")
    operator = OPERATORS.get(sentence.text("op"))
    offered = choices(type_)
    if operator is not None and operator.id not in fitting(type_):
        offered.append(option(operator.id))
    sentence.choose("op", "Comparison", offered, redraws=True)
    if operator is not None:
        operator.shape.show(sentence, type_)
        sentence.say(operator.after)
