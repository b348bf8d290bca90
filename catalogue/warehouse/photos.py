"""Photos: the consistent states of the data that runs pin."""

from __future__ import annotations

from pathlib import Path

import ibis
from django.conf import settings

from catalogue.models import Photo
from catalogue.warehouse.lake import LakeTables
from catalogue.warehouse.tables import Tables


def newest_photo() -> Photo | None:
    """The newest state of the data; None before the first load."""
    return Photo.objects.order_by("-pk").first()


def open_photo(photo: Photo, connection: ibis.BaseBackend | None = None) -> Tables:
    """The tables of a photo, on `connection` or a new one of their own."""
    return LakeTables(photo, Path(settings.LAKE_DIR), connection)
