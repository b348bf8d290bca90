"""Instants written in files, read as clause 9 reads dates, a whole column at once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from catalogue.definitions.windows import instant_of
from catalogue.warehouse.connection import open_duckdb
from catalogue.warehouse.kinds import naive_utc, split_column

MICROSECONDS = pa.timestamp("us")
CLOCK = r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?"
OFFSET = r"Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9]"
SHAPE = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ]{CLOCK}({OFFSET})?)?"
# The zone's offset in minutes; beyond a date, only it can hold a sign.
READ = f"""
select try_cast(left(regexp_replace(moment, '({OFFSET})$', ''), 26) as timestamp)
    - to_minutes(case when sign = '' or sign = 'Z' then 0
      else (case sign[1] when '-' then -1 else 1 end)
        * (60 * cast(sign[2:3] as bigint) + cast(right(sign, 2) as bigint)) end) as instant,
  sign = '' as is_local
from (select place, moment,
    case when length(moment) > 10 then regexp_extract(moment, '({OFFSET})$') else '' end as sign
  from (select place, case when regexp_full_match(raw, '{SHAPE}') then replace(raw, ' ', 'T') end
    as moment from raws))
order by place
"""  # noqa: S608 (constants only)


def read_times(column: pa.Array, zone: ZoneInfo) -> pa.Array:
    """Instants as naive UTC microseconds; null where missing or not readable.

    Text is `YYYY-MM-DD`, a date-time of clause 9, or `YYYYMMDD`; without an offset it is local to
    `zone`, a date is the first instant of its local day. Date/time columns are taken as they are.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return read_times(column.dictionary_decode(), zone)
    if pa.types.is_timestamp(kind):
        return split_column(column).get("instant", pa.nulls(len(column), MICROSECONDS))
    if pa.types.is_date(kind) or pa.types.is_integer(kind):
        return _read_texts(column.cast(pa.string()), zone)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _read_texts(column.cast(pa.string()), zone)
    return pa.nulls(len(column), MICROSECONDS)


def read_time(text: str, zone: ZoneInfo) -> datetime | None:
    """One instant as naive UTC; None when it cannot be read."""
    return read_times(pa.array([text]), zone)[0].as_py()


def _read_texts(texts: pa.Array, zone: ZoneInfo) -> pa.Array:
    texts = pc.replace_substring_regex(texts, r"^([0-9]{4})([0-9]{2})([0-9]{2})$", r"\1-\2-\3")
    places = pa.array(np.arange(len(texts)))
    with open_duckdb() as connection:
        connection.register("raws", pa.table({"place": places, "raw": texts}))
        read = connection.sql(READ).to_arrow_table().combine_chunks()
    instants = _in_calendar(read["instant"].combine_chunks().cast(MICROSECONDS))
    if zone.key in ("UTC", "Etc/UTC"):
        return instants
    return _localised(instants, read["is_local"].combine_chunks(), zone)


def _in_calendar(instants: pa.Array) -> pa.Array:
    years = pc.year(instants)
    return pc.if_else(
        pc.and_(pc.greater_equal(years, 1), pc.less_equal(years, 9999)), instants, None
    )


def _localised(instants: pa.Array, is_local: pa.Array, zone: ZoneInfo) -> pa.Array:
    """The local ones moved to UTC; each distinct time once, for gaps and double hours are odd."""
    distinct = pc.unique(pc.drop_null(pc.if_else(is_local, instants, None)))
    moved = [naive_utc(instant_of(local, zone)) for local in distinct.to_pylist()]
    places = pc.index_in(instants, value_set=distinct)
    utc = pa.array(moved, MICROSECONDS).take(places)
    return pc.if_else(pc.fill_null(is_local, False), utc, instants)
