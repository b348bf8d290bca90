"""Our client asks Customer.io as the published examples do: there is no client of the vendor's own
for these calls (its Python package knows neither segments nor batches of people)."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from integrations import registry
from integrations.connectors.customerio.client import CustomerioClient
from integrations.connectors.customerio.config import Config
from integrations.http import Wire
from tests.fakes.vendor import running
from tests.integrations.connectors.customerio.fake import (
    APP_KEY,
    SITE_ID,
    TRACK_KEY,
    FakeCustomerio,
)
from tests.integrations.contract.subject import LOOPBACK

APP = f"Bearer {APP_KEY}"
TRACK = "Basic " + base64.b64encode(f"{SITE_ID}:{TRACK_KEY}".encode()).decode()


@pytest.fixture
def fake() -> Iterator[FakeCustomerio]:
    with running(FakeCustomerio()) as one:
        assert isinstance(one, FakeCustomerio)
        yield one


@pytest.fixture
def client(fake: FakeCustomerio) -> CustomerioClient:
    options = {one.name: one.default for one in registry.manifest("customerio").options}
    keys = {"site_id": SITE_ID, "track_key": TRACK_KEY, "app_key": APP_KEY, "url": fake.url}
    return CustomerioClient(Config.parse({**options, **keys}), wire=Wire(private_hosts=LOOPBACK))


def asked(fake: FakeCustomerio, ask: Callable[[], Any]) -> tuple[Any, ...]:
    """The one request that arrives: who asks, method, path, query and body."""
    began = len(fake.ledger)
    ask()
    (entry,) = fake.ledger[began:]
    one = entry.asked
    if one.body:
        assert one.headers["content-type"].startswith("application/json")
    body = json.loads(one.body) if one.body else None
    return one.headers["authorization"], one.method, one.path, dict(one.query), body


def test_segments_are_made_and_read_as_published(
    fake: FakeCustomerio, client: CustomerioClient
) -> None:
    # integrations/api/app/tag/segments/createManSegment
    who, method, path, query, body = asked(fake, lambda: client.make_segment("Manual Segment 1"))
    assert (who, method, path, query) == (APP, "POST", "/v1/segments", {})
    assert set(body) == {"segment"}
    assert set(body["segment"]) == {"name", "description"}
    assert body["segment"]["name"] == "Manual Segment 1"

    (segment,) = client.segments()
    assert asked(fake, client.segments) == (APP, "GET", "/v1/segments", {}, None)
    one = f"/v1/segments/{segment.id}"
    assert asked(fake, lambda: client.segment(segment.id)) == (APP, "GET", one, {}, None)
    # integrations/api/app/tag/segments/getSegmentMembership: limit is 30,000 at most
    query = {"limit": "10000"}
    read = asked(fake, lambda: list(client.members(segment.id)))
    assert read == (APP, "GET", f"{one}/membership", query, None)


def test_people_are_put_on_and_taken_off_as_published(
    fake: FakeCustomerio, client: CustomerioClient
) -> None:
    # integrations/api/track/tag/track-segments
    number = str(fake.make_segment("Risk"))
    path, body = f"/api/v1/segments/{number}", {"ids": ["1", "2"]}

    put_on = asked(fake, lambda: client.add(number, ["1", "2"]))
    taken_off = asked(fake, lambda: client.remove(number, ["1", "2"]))
    strangers = asked(fake, lambda: client.remove(number, ["1", "2"], id_type="cio_id"))

    assert put_on == (TRACK, "POST", f"{path}/add_customers", {"id_type": "id"}, body)
    assert taken_off == (TRACK, "POST", f"{path}/remove_customers", {"id_type": "id"}, body)
    assert strangers == (TRACK, "POST", f"{path}/remove_customers", {"id_type": "cio_id"}, body)


def test_people_are_written_and_looked_up_as_published(
    fake: FakeCustomerio, client: CustomerioClient
) -> None:
    # integrations/api/track/tag/track_v2: a batch of what the single call takes
    person = {
        "type": "person",
        "identifiers": {"id": "42"},
        "action": "identify",
        "attributes": {"email": "ada@shop.example", "segment_why": "spät"},
    }
    written = asked(fake, lambda: client.send([person]))
    assert written == (TRACK, "POST", "/api/v2/batch", {}, {"batch": [person]})

    # integrations/api/app/tag/customers/getPeopleById
    looked_up = asked(fake, lambda: client.people(["42"]))
    path = "/v1/customers/attributes"
    assert looked_up == (APP, "POST", path, {"id_type": "id"}, {"ids": ["42"]})
    assert client.people(["42", "43"])["42"].email == "ada@shop.example"

    # integrations/api/app/tag/customers/getPeopleFilter: 1,000 people at most
    found = asked(fake, lambda: list(client.unsubscribed("7")))
    wanted = [
        {"segment": {"id": 7}},
        {"attribute": {"field": "unsubscribed", "operator": "eq", "value": "true"}},
    ]
    body = {"filter": {"and": wanted}}
    assert found == (APP, "POST", "/v1/customers", {"limit": "1000"}, body)


def test_the_region_is_asked_for_as_published(
    fake: FakeCustomerio, client: CustomerioClient
) -> None:
    asked_for = asked(fake, client.region)
    assert asked_for == (TRACK, "GET", "/api/v1/accounts/region", {}, None)
