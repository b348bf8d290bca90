"""Photos opened a while ago, to be read again: opening one costs more than many a question."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from django.conf import settings

from catalogue.models import Photo
from catalogue.warehouse.budgets import Budget
from catalogue.warehouse.photos import metered, open_photo
from catalogue.warehouse.tables import Tables

# Idle ones, of one photo: more at once are for more people at once.
MOST = 2
_idle: list[tuple[object, Tables]] = []
_lock = Lock()


def identity_of(photo: Photo) -> tuple[object, ...]:
    """What is equal for two photos that hold the same data, and for no others."""
    told = hashlib.sha256(json.dumps(photo.tables, sort_keys=True).encode())
    for part in (photo.customers, photo.accounts, photo.merges):
        told.update(hashlib.sha256(bytes(part)).digest())
    return str(settings.LAKE_DIR), photo.pk, photo.created_at, told.digest()


@contextmanager
def borrowed(photo: Photo, budget: Budget) -> Iterator[Tables]:
    """The tables of a photo on a connection that nobody else uses meanwhile, within a budget. It is
    kept for the next one, unless something goes wrong, or a newer photo comes."""
    # A process that was forked shares no connection with the one it came from.
    name = (identity_of(photo), budget.memory_mib, os.getpid())
    tables = _taken(name) or open_photo(photo, budget=budget)
    yield metered(tables, budget)
    if not tables.has_near_rows:
        # A company's server is not held inside a transaction while nobody reads.
        return
    with _lock:
        _idle[:] = [one for one in _idle if one[0] == name][: MOST - 1] + [(name, tables)]


def _taken(name: object) -> Tables | None:
    with _lock:
        for place, (known, tables) in enumerate(_idle):
            if known == name:
                del _idle[place]
                return tables
    return None
