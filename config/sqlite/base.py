"""SQLite whose folder is made when the first connection is opened, and not before."""

from pathlib import Path
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Commands that use no database therefore leave no folder behind."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file, making its folder if need be."""
        Path(conn_params["database"]).parent.mkdir(parents=True, exist_ok=True)
        return super().get_new_connection(conn_params)
