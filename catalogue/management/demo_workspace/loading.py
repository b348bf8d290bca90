"""Loading the demo's files the way any file is loaded, each of them once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from catalogue.management.demo_workspace.exports import Export
from catalogue.models import Customer, Load
from catalogue.warehouse.importers import Sheet, sheet_of
from catalogue.warehouse.ingest import load_accounts, load_customers, load_events

NAME = "Fieldnote as of "


def begun_at() -> datetime | None:
    """The `now` of a demo workspace that was begun here; None when there is none."""
    first = Load.objects.filter(file_name__startswith=NAME).order_by("pk").first()
    if first is None:
        return None
    return datetime.fromisoformat(first.file_name.removeprefix(NAME).split(",")[0])


def has_other_customers() -> bool:
    """Whether the workspace holds customers that are not the demo's."""
    return begun_at() is None and Customer.objects.exists()


def load_exports(files: Iterable[Export], *, now: datetime) -> None:
    """Load each file that is not here yet; its name says whose it is, and of which `now`."""
    there = set(Load.objects.values_list("file_name", flat=True))
    for file in files:
        name = f"{NAME}{now.isoformat()}, {file.name}"
        if name not in there:
            _load(file, sheet_of(file.table, name=name))


def _load(file: Export, sheet: Sheet) -> None:
    match file.kind:
        case "accounts":
            load_accounts(sheet, as_of=file.at)
        case "customers":
            account = "account" if "account" in file.table.column_names else None
            load_customers(sheet, as_of=file.at, account=account)
        case "events":
            load_events(sheet, event=file.event, event_id="event_id")
