"""Files of suppressions and of words of consent: CSV in UTF-8 with a header, taken in whole or not
at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, time
from pathlib import Path
from typing import TypeVar

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from catalogue.models import Consent, SuppressionSource
from catalogue.permissions import Actor
from catalogue.privacy.consenting import Word, check_word, say_all
from catalogue.privacy.purposes import purposes
from catalogue.privacy.refusals import FileRefused, PrivacyRefused
from catalogue.privacy.suppressing import Added, Entry, check_entry, suppress_all
from catalogue.warehouse import ordinals
from catalogue.warehouse.refusals import Refusal

T = TypeVar("T")
OF_SUPPRESSIONS = ("customer_id", "email", "purpose", "reason")
OF_CONSENTS = ("customer_id", "purpose", "given", "source", "at", "expires_at")
YES, NO = ("yes", "true", "1", "given"), ("no", "false", "0", "withdrawn")
MOST_ROWS = 1_000_000
SHOWN = 20


def import_suppressions(
    content: bytes, *, reason: str = "", now: datetime, by: Actor, via: str
) -> Added:
    """Suppress everybody whom a file names: the columns customer_id, email, or both; `purpose`
    (empty: every one) and `reason` if there are such, else `reason` holds for all. Raises
    FileRefused with the rows at fault, PrivacyRefused, PermissionDenied, Unreadable."""
    rows = _rows(content, OF_SUPPRESSIONS, needs=("customer_id", "email"))
    known = {"", *(one.purpose for one in purposes())}

    def entry(row: Mapping[str, str]) -> Entry:
        found = Entry(
            customer_id=row.get("customer_id", ""),
            address=row.get("email", ""),
            purpose=row.get("purpose", "").strip(),
            reason=row.get("reason", "").strip() or reason,
        )
        check_entry(found)
        _check_known(found.purpose, known)
        return found

    entries = _each(rows, entry)
    return suppress_all(entries=entries, source=SuppressionSource.IMPORT, now=now, by=by, via=via)


def import_consents(
    content: bytes, *, source: str = "", now: datetime, by: Actor, via: str
) -> list[Consent]:
    """Note every word of a file: the columns customer_id, purpose and given (yes or no); source
    (else `source` holds for all), at (else now) and expires_at. Raises as above."""
    rows = _rows(content, OF_CONSENTS, needs=("customer_id",))
    known = {one.purpose for one in purposes()}
    there = ordinals.look_up([row.get("customer_id", "") for row in rows], "customer")

    def word(row: Mapping[str, str]) -> Word:
        customer_id = row.get("customer_id", "")
        if customer_id not in there or there[customer_id].deleted_at is not None:
            raise PrivacyRefused("There is no such customer.", pointer="/customer_id")
        found = Word(
            customer_id=customer_id,
            purpose=row.get("purpose", "").strip(),
            is_given=_yes_or_no(row.get("given", "")),
            source=row.get("source", "").strip() or source,
            at=_instant(row.get("at", ""), "/at") or now,
            expires_at=_instant(row.get("expires_at", ""), "/expires_at"),
        )
        _check_known(found.purpose, known)
        check_word(found, now)
        return found

    return say_all(words=_each(rows, word), now=now, by=by, via=via)


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises FileRefused when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as fault:
        raise FileRefused(f"{path} cannot be read: {fault.strerror}.") from fault


def _rows(content: bytes, columns: Sequence[str], *, needs: Sequence[str]) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise FileRefused(
            f"The file is not in UTF-8 (byte {fault.start:,}). Save it as CSV in UTF-8."
        ) from fault
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, columns, needs)
        return list(_read(reader, header))
    except csv.Error as fault:
        raise FileRefused(f"Row {reader.line_num:,} of the file is no CSV: {fault}.") from fault


def _check_header(header: Sequence[str], columns: Sequence[str], needs: Sequence[str]) -> None:
    there = ", ".join(columns)
    unknown = [name for name in header if name not in columns]
    if unknown:
        raise FileRefused(f"There is no column “{unknown[0][:80]}”. There are: {there}.")
    if len(set(header)) < len(header):
        raise FileRefused("A column is there twice.")
    if not set(needs) & set(header):
        raise FileRefused(f"The file needs a column {' or '.join(needs)}. There are: {there}.")


def _read(reader: Iterator[list[str]], header: Sequence[str]) -> Iterator[dict[str, str]]:
    for place, cells in enumerate(reader, start=2):
        if place - 1 > MOST_ROWS:
            raise FileRefused(f"The file has more than {MOST_ROWS:,} rows. Cut it into several.")
        if cells and len(cells) != len(header):
            raise FileRefused(
                f"Row {place:,} has {len(cells)} cells, and the header has {len(header)}."
            )
        # An empty line is told apart from a row by having nothing at all.
        yield dict(zip(header, cells, strict=bool(cells)))


def _each(rows: Sequence[Mapping[str, str]], take: Callable[[Mapping[str, str]], T]) -> list[T]:
    """What is taken of every row that is not empty, or FileRefused with all that is at fault."""
    found: list[T] = []
    faults: list[Refusal] = []
    for place, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row.values()):
            continue
        try:
            found.append(take(row))
        except PrivacyRefused as fault:
            column = fault.pointer.lstrip("/")
            faults.append(Refusal(row=place, column=column, why=str(fault)))
    if faults:
        raise FileRefused(
            f"{len(faults):,} of {len(rows):,} rows are at fault, so nothing was taken in."
            f" The first is {faults[0].sentence()}",
            faults[:SHOWN],
        )
    if not found:
        raise FileRefused("The file names nobody.")
    return found


def _check_known(purpose: str, known: set[str]) -> None:
    if purpose not in known:
        names = ", ".join(sorted(known - {""}))
        raise PrivacyRefused(
            f"There is no purpose “{purpose[:80]}”. There are: {names}.", pointer="/purpose"
        )


def _yes_or_no(text: str) -> bool:
    said = text.strip().lower()
    if said not in (*YES, *NO):
        raise PrivacyRefused("Write yes (given) or no (withdrawn).", pointer="/given")
    return said in YES


def _instant(text: str, pointer: str) -> datetime | None:
    """An instant, or the beginning of a day, in the zone of the workspace where it names none."""
    said = text.strip()
    if not said:
        return None
    try:
        day, instant = parse_date(said), parse_datetime(said)
    except ValueError:
        day = instant = None
    if day is not None:
        instant = datetime.combine(day, time())  # noqa: DTZ001 (made aware below)
    if instant is None:
        raise PrivacyRefused(
            "Write a day or an instant, as in 2026-11-26 or 2026-11-26T09:00:00Z.", pointer=pointer
        )
    return instant if timezone.is_aware(instant) else timezone.make_aware(instant)
