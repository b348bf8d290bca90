"""A company's tables on ClickHouse, asked over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

import clickhouse_connect
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from clickhouse_connect.driver.exceptions import ClickHouseError
from django.conf import settings
from ibis.backends.sql.datatypes import ClickHouseType
from ibis.common.exceptions import TableNotFound

from catalogue.warehouse.clickhouse import ReadingClickHouse
from catalogue.warehouse.company.errors import Interrupted, OutOfTime, unreadable
from catalogue.warehouse.company.mapping import Mapping
from catalogue.warehouse.company.values import with_documents

# How ClickHouse numbers its refusals.
NO_TABLE, OUT_OF_TIME, MAY_ONLY_READ, MAY_NOT = 60, 159, 164, 497
STATE = re.compile(r"SimpleAggregateFunction\(\w+, (.+)\)")
LONGEST_QUERY = 1_000_000_000


class ClickHouseLink:
    """See `Link`. ClickHouse has no transactions: every query sees what is there when it begins."""

    def __init__(self, url: str, mapping: Mapping) -> None:
        self._sent: list[str] = []
        seconds = settings.WAREHOUSE_TIMEOUT_SECONDS
        how = {
            "max_execution_time": seconds,
            "max_query_size": LONGEST_QUERY,
            # Rows that are still to be merged are read as they will be.
            "final": 1,
            "session_timeout": seconds + 60,
        }
        with in_sentences():
            self._client = clickhouse_connect.get_client(
                dsn=url, settings=how, connect_timeout=10, send_receive_timeout=seconds + 30
            )
        self.schema = mapping.schema or str(self._client.database or "default")
        self.backend = HttpBackend(self._client, url)

    def begin(self) -> None:
        """Nothing: there is nothing to begin."""

    def close(self) -> None:
        """Let go of what was sent, which would outlive the connection by a while, and of it."""
        with suppress(ClickHouseError):
            while self._sent:
                self._client.command(f"DROP TEMPORARY TABLE IF EXISTS {self._sent.pop()}")
        self._client.close()

    def send(self, name: str, rows: pa.Table) -> ir.Table:
        """Rows that stay on the server as long as the session. In each query itself where the login
        may make no temporary table."""
        try:
            self._client.command(f"CREATE TEMPORARY TABLE {name} (of String, ordinal Int32)")
        except ClickHouseError as error:
            if code_of(error) in (MAY_ONLY_READ, MAY_NOT):
                return ibis.memtable(rows)
            raise unreadable(error) from error
        self._sent.append(name)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as stream:
            stream.write_table(rows)
        with in_sentences():
            self._client.raw_insert(
                name, insert_block=sink.getvalue().to_pybytes(), fmt="ArrowStream"
            )
        return self._named(name, ibis.Schema.from_pyarrow(rows.schema), ops.Namespace())

    def table(self, name: str) -> ir.Table:
        """One of the company's tables, lists and objects as JSON. Raises TableNotFound."""
        place = f"{_quoted(self.schema)}.{_quoted(name)}"
        try:
            columns = self._client.query(f"DESCRIBE TABLE {place}").result_rows
        except ClickHouseError as error:
            if code_of(error) == NO_TABLE:
                raise TableNotFound(name) from error
            raise unreadable(error) from error
        schema = ibis.schema({column[0]: _type(column[1]) for column in columns})
        return with_documents(
            self._named(name, schema, ops.Namespace(database=self.schema)), "toJSONString"
        )

    def _named(self, name: str, schema: ibis.Schema, namespace: ops.Namespace) -> ir.Table:
        return ops.DatabaseTable(
            name=name, schema=schema, source=self.backend, namespace=namespace
        ).to_expr()


class HttpBackend(ReadingClickHouse):
    """A back end that says what goes wrong in sentences. One query at a time."""

    def __init__(self, client: Any, url: str) -> None:
        super().__init__(self._ask)
        self._client, self._url = client, url
        self._query_id = ""
        self._is_ended = False

    def interrupt(self) -> None:
        """End what the server is doing; may be called by another thread."""
        self._is_ended = True
        # Within its session it would wait for the very query that it is to end.
        with (
            suppress(ClickHouseError),
            clickhouse_connect.get_client(dsn=self._url, autogenerate_session_id=False) as other,
        ):
            other.command(f"KILL QUERY WHERE query_id = '{self._query_id}' ASYNC")

    def _ask(self, query: str) -> pa.Table:
        self._query_id, self._is_ended = uuid4().hex, False
        try:
            with in_sentences():
                rows: pa.Table = self._client.query_arrow(
                    query, settings={"query_id": self._query_id}, use_strings=True
                )
                return rows
        except OutOfTime:
            raise
        except Exception as error:
            if self._is_ended:
                raise Interrupted from error
            raise


def _type(described: str) -> Any:
    """The type of a column; of one that ClickHouse is still to sum up, that of the result."""
    state = STATE.fullmatch(described)
    return ClickHouseType.from_string(state[1] if state else described)


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def code_of(error: ClickHouseError) -> int:
    """The number that ClickHouse gave its refusal; 0 for none."""
    found = re.search(r"(?:code:|Code:) ?(\d+)", str(error))
    return int(found[1]) if found else 0


@contextmanager
def in_sentences() -> Iterator[None]:
    """Whatever ClickHouse says against it is a WarehouseError."""
    try:
        yield
    except ClickHouseError as error:
        if code_of(error) == OUT_OF_TIME:
            raise OutOfTime from error
        raise unreadable(error) from error
