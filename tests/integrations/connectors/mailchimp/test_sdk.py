"""The same intents through Mailchimp's own client: method, path, query and body must be ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mailchimp_marketing import Client
from mailchimp_marketing.api_client import ApiClientError

from integrations import registry
from integrations.connectors.mailchimp.connector import open_connector
from integrations.protocol import Operation
from tests.fakes.vendor import Asked
from tests.integrations.connectors.mailchimp.fake import KEY, LIST, FakeMailchimp, hashed
from tests.integrations.connectors.mailchimp.harness import MailchimpHarness, open_harness
from tests.integrations.contract.subject import Subject, open_subject

ADDRESS = "customer1@shop.example"
NAME = hashed(ADDRESS)
FIELDS = {"WHY": "They buy less."}
MEMBER = {"email_address": ADDRESS, "status_if_new": "subscribed", "merge_fields": FIELDS}
EVERYBODY = {f"include_{one}": "true" for one in ("cleaned", "transactional", "unsubscribed")}


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("mailchimp"), harness, open_connector)


@pytest.fixture
def sdk(subject: Subject) -> Any:
    client = Client({"api_key": KEY})
    client.api_client.host = f"{subject.fake.url}/3.0"
    return client


def asked(subject: Subject, act: Callable[[], object]) -> list[tuple[Any, ...]]:
    """What arrived while `act` ran. Parameters of which parts are shown are not compared: they
    change no meaning."""
    assert isinstance(subject.fake, FakeMailchimp)
    began = len(subject.fake.ledger)
    act()
    return [told(entry.asked) for entry in subject.fake.ledger[began:]]


def told(request: Asked) -> tuple[Any, ...]:
    query = {name: text for name, text in request.query.items() if name != "fields"}
    headers = [request.headers.get(name) for name in ("content-type", "authorization")]
    # Any name goes with the key.
    kind = str(headers[1]).partition(" ")[0]
    content = headers[0] if request.body not in (b"", b"null") else None
    return request.method, request.path, query, request.json(), kind, content


def test_adding_asks_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    segment = subject.audience.remote_id
    record = subject.record(1, ADDRESS, fields=FIELDS)

    ours = asked(subject, lambda: subject.send(Operation.ADD, [record]))
    theirs = asked(
        subject,
        lambda: (
            sdk.lists.batch_list_members(
                LIST,
                {"members": [MEMBER], "update_existing": True},
                skip_merge_validation="true",
            ),
            sdk.lists.batch_segment_members({"members_to_add": [ADDRESS]}, LIST, segment),
        ),
    )

    assert ours == theirs


def test_removing_and_erasing_ask_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    segment = subject.audience.remote_id
    record = subject.record(1, ADDRESS)
    subject.send(Operation.ADD, [record])

    def vendors() -> None:
        sdk.lists.batch_segment_members({"members_to_remove": [ADDRESS]}, LIST, segment)
        sdk.lists.get_list(LIST)
        # We were there first.
        with pytest.raises(ApiClientError):
            sdk.lists.delete_list_member_permanent(LIST, NAME)

    ours = asked(subject, lambda: subject.send(Operation.REMOVE, [record]))
    ours += asked(subject, lambda: subject.connector.erase([record]))

    assert ours == asked(subject, vendors)


def test_reading_asks_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    segment = subject.audience.remote_id

    ours = asked(subject, subject.read)
    ours += asked(subject, lambda: subject.connector.ensure_audience("x", segment))
    theirs = asked(
        subject,
        lambda: (
            sdk.lists.get_segment_members_list(LIST, segment, count=1000, offset=0, **EVERYBODY),
            sdk.lists.get_segment(LIST, segment),
        ),
    )

    assert ours == theirs


def test_enriching_asks_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    subject.send(Operation.ADD, [subject.record(1, ADDRESS)])
    record = subject.record(1, ADDRESS, fields=FIELDS)

    ours = asked(subject, lambda: subject.send(Operation.ENRICH, [record]))
    theirs = asked(
        subject,
        lambda: (
            sdk.lists.get_list(LIST),
            sdk.lists.update_list_member(
                LIST, NAME, {"merge_fields": FIELDS}, skip_merge_validation="true"
            ),
        ),
    )

    assert ours == theirs


def test_making_and_checking_ask_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    assert isinstance(subject.harness, MailchimpHarness)

    ours = asked(subject, lambda: subject.connector.ensure_audience("Made", ""))
    ours += asked(subject, subject.connector.check)
    theirs = asked(
        subject,
        lambda: (
            sdk.lists.list_segments(LIST, count=1000, offset=0),
            sdk.lists.create_segment(LIST, {"name": "Other", "static_segment": []}),
            sdk.root.get_root(),
            sdk.lists.get_list(LIST),
            sdk.lists.get_list_merge_fields(LIST, count=1000),
        ),
    )

    assert [one[:3] for one in ours] == [one[:3] for one in theirs]
    assert ours[1][3] == {**theirs[1][3], "name": "Made"}
