"""What `load` and `customers` say about a file: sentences for people, or JSON Lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from catalogue.management.lines import Output, json_line
from catalogue.models import Load
from catalogue.warehouse.loads import RowsRefused
from catalogue.warehouse.refusals import Refusal

SHOWN = 20
DONE = {"deletions": "deleted", "merges": "merged"}


def report(out: Output, load: Load, *, as_json: bool, already: bool = False) -> None:
    """One load: its rows, and whether it had been done before."""
    if as_json:
        json_line(out, _row(load, already=already))
        return
    if already:
        out.write(
            f"{load.file_name} was loaded on {load.created_at:%Y-%m-%d at %H:%M} UTC; nothing "
            "changed. To load its rows once more, add --again.\n"
        )
        return
    out.write(f"{load.file_name}: {_sentence(load)}\n")


def _sentence(load: Load) -> str:
    done = DONE.get(load.kind, "loaded")
    parts = [f"{_counted(load.rows_read, 'row')} read, {load.rows_loaded:,} {done}"]
    if load.rows_known:
        parts.append(f"{load.rows_known:,} received before")
    if load.rows_refused:
        parts.append(f"{load.rows_refused:,} refused")
    if load.customers_created:
        parts.append(f"{_counted(load.customers_created, 'customer')} created")
    return ", ".join(parts) + "."


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _row(load: Load, *, already: bool) -> dict[str, object]:
    return {
        "type": "load",
        "kind": load.kind,
        "file": load.file_name,
        "already_loaded": already,
        "rows_read": load.rows_read,
        "rows_loaded": load.rows_loaded,
        "rows_known": load.rows_known,
        "rows_refused": load.rows_refused,
        "customers_created": load.customers_created,
        "as_of": load.as_of,
        "photo": load.photo_id,
    }


def report_refusals(
    out: Output, refused: Sequence[Refusal], count: int, *, file: str, as_json: bool
) -> None:
    """The refused rows: all that are known as JSON Lines, or the first ones as sentences."""
    if as_json:
        for refusal in refused:
            json_line(out, {"type": "refusal", "file": file, **asdict(refusal)})
        return
    for refusal in refused[:SHOWN]:
        out.write(f"{file}, {refusal.sentence()}\n")
    if count > SHOWN:
        out.write(f"… and {_counted(count - min(SHOWN, len(refused)), 'more row')}.\n")


def refusals_of(load: Load) -> list[Refusal]:
    """The refused rows that a load kept."""
    return [Refusal(**row) for row in load.refused]


def report_refused_file(out: Output, error: RowsRefused, *, file: str, as_json: bool) -> None:
    """A file that was refused as a whole because of some rows."""
    report_refusals(out, error.refused, error.rows_refused, file=file, as_json=as_json)
    if as_json:
        json_line(
            out,
            {
                "type": "refused",
                "file": file,
                "rows_read": error.rows_read,
                "rows_refused": error.rows_refused,
                "why": str(error),
            },
        )
