"""The company's warehouse, whatever engine it is on: its tables and columns by the names of the
mapping, and our numbers of customers beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from weakref import finalize

import ibis
import ibis.expr.types as ir
import psycopg
import pyarrow as pa
from django.conf import settings
from ibis.common.exceptions import TableNotFound

from catalogue.warehouse.company.errors import Interrupted, OutOfTime, WarehouseError, unreadable
from catalogue.warehouse.company.links import Link, connect
from catalogue.warehouse.company.mapping import Mapping, read_mapping
from catalogue.warehouse.postgres import is_timeout

# What our numbers are called beside the company's tables.
OURS = {"customer": "segment_catalogue_ordinals", "account": "segment_catalogue_accounts"}


class Server:
    """The warehouse that WAREHOUSE_URL names, read by the names of WAREHOUSE_MAPPING. Connects when
    first asked. Raises WarehouseError."""

    def __init__(
        self, url: str, mapping: Mapping, everybody: Callable[[str], pa.Table] | None = None
    ) -> None:
        self._url = url
        self._everybody = everybody
        self.mapping = mapping
        self._tables: dict[str, ir.Table] = {}
        self._ordinals: dict[str, ir.Table] = {}

    @classmethod
    def of_settings(cls, everybody: Callable[[str], pa.Table] | None = None) -> Server:
        """The one this installation is set up with. `everybody` gives the ids (`of`) and ordinals
        of a subject, which are to be joined to its rows."""
        path = settings.WAREHOUSE_MAPPING
        mapping = read_mapping(Path(path) if path else None)
        return cls(settings.WAREHOUSE_URL, mapping, everybody)

    @cached_property
    def _link(self) -> Link:
        with in_sentences():
            link = connect(self._url, self.mapping)
            finalize(self, link.close)
            if self._everybody is not None:
                for subject, name in OURS.items():
                    self._ordinals[subject] = link.send(name, self._everybody(subject))
            link.begin()
        return link

    @property
    def backend(self) -> ibis.BaseBackend:
        """The back end on a connection of its own."""
        return self._link.backend

    def ordinals(self, subject: str) -> ir.Table:
        """`of`, an id, and `ordinal` of everybody we have given a number."""
        _ = self._link
        return self._ordinals[subject]

    def close(self) -> None:
        """Let go of the connection."""
        if "_link" in vars(self):
            self._link.close()

    def table(self, name: str, place: str) -> ir.Table:
        """A table of the warehouse; `place` is where the mapping names it."""
        self._refuse_missing(name, place)
        return self._tables[name]

    def optional(self, name: str, place: str) -> ir.Table | None:
        """A table that a company may not have; None then. One that is named otherwise than by
        default must be there."""
        is_default = name == f"{place.partition('.')[0]}"
        return self.table(name, place) if name and (not is_default or self.has(name)) else None

    def fetch(self, query: ir.Table) -> pa.Table:
        """All rows of a query."""
        with in_sentences():
            rows: pa.Table = self.backend.to_pyarrow(query)
            return rows

    def has(self, name: str) -> bool:
        """Whether there is such a table."""
        if name not in self._tables:
            try:
                with in_sentences():
                    self._tables[name] = self._link.table(name)
            except TableNotFound:
                return False
        return True

    def _refuse_missing(self, name: str, place: str) -> None:
        if not self.has(name):
            raise WarehouseError(
                f"The warehouse has no table “{self._link.schema}.{name}” ({place} of the"
                " mapping). Write its name into the file that WAREHOUSE_MAPPING names, and see that"
                " the login may read it."
            )

    def column(self, table: ir.Table, name: str, place: str) -> ir.Column:
        """A column that the mapping names."""
        if name not in table.columns:
            called = next(called for called, one in self._tables.items() if one is table)
            raise WarehouseError(
                f"The table “{called}” has no column “{name}” ({place} of the mapping);"
                f" it has {', '.join(table.columns[:12])}. Write its name into the file that"
                " WAREHOUSE_MAPPING names."
            )
        return table[name]


@contextmanager
def in_sentences() -> Iterator[None]:
    """Whatever PostgreSQL says against it is a WarehouseError."""
    try:
        yield
    except psycopg.errors.QueryCanceled as error:
        raise (OutOfTime() if is_timeout(error) else Interrupted()) from error
    except psycopg.Error as error:
        raise unreadable(error) from error
