"""A company's tables on an Apache Spark cluster: those of a database that its catalogue knows, or
folders of Parquet files."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from django.conf import settings
from ibis.backends.pyspark.datatypes import PySparkSchema
from ibis.common.exceptions import TableNotFound
from py4j.protocol import Py4JError, Py4JJavaError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import DataFrame, SparkSession, functions

from catalogue.warehouse.company.errors import Interrupted, OutOfTime, WarehouseError, unreadable
from catalogue.warehouse.company.mapping import Mapping
from catalogue.warehouse.spark import ReadingSpark

# What may be said otherwise in the address. An idle process gives its executors back.
DEFAULTS = {
    "spark.app.name": "segment-catalogue",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.dynamicAllocation.enabled": "true",
    "spark.dynamicAllocation.shuffleTracking.enabled": "true",
}
# What must be so for definitions to mean the same as everywhere else.
MEANING = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.jsonGenerator.ignoreNullFields": "false",
}
# Types of columns that hold lists and objects, which Spark writes as JSON.
NESTED = ("array", "map", "struct", "variant")
# How Spark says that there is no such table, or folder.
MISSING = ("TABLE_OR_VIEW_NOT_FOUND", "PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA")
_starting = threading.Lock()


class LimitedSpark(ReadingSpark):
    """A back end that ends what takes too long, and says what goes wrong in sentences."""

    _ended_by: type[OutOfTime] | type[Interrupted] | None = None

    def interrupt(self) -> None:
        """End what the session is doing; may be called by another thread."""
        self._end(Interrupted)

    def _end(self, why: type[OutOfTime] | type[Interrupted]) -> None:
        self._ended_by = why
        super().interrupt()

    def to_pyarrow(self, expr: ir.Expr, /, **how: object) -> pa.Table:
        """All rows of a query."""
        self._ended_by = None
        timer = threading.Timer(settings.WAREHOUSE_TIMEOUT_SECONDS, self._end, (OutOfTime,))
        timer.daemon = True
        timer.start()
        try:
            with _in_sentences():
                return super().to_pyarrow(expr)
        except WarehouseError as error:
            if self._ended_by is None:
                raise
            raise self._ended_by() from error
        finally:
            timer.cancel()


class SparkLink:
    """See `Link`. A process is one application of the cluster for as long as it lives; each link is
    a session of it, with tables of its own."""

    def __init__(self, url: str, mapping: Mapping) -> None:
        parts = urlsplit(url)
        self._location = mapping.location
        self.schema = mapping.location or mapping.schema or unquote(parts.path.strip("/"))
        if not self.schema:
            raise WarehouseError(
                "WAREHOUSE_URL does not say where on the cluster the tables are. Write the database"
                " after the address, as in spark://master:7077/analytics, or a folder of Parquet"
                " files into the mapping, as location."
            )
        self._sent: list[str] = []
        _refuse_unreachable(parts)
        with _in_sentences():
            self._session = _application(parts).newSession()
            for name, value in MEANING.items():
                self._session.conf.set(name, value)
            self.backend = LimitedSpark.of_session(self._session)

    def begin(self) -> None:
        """Nothing: Spark has no transactions, every query sees what is there when it begins."""

    def close(self) -> None:
        """Let go of what was sent; the application stays for the next one."""
        with suppress(Py4JError, PySparkException):
            while self._sent:
                self._session.catalog.dropTempView(self._sent.pop())

    def send(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows as a table of the session."""
        with _in_sentences():
            self.backend.send(name, rows)
        self._sent.append(name)
        return self._named(name, ibis.Schema.from_pyarrow(rows.schema))

    def table(self, name: str) -> ir.Table:
        """One of the company's tables, lists and objects as JSON. Raises TableNotFound."""
        with _in_sentences():
            try:
                found = self._found(name)
            except AnalysisException as error:
                if error.getCondition() in MISSING:
                    raise TableNotFound(name) from error
                raise
            return self._opened(name, found)

    def _found(self, name: str) -> DataFrame:
        if "/" in name or name.startswith("."):
            # The name of an event is not ours: it must not lead out of the folder.
            raise TableNotFound(name)
        if not self._location:
            return self._session.table(f"{self.schema}.{_quoted(name)}")
        reader = self._session.read.option("recursiveFileLookup", "true")
        return reader.parquet(f"{self._location.rstrip('/')}/{name}")

    def _opened(self, name: str, found: DataFrame) -> ir.Table:
        nested = {f.name for f in found.schema if f.dataType.typeName() in NESTED}
        columns = {n: functions.to_json(found[_quoted(n)]) for n in nested}
        read = found.withColumns(columns) if columns else found
        read.createOrReplaceTempView(_quoted(name))
        schema = dict(PySparkSchema.to_ibis((f.name, f.dataType) for f in read.schema).items())
        return self._named(name, ibis.schema(schema | dict.fromkeys(nested, dt.json)))

    def _named(self, name: str, schema: ibis.Schema) -> ir.Table:
        return ops.DatabaseTable(
            name=name, schema=schema, source=self.backend, namespace=ops.Namespace()
        ).to_expr()


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _refuse_unreachable(parts: SplitResult) -> None:
    """Spark itself would try for a minute, and then say something else."""
    faults = []
    for master in parts.netloc.split(","):
        host, _, port = master.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=10).close()
        except (OSError, ValueError) as error:
            faults.append(f"{master}: {error}")
        else:
            return
    raise unreadable(f"no Spark master answers ({'; '.join(faults)})")


def _application(parts: SplitResult) -> SparkSession:
    """This process's session of the cluster, started if there is none yet."""
    chosen = DEFAULTS | dict(parse_qsl(parts.query))
    with _starting:
        builder = SparkSession.builder.master(f"spark://{parts.netloc}")
        for name, value in chosen.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Whatever Spark says against it is a WarehouseError."""
    try:
        yield
    except Py4JJavaError as error:
        raise unreadable(_cause(error.java_exception)) from error
    except (Py4JError, PySparkException) as error:
        raise unreadable(error) from error


def _cause(fault: Any) -> str:
    """What the fault that began it all says."""
    while fault.getCause() is not None:
        fault = fault.getCause()
    return str(fault.getMessage() or fault.toString())
