"""Tables as CSV files that a spreadsheet can open without running anything in them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A cell that begins like this would be run as a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_file(name: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a file to keep; None is an empty cell."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.writer(response)
    writer.writerow(headings)
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return response


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULAS) else value
