"""What the tick does for exports: those that wait are named, lost ones ended, old files deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue.exports.requesting import exports_folder
from catalogue.models import Export, RunState

# Twice what one task may take: nobody writes any more.
LOST_AFTER = timedelta(minutes=10)
LOST = "The worker was lost while writing the file, so there is none. Export again."


def waiting_exports() -> list[int]:
    """The exports that wait to be written, oldest first."""
    rows = Export.objects.filter(state=RunState.QUEUED).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def tidy_exports(*, now: datetime) -> None:
    """End exports whose worker is gone, and delete every file whose time is over."""
    lost = Export.objects.filter(state=RunState.RUNNING, started_at__lt=now - LOST_AFTER)
    lost.update(state=RunState.FAILED, error=LOST, finished_at=now)
    over = Export.objects.filter(expires_at__lte=now).exclude(path="")
    for export in over:
        (exports_folder() / export.path).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(path="")
    _delete_orphans(now)


def _delete_orphans(now: datetime) -> None:
    """Files that no row names: of a worker that died, or of an export deleted with its segment."""
    folder = exports_folder()
    if not folder.is_dir():
        return
    named = set(Export.objects.exclude(path="").values_list("path", flat=True))
    for path in folder.iterdir():
        age = now.timestamp() - path.stat().st_mtime
        if path.name not in named and age > LOST_AFTER.total_seconds():
            path.unlink(missing_ok=True)
