"""What all loads share: how they treat bad rows, and the record they leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from catalogue.models import Load
from catalogue.warehouse.importers import Sheet
from catalogue.warehouse.refusals import LoadError, Refusal, Refusals, shown

KEPT_IN_DATABASE = 100


class RowsRefused(LoadError):
    """Some rows cannot be loaded, so none was. `refused` names the first ones."""

    def __init__(self, sheet: Sheet, refusals: Refusals) -> None:
        self.rows_read, self.rows_refused = sheet.rows_read, refusals.count
        self.refused: list[Refusal] = refusals.first
        super().__init__(
            f"{sheet.name}: {refusals.count:,} of {sheet.rows_read:,} rows refused, so nothing was "
            "loaded. Correct them, or load the others with --skip-bad-rows."
        )


def _workspace_zone() -> ZoneInfo:
    return ZoneInfo(settings.WORKSPACE_TIME_ZONE)


def _ignore(_: int) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What holds for every kind of load. `wait`: seconds to wait for another writer; `zone`: of
    times without an offset; `on_rows(n)`: told as n more rows are done."""

    skip_bad_rows: bool = False
    wait: float = 60.0
    zone: ZoneInfo = field(default_factory=_workspace_zone)
    on_rows: Callable[[int], None] = _ignore


def leave_out_deleted(
    ids: pa.Array, gone: Mapping[str, datetime], column: str, refusals: Refusals
) -> None:
    """Leave out rows about somebody who was deleted (`gone`, with the instant): loading never
    brings anybody back, and a source that still lists them must not keep everybody else's rows
    out."""
    if not gone:
        return

    def why(index: int) -> str:
        name = ids[index].as_py()
        return f"{shown(name)} was deleted on {gone[name]:%Y-%m-%d} and stays deleted"

    plain = ids.dictionary_decode() if pa.types.is_dictionary(ids.type) else ids
    rows = pc.is_in(plain, value_set=pa.array(list(gone), pa.string()))
    refusals.leave_out(rows.to_numpy(zero_copy_only=False), column, why)


def check(sheet: Sheet, refusals: Refusals, how: How) -> None:
    """Raise RowsRefused unless no row is at fault or bad rows may be left out."""
    if refusals.faults and not how.skip_bad_rows:
        raise RowsRefused(sheet, refusals)


def new_load(kind: str, sheet: Sheet, refusals: Refusals, *, as_of: datetime | None = None) -> Load:
    """The record of a load, not saved yet; `rows_loaded` are those not refused."""
    return Load(
        kind=kind,
        file_name=sheet.name[:500],
        sha256=sheet.sha256,
        as_of=as_of,
        rows_read=sheet.rows_read,
        rows_loaded=sheet.rows_read - refusals.count,
        rows_refused=refusals.count,
        refused=[asdict(refusal) for refusal in refusals.first[:KEPT_IN_DATABASE]],
    )
