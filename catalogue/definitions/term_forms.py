"""Terms as written, `{prop: path, <one operator>}`: one reader per operator, found by its key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import re2

from catalogue.definitions import rules, terms
from catalogue.definitions.dates import (
    parse_date,
    parse_duration,
    parse_named_day,
    write_date,
    write_duration,
)
from catalogue.definitions.errors import Code
from catalogue.definitions.paths import parse_path, write_path
from catalogue.definitions.pieces import Faults, Piece, every, in_quotes, shortest
from catalogue.definitions.spans import DateLiteral, Duration, Window
from catalogue.definitions.terms import Operand, Operator, Scalar, Term
from catalogue.definitions.window_forms import (
    EVENT_KEYS,
    KEYS,
    TRAIT_KEYS,
    parse_window,
    write_window,
)


def _scalar(piece: Piece) -> Scalar:
    if isinstance(piece.value, list | dict):
        raise piece.bad("This must be one value. To allow several, write “in” or “has_any”.")
    piece.checked(rules.check_scalar, piece.value)
    return shortest(piece.value)  # type: ignore[return-value]


def _scalars(piece: Piece) -> Operand:
    values = every(piece.items("The values"), _scalar)
    piece.checked(rules.check_listed, values)
    return values


def _pair(piece: Piece) -> Operand:
    values = every(piece.items("The bounds"), Piece.number)
    piece.checked(rules.check_pair, values)
    return values


def _text(piece: Piece) -> Operand:
    if not isinstance(piece.value, str):
        raise piece.bad(f"This operator reads text{in_quotes(piece.value)}.")
    piece.checked(rules.check_text, piece.value)
    return piece.value


def _pattern(piece: Piece) -> Operand:
    pattern = _text(piece)
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "unknown"
        raise piece.bad(
            f"RE2 cannot read the pattern “{pattern}”: {reason}. Look-around and back-references"
            " are not part of RE2."
        ) from None
    return pattern


def _flag(piece: Piece) -> Operand:
    return piece.flag("This")


def _date(piece: Piece) -> Operand:
    return parse_date(piece, words=True)


def _items(piece: Piece) -> Operand:
    return parse_terms(piece.deeper())


READERS: Mapping[Operator, Callable[[Piece], Operand]] = {
    Operator.IS: _scalar,
    Operator.IS_NOT: _scalar,
    **dict.fromkeys(terms.LISTED, _scalars),
    **dict.fromkeys(terms.ORDERS, Piece.number),
    **dict.fromkeys(terms.PAIRS, _pair),
    **dict.fromkeys(terms.TEXTS, _text),
    Operator.MATCHES: _pattern,
    Operator.NOT_MATCHES: _pattern,
    **dict.fromkeys(terms.FLAGS, _flag),
    Operator.ITEM: _items,
    Operator.BEFORE: _date,
    Operator.AFTER: _date,
    Operator.ON: parse_named_day,
    Operator.ANNIVERSARY_ON: parse_named_day,
    Operator.ANNIVERSARY_IN_NEXT: parse_duration,
}
# Dates in a window have no key `within` of their own: the window's key is the operator.
OPERATOR_KEYS = (*(operator.value for operator in Operator if operator in READERS), *TRAIT_KEYS)


def parse_term(piece: Piece, subject_key: str) -> Term:
    """`{<subject_key>: path, <one operator>}`; `subject_key` is `trait`, `account_trait`,
    `held` or `prop`."""
    faults = Faults()
    path = faults.read(parse_path, piece.at(subject_key), f"“{subject_key}”")
    found = faults.read(_parse_operator, piece, subject_key)
    faults.raise_any()
    operator, operand = found
    return Term(path=path, operator=operator, operand=operand)


def _parse_operator(piece: Piece, subject_key: str) -> tuple[Operator, Operand]:
    what = f"A condition on a {'property' if subject_key == 'prop' else 'trait'}"
    keys = [key for key in piece.keys if key != subject_key]
    piece.only((subject_key, *OPERATOR_KEYS, *EVENT_KEYS), what)
    if not keys:
        raise piece.fault(
            Code.UNKNOWN_OPERATOR, f"{what} needs one operator, as in “is: …” or “is_set: true”."
        )
    if all(key in KEYS for key in keys):
        window = parse_window(piece, TRAIT_KEYS)
        if window is not None:
            return Operator.WITHIN, window
    if len(keys) > 1:
        raise piece.at(keys[1]).fault(
            Code.UNKNOWN_OPERATOR,
            f"{what} takes exactly one operator; here are “{keys[0]}” and “{keys[1]}”. Join two"
            " conditions with “all”.",
        )
    operator = Operator(keys[0])
    return operator, READERS[operator](piece.at(keys[0]))


def parse_terms(piece: Piece) -> tuple[Term, ...]:
    """A list of terms, all on the same event or element."""
    found = every(piece.items("A list of terms, [{prop: …, is: …}],"), _parse_property)
    if not found:
        raise piece.bad("The list is empty. Write at least one term, or leave it out.")
    return found


def _parse_property(piece: Piece) -> Term:
    piece.mapping("A term")
    if "prop" not in piece.keys:
        raise piece.fault(
            Code.UNKNOWN_CONDITION,
            "A term begins with “prop”, the name of a property.",
            suggestion="prop" if "trait" in piece.keys else None,
        )
    return parse_term(piece, "prop")


def write_term(term: Term, subject_key: str) -> dict[str, object]:
    """A term as a file has it."""
    written: dict[str, object] = {subject_key: write_path(term.path)}
    if isinstance(term.operand, Window):
        return written | write_window(term.operand)
    return written | {term.operator.value: _write_operand(term.operand)}


def write_terms(where: tuple[Term, ...]) -> list[dict[str, object]]:
    """A list of terms as a file has it."""
    return [write_term(term, "prop") for term in where]


def _write_operand(operand: Operand) -> object:
    if isinstance(operand, DateLiteral):
        return write_date(operand)
    if isinstance(operand, Duration):
        return write_duration(operand)
    if isinstance(operand, tuple):
        return [write_term(v, "prop") if isinstance(v, Term) else shortest(v) for v in operand]
    return shortest(operand)
