"""Which events, how often and compared to what, as written."""

from __future__ import annotations

from collections.abc import Iterable

from catalogue.definitions import rules
from catalogue.definitions.errors import Code
from catalogue.definitions.pieces import Faults, Piece, every, shortest
from catalogue.definitions.term_forms import parse_terms, write_terms
from catalogue.definitions.terms import Comparator, Comparison, EventSelector

COMPARATORS = tuple(comparator.value for comparator in Comparator)


def parse_events(piece: Piece, name_key: str) -> EventSelector:
    """The events a condition names under `name_key`, with its `where`."""
    faults = Faults()
    names = faults.read(_parse_names, piece.at(name_key), name_key)
    has_where = "where" in piece.keys
    where = faults.read(parse_terms, piece.at("where").shallow()) if has_where else ()
    faults.raise_any()
    return EventSelector(
        names=tuple(name for name in names if not name.endswith("*")),
        prefixes=tuple(name[:-1] for name in names if name.endswith("*")),
        where=where,
    )


def _parse_names(piece: Piece, name_key: str) -> list[str]:
    if not isinstance(piece.value, list):
        return [piece.text(f"The event of “{name_key}”")]
    if not piece.value:
        raise piece.bad("The list of events is empty. Name at least one.")
    # The same name twice would still be counted once.
    return list(dict.fromkeys(every(piece.items("The events"), _parse_name)))


def _parse_name(piece: Piece) -> str:
    return piece.text("The name of an event")


def write_events(events: EventSelector, name_key: str) -> dict[str, object]:
    """The keys a file has for these events: names first, then prefixes."""
    names = [*events.names, *(f"{prefix}*" for prefix in events.prefixes)]
    written: dict[str, object] = {name_key: names[0] if len(names) == 1 else names}
    return written | ({"where": write_terms(events.where)} if events.where else {})


def parse_times(piece: Piece) -> tuple[Comparison, ...]:
    """`times: {gte: 3}`; several comparisons all hold."""
    if not isinstance(piece.value, dict):
        raise piece.bad("Write how often as in “times: {gte: 3}”.")
    piece.mapping("times").only(COMPARATORS, "“times”")
    if not piece.value:
        raise piece.bad("“times” is empty. Write how often, as in {gte: 3}.")
    found = every((piece.at(key) for key in piece.keys), _parse_comparison)
    piece.checked(rules.check_times, [(one.comparator, one.bound, one.high) for one in found])
    return found


def write_times(times: Iterable[Comparison]) -> dict[str, object]:
    """Comparisons as a file has them."""
    written: dict[str, object] = {}
    for one in times:
        bound = shortest(one.bound)
        written[one.comparator.value] = bound if one.high is None else [bound, shortest(one.high)]
    return written


def parse_comparison(piece: Piece, what: str) -> Comparison:
    """The one comparison among the keys of a condition."""
    keys = [key for key in piece.keys if key in COMPARATORS]
    if not keys:
        raise piece.fault(
            Code.UNKNOWN_OPERATOR,
            f"{what} needs a comparison, as in “gte: 3” or “between: [1, 5]”.",
        )
    if len(keys) > 1:
        raise piece.at(keys[1]).fault(
            Code.UNKNOWN_OPERATOR,
            f"{what} takes exactly one comparison; here are “{keys[0]}” and “{keys[1]}”. For a"
            " range write “between”.",
            suggestion="between",
        )
    return _parse_comparison(piece.at(keys[0]))


def _parse_comparison(piece: Piece) -> Comparison:
    comparator = Comparator(piece.pointer.rpartition("/")[2])
    if comparator is not Comparator.BETWEEN:
        return Comparison(comparator=comparator, bound=piece.number())
    bounds = every(piece.items("“between”"), Piece.number)
    piece.checked(rules.check_pair, bounds)
    return Comparison(comparator=comparator, bound=bounds[0], high=bounds[1])
