"""The contract, tried on every place that files can be written to, and what is peculiar to each."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import paramiko
import pytest

from integrations import registry
from integrations.connectors.files.addresses import resolver
from integrations.connectors.files.connector import FilesConnector, open_connector
from integrations.connectors.files.stores import extra
from integrations.errors import AuthError, ConfigError, TransientError
from integrations.http import Wire
from integrations.protocol import Observed, Unknown
from tests.fakes.vendor import running
from tests.integrations.connectors.files.fake import GoogleFake
from tests.integrations.connectors.files.google_server import GoogleHarness
from tests.integrations.connectors.files.harness import FilesHarness
from tests.integrations.connectors.files.s3_server import RIGHTS, S3, S3Harness, running_s3
from tests.integrations.connectors.files.sftp_server import USER, SftpHarness, running_sftp
from tests.integrations.contract import answers
from tests.integrations.contract.subject import LOOPBACK, STAMP, Subject, kinds, open_subject
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


@pytest.mark.parametrize("place", PLACES)
def test_a_place_inside_this_network_is_reached_only_where_that_is_allowed(
    place: str, opened: Callable[[str], FilesHarness]
) -> None:
    with pytest.raises(ConfigError, match="PRIVATE_TOOL_HOSTS"):
        with_options(opened(place), wire=Wire()).check()


def test_where_a_name_leads_is_looked_up_again_at_each_connection() -> None:
    resolving = resolver(frozenset())

    with pytest.raises(ConfigError, match="PRIVATE_TOOL_HOSTS"):
        asyncio.run(resolving.resolve("localhost", 80))
    assert asyncio.run(resolver(frozenset({"localhost"})).resolve("localhost", 80))


@pytest.mark.parametrize("place", PLACES)
def test_a_place_that_is_not_there_is_told(
    place: str, opened: Callable[[str], FilesHarness]
) -> None:
    harness = opened(place)
    elsewhere = str(harness.options["directory"]).replace("our-bucket", "no-bucket")
    elsewhere = elsewhere.replace("/drop/daily", "/drop/weekly").replace("s3://", "s3://no-")

    with pytest.raises((ConfigError, AuthError)) as refused:
        with_options(harness, directory=elsewhere).check()
    if place != "Google":
        assert "There is no" in refused.value.sentence


@pytest.mark.parametrize("place", PLACES)
def test_a_check_leaves_nothing_behind(place: str, opened: Callable[[str], FilesHarness]) -> None:
    harness = opened(place)

    with_options(harness).check()

    assert harness._names() == []
    if isinstance(harness, S3Harness):
        uploads = harness.s3.files.list_multipart_uploads(Bucket=harness.bucket)
        assert "Uploads" not in uploads


@pytest.mark.parametrize("place", ["S3", "SFTP"])
def test_a_place_that_does_not_answer_is_told(
    place: str, opened: Callable[[str], FilesHarness]
) -> None:
    harness = opened(place)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        began = time.monotonic()
        silent = {
            "S3": {"endpoint": f"http://127.0.0.1:{port}"},
            "SFTP": {"directory": f"sftp://{USER}@127.0.0.1:{port}/drop"},
        }[place]

        with pytest.raises(TransientError):
            with_options(harness, timeout="1", **silent).check()
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("place", PLACES)
def test_the_manifest_beside_a_file_has_its_checksum(
    place: str, opened: Callable[[str], FilesHarness]
) -> None:
    harness = opened(place)
    subject = open_subject(registry.manifest("files"), harness, open_connector)
    subject.add(*range(20))
    subject.connector.seal(subject.audience, replace(STAMP, complete=True))

    name = subject.audience.remote_id
    said = json.loads(harness._read(f"{name}.manifest.json"))

    assert said["sha256"] == hashlib.sha256(harness._read(f"{name}.csv").encode()).hexdigest()
    assert (said["count"], said["complete"]) == (20, True)
    observed = subject.connector.read_back(subject.audience)
    assert isinstance(observed, Observed)
    assert observed.notes == ()


def test_sftp_lets_in_a_key_instead_of_a_password(opened: Callable[[str], FilesHarness]) -> None:
    harness = sftp(opened)
    text = io.StringIO()
    harness.server.login_key.write_private_key(text)

    assert with_options(harness, password="", private_key=text.getvalue()).check()
    with pytest.raises(ConfigError, match="no private key"):
        with_options(harness, password="", private_key="-----BEGIN NOTHING-----").check()


def test_a_server_that_shows_another_key_gets_neither_password_nor_file(
    opened: Callable[[str], FilesHarness],
) -> None:
    harness = sftp(opened)
    other = paramiko.ECDSAKey.generate()

    with pytest.raises(ConfigError, match="shows another"):
        with_options(harness, host_key=f"{other.get_name()} {other.get_base64()}").check()
    assert not any(transport.is_authenticated() for transport in harness.server.transports)


def test_a_server_that_cannot_replace_a_file_in_one_step_is_refused(
    opened: Callable[[str], FilesHarness],
) -> None:
    harness = sftp(opened)
    harness.server.knows_rename = False

    with pytest.raises(ConfigError, match="cannot be used as it is set up"):
        with_options(harness).check()


def test_a_line_that_breaks_while_a_file_is_written_leaves_the_former_file(
    opened: Callable[[str], FilesHarness],
) -> None:
    harness = sftp(opened)
    subject = open_subject(registry.manifest("files"), harness, open_connector)
    subject.add(1)
    harness.server.breaks_after = 100_000
    former = harness._read(f"{subject.audience.remote_id}.csv")

    assert kinds(subject.try_to_add(*range(20_000))) == {Unknown}
    assert harness._read(f"{subject.audience.remote_id}.csv") == former
    harness.server.breaks_after = 0
    subject.settle(*range(20_000))
    subject.holds(*range(20_000))


def test_a_server_that_says_nothing_is_given_up_in_time(
    opened: Callable[[str], FilesHarness],
) -> None:
    harness = sftp(opened)
    harness.server.silent = True
    began = time.monotonic()

    with pytest.raises(TransientError):
        with_options(harness, timeout="1").check()
    assert time.monotonic() - began < 10


def test_a_key_that_wants_to_be_proved_elsewhere_is_refused() -> None:
    key = {"token_uri": "https://example.com/token", "client_email": "x", "private_key": "y"}
    options = {"directory": "gs://bucket/x", "service_account": json.dumps(key)}

    with pytest.raises(ConfigError, match="token_uri leads to example.com"):
        open_connector(options, wire=Wire(private_hosts=frozenset({"example.com"})))


def test_a_package_that_is_missing_is_told_with_how_to_get_it() -> None:
    with pytest.raises(ConfigError, match="pip install s3fs"):
        extra("a_package_that_nobody_has", package="s3fs")


def with_options(
    harness: FilesHarness, *, wire: Wire | None = None, **options: str
) -> FilesConnector:
    """A connector to the same place, with some options changed."""
    given = {name: str(value) for name, value in harness.options.items()}
    return open_connector({**given, **options}, wire=wire or Wire(private_hosts=LOOPBACK))


def sftp(opened: Callable[[str], FilesHarness]) -> SftpHarness:
    harness = opened("SFTP")
    assert isinstance(harness, SftpHarness)
    return harness
