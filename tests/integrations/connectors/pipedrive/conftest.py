"""A Pipedrive of each test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations import registry
from integrations.connectors.pipedrive.connector import open_connector
from tests.fakes.vendor import running
from tests.integrations.connectors.pipedrive.fake import FakePipedrive
from tests.integrations.connectors.pipedrive.harness import PipedriveHarness
from tests.integrations.contract.subject import Subject, open_subject


@pytest.fixture
def fake() -> Iterator[FakePipedrive]:
    server = FakePipedrive()
    with running(server):
        yield server


@pytest.fixture
def pipedrive(fake: FakePipedrive) -> Subject:
    """The connector at work on it, with a label of its own."""
    return open_subject(registry.manifest("pipedrive"), PipedriveHarness(fake), open_connector)
