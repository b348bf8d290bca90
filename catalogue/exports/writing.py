"""Writing one file of members: beside its place first, then moved there whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.models.functions import Now
from pyroaring import BitMap

from catalogue.exports.formats import Manifest, Row, writer_of
from catalogue.exports.requesting import exports_folder
from catalogue.membership.attempt import sentence
from catalogue.models import Export, RunState
from catalogue.published import Audience, Purpose, people, version
from catalogue.published.checksums import checksum
from catalogue.published.rosters import entered_of

# People whose ids and traits are read together: fewer scans, more memory.
CHUNK = 20_000


class Cancelled(Exception):
    """Somebody asked for the writing to stop."""


def run_export(*, export_id: int, clock_now: datetime) -> Export:
    """Write an export that waits, and return it as it ended; any other is left alone. What goes
    wrong is noted on it in a sentence, and goes on its way when it is nobody's doing."""
    claimed = Export.objects.filter(pk=export_id, state=RunState.QUEUED).update(
        state=RunState.RUNNING, started_at=Now(), error=""
    )
    export = _export(export_id)
    if not claimed:
        return export
    try:
        _write(export, clock_now)
    except Cancelled:
        _end(export, RunState.CANCELLED)
    except PermissionDenied as refused:
        _end(export, RunState.FAILED, str(refused))
    except Exception as error:
        _end(export, RunState.FAILED, sentence(error))
        raise
    return _export(export_id)


def _export(export_id: int) -> Export:
    related = ("membership__segment__team", "membership__definition", "requested_by")
    return Export.objects.select_related(*related).get(pk=export_id)


def _running(export: Export) -> QuerySet[Export]:
    return Export.objects.filter(pk=export.pk, state=RunState.RUNNING)


def _end(export: Export, state: RunState, error: str = "") -> None:
    _running(export).update(state=state, error=error, finished_at=Now())


def _write(export: Export, now: datetime) -> None:
    key, number = export.membership.segment.key, export.membership.number
    found = version(key, number)
    assert found is not None  # noqa: S101 (an export keeps its version)
    audience = people(found, purpose=Purpose.EXPORT, viewer=export.requested_by)
    _running(export).update(rows_total=len(audience.ordinals))
    folder = exports_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{export.pk}.{export.format}"
    unfinished = folder / f"{name}.part"
    try:
        _fill(unfinished, export, audience, _manifest(export, audience, now))
        digest = hashlib.sha256(unfinished.read_bytes()).hexdigest()
        unfinished.replace(folder / name)
    finally:
        unfinished.unlink(missing_ok=True)
    expires_at = now + timedelta(hours=settings.EXPORT_KEPT_HOURS)
    _running(export).update(
        state=RunState.SUCCEEDED,
        path=name,
        sha256=digest,
        expires_at=expires_at,
        finished_at=Now(),
    )


def _fill(path: Path, export: Export, audience: Audience, manifest: Manifest) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = writer_of(export.format, file, export.traits)
        writer.begin(manifest)
        done = 0
        for some in _chunks(audience.ordinals):
            if not _running(export).filter(cancel_asked=False).exists():
                raise Cancelled
            writer.write(_rows(export, audience, some))
            done += len(some)
            _running(export).update(rows_done=done)
        file.flush()
        os.fsync(file.fileno())


def _rows(export: Export, audience: Audience, some: BitMap) -> Iterator[Row]:
    names, as_of = list(export.traits), audience.version.now
    values = audience.traits(names, now=as_of, some=some) if names else {}
    since = entered_of(audience, some)
    for ordinal, customer_id in audience.ids(some):
        yield Row(id=customer_id, since=since.get(ordinal), traits=values.get(ordinal, {}))


def _manifest(export: Export, audience: Audience, now: datetime) -> Manifest:
    about = audience.version
    return Manifest(
        segment=about.key,
        name=about.name,
        subject=about.subject,
        definition_version=about.definition_version,
        definition_hash=about.definition_hash,
        membership_version=about.membership_version,
        as_of=about.now.isoformat(),
        written_at=now.isoformat(),
        count=len(audience.ordinals),
        withheld=audience.withheld,
        checksum=checksum(customer_id for _, customer_id in audience.ids()),
        traits=tuple(export.traits),
    )


def _chunks(ordinals: BitMap) -> Iterator[BitMap]:
    return (BitMap(ordinals[start : start + CHUNK]) for start in range(0, len(ordinals), CHUNK))
