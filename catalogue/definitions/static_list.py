"""The ids of a static list, out of a CSV file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.nodes import Subject

COLUMNS: Mapping[Subject, str] = {"customer": "customer_id", "account": "account_id"}


def read_ids(text: str, subject: Subject = "customer") -> tuple[str, ...]:
    """The ids, as text exactly as written, each once, in their order: from the column
    `customer_id` (of accounts: `account_id`), else from the first one. The first line names the
    columns. Raises DefinitionError with the lines that have no id."""
    name = COLUMNS[subject]
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(reader, None)
        if not header:
            raise _refuse(1, f"The list is empty. Its first line names the columns: {name}.")
        column = header.index(name) if name in header else 0
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise _refuse(reader.line_num, f"The CSV is broken here: {error}.") from None
    faults = [_no_id(line) for line, row in rows if not row[column : column + 1] or not row[column]]
    if faults:
        raise DefinitionError(*faults)
    return tuple(dict.fromkeys(row[column] for _, row in rows))


def _no_id(line: int) -> Fault:
    return Fault(code=Code.BAD_VALUE, message="There is no id in this line.", line=line, column=1)


def _refuse(line: int, message: str) -> DefinitionError:
    return DefinitionError(Fault(code=Code.BAD_VALUE, message=message, line=line, column=1))
