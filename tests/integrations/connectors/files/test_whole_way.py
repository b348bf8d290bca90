"""The whole way to a bucket: sync with columns, change it behind our back, drift, repair."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest

from integrations.protocol import AudienceRef
from integrations.sync.run import measure_drift
from tests.integrations.connectors.files.s3_server import S3Harness, running_s3
from tests.integrations.ground import (
    Clock,
    audience_of,
    destination,
    live_segment,
    make_customers,
    publish,
    sync,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("files")]
HERE = AudienceRef(remote_id="whole-way", name="whole-way")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Harness]:
    with running_s3() as server:
        harness = S3Harness(server)
        monkeypatch.setenv("S3_SECRET", harness.options["secret_key"])
        yield harness


def ids(start: int, stop: int) -> list[str]:
    return [f"{number:05}" for number in range(start, stop)]


def test_a_file_in_a_bucket_holds_exactly_the_segment_and_the_stranger_stays(
    bucket: S3Harness,
) -> None:
    make_customers(ids(0, 200))
    options = {**bucket.options, "secret_key": "env:S3_SECRET", "field_message": ""}
    destination("lake", "files", options)
    segment = live_segment("risk", to="lake", called="whole-way")
    publish(segment, ids(0, 120))

    first = sync("risk")

    assert (first.run.state, first.run.added) == ("succeeded", 120)
    assert bucket.held(HERE) == set(ids(0, 120))
    rows = list(csv.DictReader(io.StringIO(bucket._read("whole-way.csv"))))
    assert {row["segment"] for row in rows} == {"risk"}
    assert all(row["entered_at"].endswith("Z") for row in rows)
    assert "message" not in rows[0]
    said = json.loads(bucket._read("whole-way.manifest.json"))
    assert (said["count"], said["complete"], said["segment"]) == (120, True, "risk")

    bucket.take(HERE, "00007")
    bucket.put(HERE, "stranger")
    found = measure_drift(audience_id=audience_of("risk").pk, clock=Clock())

    assert (found.missing, found.extra, found.foreign) == (1, 0, 1)
    assert sync("risk").run.state == "succeeded"
    assert bucket.held(HERE) == {*ids(0, 120), "stranger"}
    bucket.destroy(HERE)
    publish(segment, ids(10, 120))
    assert sync("risk").run.state == "stopped"
