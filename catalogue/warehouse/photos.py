"""Photos: the consistent states of the data that runs pin."""

from __future__ import annotations

from pathlib import Path

import ibis
from django.conf import settings

from catalogue.models import Photo
from catalogue.warehouse import ordinals
from catalogue.warehouse.budgets import Budget, Meter
from catalogue.warehouse.company.roster import take_photo
from catalogue.warehouse.company.server import Server
from catalogue.warehouse.company.tables import CompanyTables
from catalogue.warehouse.connection import close_standing, standing_connection
from catalogue.warehouse.lake import LakeTables
from catalogue.warehouse.tables import Tables


def newest_photo() -> Photo | None:
    """The newest state of the data; None before the first load."""
    return Photo.objects.order_by("-pk").first()


def photo_for_run(newest: Photo | None) -> Photo | None:
    """The state that a refresh begins with: of the lake the newest, of a company's own warehouse
    the present one. Raises WarehouseError."""
    return take_photo() if settings.WAREHOUSE_URL else newest


def open_photo(
    photo: Photo,
    connection: ibis.BaseBackend | None = None,
    *,
    budget: Budget | None = None,
    is_alone: bool = False,
) -> Tables:
    """The tables of a photo, on `connection` or a new one of their own. With a budget its limit of
    memory holds for the new one, and reading more than its rows is `too_expensive`. Whoever asks
    `alone` in this process gets what the one before had. Raises WarehouseError."""
    if settings.WAREHOUSE_URL:
        return CompanyTables(photo, Server.of_settings(ordinals.everybody))
    if budget is None:
        return LakeTables(photo, Path(settings.LAKE_DIR), connection)
    lake, limit = Path(settings.LAKE_DIR), f"{budget.memory_mib}MiB"
    if is_alone:
        connection = standing_connection(lake=lake, memory_limit=limit)
    tables = LakeTables(photo, lake, connection, limit)
    return metered(tables, budget)


def metered(tables: Tables, budget: Budget) -> Tables:
    """The tables, with all rows of the budget to be read once more. A company's own warehouse
    says only while it reads how many there are, and has limits of its own."""
    if isinstance(tables, LakeTables):
        tables.meter = Meter(budget)
    return tables


def forget_connection() -> None:
    """After a failure: whoever asks `alone` next gets a connection that nobody had before."""
    close_standing()
