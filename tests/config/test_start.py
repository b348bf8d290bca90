"""Processes prove at their start that DuckDB is locked in, and do not start when it is not."""

from __future__ import annotations

import gc
import runpy

import pytest
from celery.signals import worker_init

from catalogue.warehouse import connection
from catalogue.warehouse.connection import UnlockedError


def test_pages_and_workers_start_where_duckdb_is_locked_in() -> None:
    assert "application" in runpy.run_module("config.wsgi")
    import config.celery

    worker_init.send(sender=config.celery.app)


def test_neither_starts_where_it_can_break_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import config.celery

    monkeypatch.setattr(connection, "lock_down", lambda *_: None)
    with pytest.raises(UnlockedError, match="do not start the product"):
        runpy.run_module("config.wsgi")
    with pytest.raises(SystemExit, match="DuckDB is not locked in"):
        worker_init.send(sender=config.celery.app)


def test_what_a_worker_has_loaded_is_not_looked_through_for_garbage() -> None:
    import config.celery

    class Loaded:
        """Something that stays."""

    loaded = Loaded()
    worker_init.send(sender=config.celery.app)
    assert all(one is not loaded for one in gc.get_objects())
