"""The same intents through Klaviyo's own client: method, path, query, headers and body must be
ours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from klaviyo_api import KlaviyoAPI

from integrations import registry
from integrations.connectors.klaviyo.connector import open_connector
from integrations.protocol import Operation
from tests.fakes.vendor import Asked
from tests.integrations.connectors.klaviyo.fake import KEY
from tests.integrations.connectors.klaviyo.harness import open_harness
from tests.integrations.contract.subject import Subject, open_subject

SHOWN = {
    "fields_profile": ["email", "external_id", "subscriptions"],
    "additional_fields_profile": ["subscriptions"],
    "page_size": 100,
}
BY_ID = 'any(external_id,["customer-1"])'
BY_ADDRESS = 'any(email,["one@shop.example"])'
IMPORT = {
    "data": {
        "type": "profile-bulk-import-job",
        "attributes": {
            "profiles": {
                "data": [
                    {
                        "type": "profile",
                        "attributes": {
                            "external_id": "customer-1",
                            "email": "one@shop.example",
                            "properties": {"segment_why": "They buy less."},
                        },
                    }
                ]
            }
        },
    }
}


@pytest.fixture
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    harness = open_harness(request, tmp_path)
    return open_subject(registry.manifest("klaviyo"), harness, open_connector)


@pytest.fixture
def sdk(subject: Subject) -> Any:
    return KlaviyoAPI(KEY, max_retries=0, test_host=subject.fake.url)


def asked(subject: Subject, act: Callable[[], object]) -> list[tuple[Any, ...]]:
    """What arrived while `act` ran."""
    began = len(subject.fake.ledger)
    act()
    return [told(entry.asked) for entry in subject.fake.ledger[began:]]


def told(request: Asked) -> tuple[Any, ...]:
    headers = ["authorization", "revision", "accept", *(["content-type"] if request.body else [])]
    named = {name: request.headers.get(name) for name in headers}
    return request.method, request.path, dict(request.query), request.json(), named


def one(subject: Subject) -> Any:
    record = subject.record(1, fields={"segment_why": "They buy less."})
    return type(record)(
        ordinal=1,
        identity=record.identity,
        contact={"email": "one@shop.example"},
        fields=record.fields,
    )


def test_adding_asks_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    list_id = subject.audience.remote_id
    record = one(subject)
    ours = asked(subject, lambda: subject.send(Operation.ADD, [record]))
    (job_id,) = subject.fake.state["jobs"]
    profile_id = subject.remote_ids["customer-1"]
    members = {"data": [{"type": "profile", "id": profile_id}]}

    def vendors() -> None:
        sdk.Lists.get_list(list_id, fields_list=["name"])
        sdk.Profiles.get_profiles(filter=BY_ID, **SHOWN)
        sdk.Profiles.get_profiles(filter=BY_ADDRESS, **SHOWN)
        sdk.Profiles.bulk_import_profiles(IMPORT)
        sdk.Profiles.get_bulk_import_profiles_job(job_id)
        sdk.Profiles.get_profiles(filter=BY_ID, **SHOWN)
        sdk.Lists.add_profiles_to_list(list_id, members)

    assert ours == asked(subject, vendors)


def test_removing_and_erasing_ask_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    list_id = subject.audience.remote_id
    subject.send(Operation.ADD, [one(subject)])
    profile_id = subject.remote_ids["customer-1"]
    members = {"data": [{"type": "profile", "id": profile_id}]}
    deletion = {
        "data": {
            "type": "data-privacy-deletion-job",
            "attributes": {
                "profile": {"data": {"type": "profile", "id": profile_id, "attributes": {}}}
            },
        }
    }
    by_number = f'any(id,["{profile_id}"])'

    def vendors() -> None:
        sdk.Profiles.get_profiles(filter=BY_ID, **SHOWN)
        sdk.Lists.remove_profiles_from_list(list_id, members)
        sdk.Profiles.get_profiles(filter=BY_ID, **SHOWN)
        sdk.Profiles.get_profiles(filter=by_number, **SHOWN)
        sdk.Data_Privacy.request_profile_deletion(deletion)
        sdk.Profiles.get_profiles(filter=by_number, **SHOWN)

    ours = asked(subject, lambda: subject.remove(1))
    ours += asked(subject, lambda: subject.connector.erase([subject.record(1)]))

    assert ours == asked(subject, vendors)


def test_reading_page_by_page_asks_what_the_vendors_client_asks(subject: Subject, sdk: Any) -> None:
    list_id = subject.audience.remote_id
    subject.add(*range(150))

    def vendors() -> None:
        sdk.Lists.get_profiles_for_list(list_id, **SHOWN)
        sdk.Lists.get_profiles_for_list(list_id, page_cursor="100", **SHOWN)

    assert asked(subject, subject.read) == asked(subject, vendors)


def test_lists_are_found_and_made_as_the_vendors_client_does(subject: Subject, sdk: Any) -> None:
    made = {"data": {"type": "list", "attributes": {"name": "Made"}}}

    def vendors() -> None:
        sdk.Lists.get_lists(filter='equals(name,"Made")', fields_list=["name"])
        sdk.Lists.create_list(made)

    assert asked(subject, lambda: subject.connector.ensure_audience("Made", "")) == asked(
        subject, vendors
    )


def test_the_edition_of_the_api_is_that_of_the_vendors_client(subject: Subject, sdk: Any) -> None:
    (ours, *_) = asked(subject, subject.connector.check)

    assert ours[4]["revision"] == sdk._REVISION
