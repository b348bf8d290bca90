"""Our client sends what HubSpot's own client sends for the same intent: method, path and body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hubspot import HubSpot
from hubspot.crm import contacts, lists

from integrations.protocol import Operation
from tests.fakes.vendor import Asked
from tests.integrations.connectors.hubspot.fake import TOKEN
from tests.integrations.connectors.hubspot.fake_contacts import KEY
from tests.integrations.contract.subject import Subject

Sent = tuple[str, str, Mapping[str, str], Any]


@pytest.fixture
def subject(hubspot: Subject) -> Subject:
    hubspot.add(1, 2)
    return hubspot


@pytest.fixture
def sdk() -> HubSpot:
    """The vendor's client."""
    return HubSpot(access_token=TOKEN)


def sent(asked: Asked) -> Sent:
    return asked.method, asked.path, dict(asked.query), asked.json()


def during(subject: Subject, action: Callable[[], object]) -> list[Sent]:
    before = len(subject.fake.ledger)
    action()
    return [sent(entry.asked) for entry in subject.fake.ledger[before:]]


def led(api: Any, subject: Subject) -> Any:
    """An API of the vendor's client that speaks to the fake."""
    api.api_client.configuration.host = subject.fake.url
    return api


def test_contacts_are_upserted_as_the_vendors_client_does(subject: Subject, sdk: HubSpot) -> None:
    ours = during(subject, lambda: subject.add(1, fields={"goal": "met"}))[0]
    one = contacts.SimplePublicObjectBatchInputUpsert(
        id="customer-1",
        id_property=KEY,
        object_write_trace_id="1",
        properties={KEY: "customer-1", "email": "Customer-1@shop.example", "goal": "met"},
    )
    body = contacts.BatchInputSimplePublicObjectBatchInputUpsert(inputs=[one])

    theirs = during(subject, lambda: led(sdk.crm.contacts.batch_api, subject).upsert(body))

    assert [ours] == theirs


def test_members_are_added_and_removed_as_the_vendors_client_does(
    subject: Subject, sdk: HubSpot
) -> None:
    api = led(sdk.crm.lists.memberships_api, subject)
    ids = [subject.remote_ids["customer-1"], subject.remote_ids["customer-2"]]
    list_id = subject.audience.remote_id
    removed = during(subject, lambda: subject.remove(1, 2))[-1]
    added = during(subject, lambda: subject.add(1, 2))[-1]

    assert [removed] == during(subject, lambda: api.remove(list_id, ids))
    assert [added] == during(subject, lambda: api.add(list_id, ids))


def test_members_are_read_as_the_vendors_client_does(subject: Subject, sdk: HubSpot) -> None:
    api = led(sdk.crm.lists.memberships_api, subject)
    ours = during(subject, lambda: subject.read())[0]

    theirs = during(subject, lambda: api.get_page(subject.audience.remote_id, limit=250))

    assert [ours] == theirs


def test_lists_are_found_and_made_as_the_vendors_client_does(
    subject: Subject, sdk: HubSpot
) -> None:
    api = led(sdk.crm.lists.lists_api, subject)
    ensure = subject.connector.ensure_audience
    by_name, made = during(subject, lambda: ensure("Another one", ""))
    (by_id,) = during(subject, lambda: ensure("x", subject.audience.remote_id))
    body = lists.ListCreateRequest(
        name="Another one", object_type_id="0-1", processing_type="MANUAL"
    )

    with pytest.raises(lists.ApiException):
        assert [made] == during(subject, lambda: api.create(body))
    assert [made] == [sent(subject.fake.ledger[-1].asked)]
    assert [by_name] == during(subject, lambda: api.get_by_name("Another one", "0-1"))
    assert [by_id] == during(subject, lambda: api.get_by_id(subject.audience.remote_id))


def test_contacts_are_found_as_the_vendors_client_does(subject: Subject, sdk: HubSpot) -> None:
    ours = during(subject, lambda: subject.remove(1, 2))[0]
    body = contacts.BatchReadInputSimplePublicObjectId(
        id_property=KEY,
        properties=[KEY],
        properties_with_history=[],
        inputs=[{"id": "customer-1"}, {"id": "customer-2"}],
    )

    theirs = during(subject, lambda: led(sdk.crm.contacts.batch_api, subject).read(body))

    assert [ours] == theirs


def test_fields_are_written_as_the_vendors_client_does(subject: Subject, sdk: HubSpot) -> None:
    record = subject.record(2, fields={"goal": "met"})
    ours = during(subject, lambda: subject.send(Operation.ENRICH, [record]))[-1]
    one = contacts.SimplePublicObjectBatchInput(
        id=record.remote_id, object_write_trace_id="2", properties={"goal": "met"}
    )
    body = contacts.BatchInputSimplePublicObjectBatchInput(inputs=[one])

    theirs = during(subject, lambda: led(sdk.crm.contacts.batch_api, subject).update(body))

    assert [ours] == theirs


def test_people_are_erased_as_the_vendors_client_does(subject: Subject, sdk: HubSpot) -> None:
    contact_id = subject.remote_ids["customer-1"]
    ours = during(subject, lambda: subject.connector.erase([subject.record(1)]))[-1]
    body = contacts.PublicGdprDeleteInput(object_id=contact_id)
    api = led(sdk.crm.contacts.basic_api, subject)

    with pytest.raises(contacts.ApiException):
        during(subject, lambda: api.purge(body))
    assert ours == sent(subject.fake.ledger[-1].asked)


def test_properties_are_asked_for_as_the_vendors_client_does(
    subject: Subject, sdk: HubSpot
) -> None:
    ours = during(subject, lambda: subject.connector.check())[1]
    api = led(sdk.crm.properties.core_api, subject)

    assert [ours] == during(subject, lambda: api.get_by_name("contacts", KEY))


def test_both_say_who_they_are_in_the_same_way(subject: Subject, sdk: HubSpot) -> None:
    subject.connector.check()
    ours = subject.fake.ledger[-1].asked.headers["authorization"]
    led(sdk.crm.properties.core_api, subject).get_by_name("contacts", KEY)

    assert subject.fake.ledger[-1].asked.headers["authorization"] == ours
