"""A HubSpot of each test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from integrations import registry
from integrations.connectors.hubspot.connector import open_connector
from tests.fakes.vendor import running
from tests.integrations.connectors.hubspot.fake import FakeHubspot
from tests.integrations.connectors.hubspot.harness import HubspotHarness
from tests.integrations.contract.subject import Subject, open_subject


@pytest.fixture
def fake() -> Iterator[FakeHubspot]:
    server = FakeHubspot()
    with running(server):
        yield server


@pytest.fixture
def hubspot(fake: FakeHubspot) -> Subject:
    """The connector at work on it, with a list of its own."""
    return open_subject(registry.manifest("hubspot"), HubspotHarness(fake), open_connector)
