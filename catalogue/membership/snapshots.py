"""The folder of what workers remembered: written after a refresh now and then, and read by a worker
that has just started. Whoever finds a file there that it cannot use deletes it."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from catalogue.crashpoint import crashpoint
from catalogue.engine.kept.memory import Kept
from catalogue.engine.kept.snapshot import (
    Beside,
    Lineage,
    open_snapshot,
    read_snapshot,
    write_snapshot,
)
from catalogue.engine.kept.snapshot_file import SnapshotFile, Unusable
from catalogue.membership.known_members import keep_all, known_of_newest
from catalogue.models import Load, Photo
from catalogue.warehouse import photos
from catalogue.warehouse.delta_notes import note_again, noted
from catalogue.warehouse.pieces import are_in_pieces

MOST = 2
# One that lies so far behind is replaced: each hour more is more to be read.
STALE = timedelta(hours=6)
# After a full scan another one is written, but not more often.
APART = timedelta(hours=1)
# A file that is being written for longer belongs to a process that is dead.
HALF_SECONDS = 3600
NAME = re.compile(r"(\d{8}T\d{12})-\d+-[0-9a-f]{8}\.kept")
STAMP = "%Y%m%dT%H%M%S%f"

logger = logging.getLogger(__name__)


def folder() -> Path:
    """Where they are."""
    return Path(settings.DATA_DIR) / "remembered"


def is_due(kept: Kept, now: datetime, *, is_last: bool = False) -> bool:
    """Whether what is remembered after a refresh as of `now` is worth writing. `is_last`: this
    process ends, and the next one is to begin near to where it was."""
    if kept.is_empty:
        return False
    newest = next(map(_instant, _whole()), None)
    if newest is None or now - newest >= STALE:
        return True
    return (is_last or kept.has_scanned) and now - newest >= APART


def write(kept: Kept, photo: Photo, now: datetime) -> None:
    """Write what is remembered as of a photo and `now`, and delete the oldest ones. What the disk
    refuses is left out: it is only of use to whoever starts later."""
    tables = photos.open_photo(photo)
    if not are_in_pieces(tables):
        return  # A company's own warehouse: nothing follows there but samples.
    place = folder() / f"{now.astimezone(UTC):{STAMP}}-{photo.pk}-{secrets.token_hex(4)}.kept"
    half = place.with_suffix(".half")
    try:
        folder().mkdir(parents=True, exist_ok=True)
        with half.open("xb") as file:
            write_snapshot(kept, tables, _lineage(photo), _beside(photo), file)
            crashpoint("remember: written")
            file.flush()
            os.fsync(file.fileno())
        half.replace(place)
        crashpoint("remember: named")
        _sync_folder()
        kept.has_scanned = False
    except OSError as error:
        logger.warning("what was remembered could not be written to %s: %s", place, error)
        half.unlink(missing_ok=True)
    except Exception:
        # The refresh is done, and files that it read may be deleted by now.
        logger.exception("what was remembered could not be written to %s", place)
        half.unlink(missing_ok=True)
    if not _is_free_of_the_erased(photo):
        # Somebody was erased meanwhile, and who deletes these files may have been here before.
        place.unlink(missing_ok=True)
    _tidy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A snapshot that is being opened and checked by another thread."""

    place: Path
    opened: Future[SnapshotFile]


def look_ahead() -> Ahead | None:
    """Begin to check the newest snapshot: that reads memory, which another thread can do beside
    whatever is done before it is needed. None: there is none."""
    place = next(iter(_whole()), None)
    if place is None:
        return None
    pool = ThreadPoolExecutor(1)
    opened = pool.submit(_opened, place)
    pool.shutdown(wait=False)
    return Ahead(place=place, opened=opened)


def _opened(place: Path) -> SnapshotFile:
    with place.open("rb") as file:
        return open_snapshot(file)


def begin(kept: Kept, ahead: Ahead | None = None) -> Path | None:
    """Begin with the newest snapshot that is whole and of these data, and say which; None: there is
    none, and nothing has changed."""
    for place in _whole():
        try:
            is_ahead = ahead is not None and ahead.place == place
            snapshot = ahead.opened.result() if ahead and is_ahead else _opened(place)
            beside = read_snapshot(kept, snapshot, _is_ours)
        except FileNotFoundError:
            continue
        except (Unusable, OSError) as error:
            _give_up(place, str(error))
        except Exception as error:
            # Whatever it is, a full refresh does without.
            logger.exception("%s could not be read", place)
            _give_up(place, repr(error))
        else:
            _take_over(beside)
            return place
    return None


def remove_all() -> int:
    """Delete all of them; how many there were. One that is being written deletes itself where it
    must not be (`write`)."""
    found = list(_whole())
    for place in found:
        place.unlink(missing_ok=True)
    return len(found)


def remove(place: Path) -> None:
    """Delete one that did not do."""
    place.unlink(missing_ok=True)


def _whole() -> list[Path]:
    """Those that were written to their end, the newest first."""
    return sorted((one for one in _files() if NAME.fullmatch(one.name)), reverse=True)


def _files() -> Iterator[Path]:
    with suppress(FileNotFoundError):
        yield from folder().iterdir()


def _instant(place: Path) -> datetime:
    return datetime.strptime(place.name.partition("-")[0], STAMP).replace(tzinfo=UTC)


def _lineage(photo: Photo) -> dict[str, object]:
    """What a snapshot says of the photo that it was made of. Pieces are files that stand for the
    same rows for ever, but ordinals stand for the same people only in the same database."""
    tables = hashlib.sha256(json.dumps(photo.tables, sort_keys=True).encode()).hexdigest()
    return {
        "lake": str(settings.LAKE_DIR),
        "photo": photo.pk,
        "made": photo.created_at.astimezone(UTC).isoformat(),
        "tables": tables,
    }


def _beside(photo: Photo) -> Beside:
    """What is noted of tables, which take longer to be opened than all of this, and the members
    that were published last."""
    tables: dict[str, int] = photo.tables
    notes = {path: (one, noted(_lake() / path, one)) for path, one in tables.items()}
    return {"notes": notes, "members": known_of_newest()}


def _take_over(beside: Beside) -> None:
    for path, (version, found) in beside["notes"].items():
        note_again(_lake() / path, version, found)
    keep_all(beside["members"])


def _lake() -> Path:
    return Path(settings.LAKE_DIR).resolve()


def _is_ours(lineage: Lineage) -> bool:
    some = Photo.objects.defer("customers", "accounts", "merges")
    known = some.filter(pk=str(lineage["photo"])).first()
    return known is not None and _lineage(known) == lineage and _is_free_of_the_erased(known)


def _is_free_of_the_erased(photo: Photo) -> bool:
    """Whether nobody's rows were erased since the photo."""
    return not Load.objects.filter(kind="erasure", photo__gt=photo.pk).exists()


def _give_up(place: Path, why: str) -> None:
    logger.warning("%s is not used, and deleted: %s", place, why)
    with suppress(OSError):
        remove(place)


def _tidy() -> None:
    with suppress(OSError):
        for place in _whole()[MOST:]:
            place.unlink(missing_ok=True)
        for place in _files():
            if place.suffix == ".half" and _age(place) > HALF_SECONDS:
                place.unlink(missing_ok=True)


def _age(place: Path) -> float:
    return time.time() - place.stat().st_mtime


def _sync_folder() -> None:
    # Else the name may be lost in a crash of the machine, or the old one stay.
    handle = os.open(folder(), os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
