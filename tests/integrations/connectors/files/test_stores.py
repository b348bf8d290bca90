"""The contract, tried on every place that files can be written to, and what is peculiar to each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from integrations import registry
from integrations.connectors.files.connector import open_connector
from tests.fakes.vendor import running
from tests.integrations.connectors.files.fake import GoogleFake
from tests.integrations.connectors.files.google_server import GoogleHarness
from tests.integrations.connectors.files.harness import FilesHarness
from tests.integrations.connectors.files.s3_server import RIGHTS, S3, S3Harness, running_s3
from tests.integrations.connectors.files.sftp_server import SftpHarness, running_sftp
from tests.integrations.contract import answers
from tests.integrations.contract.subject import Subject, open_subject
from tests.integrations.contract.test_connectors import SCENARIOS

pytestmark = pytest.mark.xdist_group("files")
BAD_ANSWERS = {scenario.__name__ for scenario in answers.SCENARIOS}
PLACES: dict[str, type[FilesHarness]] = {
    "S3": S3Harness,
    "SFTP": SftpHarness,
    "Google": GoogleHarness,
}


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with running_s3() as server:
        yield server


@pytest.fixture
def opened(s3: S3, tmp_path: Path) -> Iterator[Callable[[str], FilesHarness]]:
    """Gives the harness of a place, with everything as it should be."""
    with ExitStack() as ends:

        def harness(place: str) -> FilesHarness:
            if place == "S3":
                s3.allow("catalogue", RIGHTS)
                return S3Harness(s3)
            if place == "SFTP":
                return SftpHarness(ends.enter_context(running_sftp(tmp_path)))
            fake = GoogleFake()
            ends.enter_context(running(fake))
            return GoogleHarness(fake)

        yield harness


@pytest.mark.parametrize(
    ("place", "name"),
    [
        # gcsfs tries again for as long as it may: these take their time.
        pytest.param(place, name, marks=pytest.mark.long if name in BAD_ANSWERS else ())
        for place, harness in PLACES.items()
        for name in SCENARIOS
        if name not in harness.exempt
    ],
)
def test_scenario(
    place: str,
    name: str,
    opened: Callable[[str], FilesHarness],
    record_property: pytest.RecordProperty,
) -> None:
    record_property("contract", f"files, {place}|{name}|done")
    subject: Subject = open_subject(registry.manifest("files"), opened(place), open_connector)

    SCENARIOS[name](subject)
