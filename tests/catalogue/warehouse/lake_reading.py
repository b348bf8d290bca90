"""What the newest photo holds, as plain Python values."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from catalogue.models import Customer
from catalogue.warehouse.photos import newest_photo, open_photo
from catalogue.warehouse.tables import KINDS, Tables

Events = Counter[tuple[str, datetime, tuple[tuple[str, object], ...]]]


def tables() -> Tables:
    """The newest photo's tables."""
    photo = newest_photo()
    assert photo is not None
    return open_photo(photo)


def ids() -> set[str]:
    """Ids of the population."""
    here = tables()
    return set(here.customer_ids(here.customers).values())


def events(name: str) -> Events:
    """(customer, at, properties) of each row of an event, counted."""
    found = tables().events(name)
    assert found is not None
    names = dict(Customer.objects.values_list("ordinal", "external_id"))
    columns = {
        (prop, kind): column
        for prop, values in found.properties.items()
        for kind in KINDS
        if (column := getattr(values, kind)) is not None
    }
    labels = list(columns)
    rows = found.table.select(
        "ordinal", "at", **{f"value{i}": columns[label] for i, label in enumerate(labels)}
    )
    return Counter(
        (
            names[row["ordinal"]],
            row["at"],
            tuple(
                sorted(
                    (label[0], row[f"value{i}"])
                    for i, label in enumerate(labels)
                    if row[f"value{i}"] is not None
                )
            ),
        )
        for row in rows.to_pyarrow().to_pylist()
    )


def history(trait: str) -> dict[str, list[tuple[datetime, object]]]:
    """Each customer's changes of a trait, oldest first."""
    found = tables().trait_changes(trait)
    if found is None:
        return {}
    names = dict(Customer.objects.values_list("ordinal", "external_id"))
    kinds = [kind for kind in KINDS if getattr(found.value, kind) is not None]
    rows = found.table.to_pyarrow().to_pylist()
    changes: dict[str, list[tuple[datetime, object]]] = {}
    for row in sorted(rows, key=lambda row: (row["at"], row["sequence"])):
        values = [row[kind] for kind in kinds if row[kind] is not None]
        changes.setdefault(names[row["ordinal"]], []).append(
            (row["at"], values[0] if values else None)
        )
    return changes


def value_at(trait: str, customer: str, instant: datetime) -> object:
    """A trait's value at an instant: that of the newest change at or before it."""
    known = [value for at, value in history(trait).get(customer, []) if at <= instant]
    return known[-1] if known else None
