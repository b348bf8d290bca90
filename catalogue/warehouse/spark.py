"""Apache Spark as a back end that is only read: what Ibis compiles, with tables of ours sent and
answers read as Arrow. Needs pyspark (requirements/spark.txt)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.pyspark import Backend


class ReadingSpark(Backend):
    """An Ibis back end on one session of Spark. By way of Arrow alone: the nanoseconds of pandas
    know the years 1677 to 2262 only. Not for use by two threads at once."""

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        # What this back end asks is one group of jobs, which can be ended from any thread.
        self._group = f"segment-catalogue-{uuid4().hex}"

    @classmethod
    def of_session(cls, session: Any) -> ReadingSpark:
        """A back end on a session that is there."""
        cls.register_options()
        backend = cls()
        backend.do_connect(session)
        return backend

    def interrupt(self) -> None:
        """End what the session is doing; may be called by another thread."""
        self._session.sparkContext.cancelJobGroup(self._group)

    def send(self, name: str, rows: pa.Table) -> None:
        """Rows as a table of the session."""
        self._session.createDataFrame(rows).createOrReplaceTempView(name)

    def _register_in_memory_table(self, op: ops.InMemoryTable) -> None:
        self.send(op.name, op.data.to_pyarrow(op.schema))

    def to_pyarrow(self, expr: ir.Expr, /, **how: object) -> pa.Table:
        """All rows of a query."""
        self._run_pre_execute_hooks(expr)
        self._session.sparkContext.setJobGroup(self._group, "segments", interruptOnCancel=True)
        rows: pa.Table = self._session.sql(self.compile(expr)).toArrow()
        return rows.cast(expr.as_table().schema().to_pyarrow())
