"""Photos: the consistent states of the data that runs pin."""

from __future__ import annotations

from pathlib import Path

import ibis
from django.conf import settings

from catalogue.models import Photo
from catalogue.warehouse import ordinals
from catalogue.warehouse.company.roster import take_photo
from catalogue.warehouse.company.server import Server
from catalogue.warehouse.company.tables import CompanyTables
from catalogue.warehouse.lake import LakeTables
from catalogue.warehouse.tables import Tables


def newest_photo() -> Photo | None:
    """The newest state of the data; None before the first load."""
    return Photo.objects.order_by("-pk").first()


def photo_for_run(newest: Photo | None) -> Photo | None:
    """The state that a refresh begins with: of the lake the newest, of a company's own warehouse
    the present one. Raises WarehouseError."""
    return take_photo(newest) if settings.WAREHOUSE_URL else newest


def open_photo(photo: Photo, connection: ibis.BaseBackend | None = None) -> Tables:
    """The tables of a photo, on `connection` or a new one of their own. Raises WarehouseError."""
    if settings.WAREHOUSE_URL:
        return CompanyTables(photo, Server.of_settings(ordinals.everybody))
    return LakeTables(photo, Path(settings.LAKE_DIR), connection)
