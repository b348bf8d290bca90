"""Taking in customers, accounts and events: from files, and from tables that programs make.

Every service reads the sheet, refuses rows, writes the lake as its only writer and publishes one
photo. Afterwards either all rows that may be loaded are visible, or nothing has changed.
"""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
from django.conf import settings

from catalogue.models import Load
from catalogue.warehouse import event_loads, subject_loads
from catalogue.warehouse.event_loads import EventColumns
from catalogue.warehouse.importers import Sheet, sheet_of
from catalogue.warehouse.loads import How
from catalogue.warehouse.refusals import LoadError


def load_customers(
    source: Sheet | pa.Table,
    *,
    as_of: datetime,
    id_column: str = "id",
    account: str | None = None,
    how: How | None = None,
) -> Load:
    """Customers with the traits they have as of an instant: a row per customer, a column per trait.

    An empty cell is a change to missing; a trait without a column does not change. `account` is the
    column with the id of the customer's account. Raises LoadError; RowsRefused names the rows."""
    rows = subject_loads.read_rows("customer", _sheet(source), id_column, account)
    return subject_loads.load_rows(rows, as_of, how or How())


def load_accounts(
    source: Sheet | pa.Table,
    *,
    as_of: datetime,
    id_column: str = "id",
    how: How | None = None,
) -> Load:
    """Accounts with their traits, as `load_customers` does for customers."""
    rows = subject_loads.read_rows("account", _sheet(source), id_column, None)
    return subject_loads.load_rows(rows, as_of, how or How())


def load_events(
    source: Sheet | pa.Table,
    *,
    event: str | None = None,
    event_column: str | None = None,
    customer: str = "customer_id",
    time: str = "time",
    event_id: str | None = None,
    again: bool = False,
    how: How | None = None,
) -> Load:
    """Events, a row each; an unknown customer is created. Of one event id the first received stays.

    `event` is the name of all, or `event_column` the column with each one's name; every column that
    is nothing else is a property. Without `event_id`, a sheet that was loaded before is not loaded
    again unless `again`: the earlier Load is answered (see `earlier_load`). Raises LoadError;
    RowsRefused names the rows."""
    columns = EventColumns(
        event=event, event_column=event_column, customer=customer, time=time, event_id=event_id
    )
    sheet, how = _sheet(source), how or How()
    earlier = None if event_id or again else earlier_load(sheet, columns)
    return earlier or event_loads.load_rows(event_loads.read_rows(sheet, columns, how), how)


def earlier_load(sheet: Sheet, columns: EventColumns) -> Load | None:
    """The load that took in the same bytes with the same meaning of their columns."""
    loads = Load.objects.filter(kind="events", sha256=event_loads.checksum(sheet, columns))
    return loads.order_by("-pk").first()


def _sheet(source: Sheet | pa.Table) -> Sheet:
    if settings.WAREHOUSE_URL:
        raise LoadError(
            "WAREHOUSE_URL names a company's own warehouse: customers and events are read there,"
            " and files cannot be loaded. Unset it to keep them in the embedded lake."
        )
    return source if isinstance(source, Sheet) else sheet_of(source, name="a table")
