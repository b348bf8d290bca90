"""Rules as a definition again, or everything that is wrong with them, each at its row and field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.web.builder.rows import EVENT, LOCKED, SEGMENT, Complaint, Fields, Row
from catalogue.web.builder.rules import Rules, read_row

NOTHING = "There is no condition yet. Add at least one."
# Keys of a definition → fields of a row; other keys are those of an operator with one value.
FIELDS: Mapping[str, str] = {
    "trait": "name",
    "prop": "name",
    "did": "event",
    "did_not": "event",
    "count": "event",
    "in_segment": "segment",
    "times": "times",
    "in_last": "n",
    "in_next": "n",
    "older_than": "n",
    "anniversary_in_next": "n",
    "from": "n",
    "to": "n2",
    **dict.fromkeys(("before", "after", "on", "since", "between_dates", "anniversary_on"), "date"),
    "during": "during",
    **dict.fromkeys(("in", "not_in", "has_any", "has_all", "has_none"), "values"),
}
COMPARATORS = ("eq", "neq", "gt", "gte", "lt", "lte", "between")
PAIRS = {"between": "value2", "not_between": "value2", "between_dates": "date2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """`document`: the long form in plain values, as far as it could be read; `definition`: None
    when there are complaints."""

    document: dict[str, object]
    definition: Definition | None
    complaints: tuple[Complaint, ...] = ()


def read(rules: Rules) -> Read:
    """What the rules say. Rows that can be read are judged even when others cannot."""
    conditions: list[object] = []
    complaints: list[Complaint] = []
    for row in rules.rows:
        fields = Fields(row)
        found = read_row(fields)
        conditions += found if isinstance(found, list) else [found]
        complaints += fields.complaints
    document = _document(rules, conditions)
    if not rules.rows:
        return Read(document=document, definition=None, complaints=(Complaint(message=NOTHING),))
    definition, refused = _parse(document)
    # What a row already complains about in its own words is not said twice.
    unread = {complaint.row for complaint in complaints}
    complaints += [one for one in complain(refused, rules) if one.row not in unread]
    return Read(
        document=document,
        definition=None if complaints else definition,
        complaints=tuple(complaints),
    )


def _document(rules: Rules, conditions: list[object]) -> dict[str, object]:
    where = conditions[0] if rules.is_one else {rules.group: conditions}
    return {"subject": rules.subject, "timezone": rules.timezone, "where": where}


def _parse(document: dict[str, object]) -> tuple[Definition | None, tuple[Fault, ...]]:
    try:
        return parse_definition(document), ()
    except DefinitionError as error:
        return None, error.faults


def complain(faults: Iterable[Fault], rules: Rules) -> tuple[Complaint, ...]:
    """Refusals, whose pointers begin at the definition, each at its row and field."""
    rows = rows_by_pointer(rules)
    return tuple(_complaint(fault, rows) for fault in faults)


def rows_by_pointer(rules: Rules) -> dict[str, Row]:
    """Where each condition stands in the definition → its row; a locked row may have several."""
    if rules.is_one and not isinstance(read_row(Fields(rules.rows[0])), list):
        return {"/where": rules.rows[0]}
    owners = [row for row in rules.rows for _ in range(_conditions_in(row))]
    return {f"/where/{rules.group}/{place}": row for place, row in enumerate(owners)}


def _conditions_in(row: Row) -> int:
    found = read_row(Fields(row)) if row.kind == LOCKED else None
    return len(found) if isinstance(found, list) else 1


def _complaint(fault: Fault, rows: Mapping[str, Row]) -> Complaint:
    hint = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
    message = fault.message + hint
    if fault.pointer.startswith("/timezone"):
        return Complaint(message=message, field="timezone")
    for pointer, row in rows.items():
        if fault.pointer == pointer or fault.pointer.startswith(f"{pointer}/"):
            field = _field(fault.pointer.removeprefix(pointer), row.kind)
            return Complaint(
                message=message, row=row.id, field=field if field in row.fields else ""
            )
    return Complaint(message=message)


def _field(rest: str, kind: str) -> str:
    """The field that holds what a pointer names, below its row."""
    steps = rest.strip("/").split("/")
    if kind == SEGMENT:
        return "segment"
    if kind == EVENT and steps[0] == "where" and len(steps) > 2:
        return f"w{steps[1]}-{_operand_field(steps[2:])}"
    if kind == EVENT and steps[0] in ("times", *COMPARATORS):
        return "times2" if steps[-1] == "1" else "times"
    return _operand_field(steps)


def _operand_field(steps: list[str]) -> str:
    if steps[0] in PAIRS and steps[-1] == "1":
        return PAIRS[steps[0]]
    return FIELDS.get(steps[0], "value")
