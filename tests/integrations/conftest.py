"""The one real Mailman of a test run. Tests that use it carry `mailman_group`, so that one worker
runs them all and one server is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.connectors.mailman.local_server import LocalMailman, running_mailman

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def mailman(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMailman]:
    """A real GNU Mailman on loopback, gone with the run."""
    folder = tmp_path_factory.mktemp("mailman")
    with running_mailman(folder, environment=ROOT / ".venv-mailman") as server:
        yield server
