"""Our client sends what Pipedrive's reference shows for the same intent: there is no maintained
client in Python to compare with. https://developers.pipedrive.com/docs/api/v1/Persons and
https://developers.pipedrive.com/docs/api/v1/PersonFields, version 2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from integrations.protocol import Operation
from tests.integrations.connectors.pipedrive.fake import KEY, TOKEN, FakePipedrive
from tests.integrations.contract.subject import Subject

WHY = "e" * 40


def during(fake: FakePipedrive, action: Callable[[], object]) -> list[tuple[str, str, Any]]:
    before = len(fake.ledger)
    action()
    asked = [entry.asked for entry in fake.ledger[before:]]
    return [(one.method, one.path, one.json() or dict(one.query)) for one in asked]


def test_a_person_is_made_with_a_name_addresses_labels_and_custom_fields(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    *_, made = during(fake, lambda: pipedrive.add(1, fields={"Why": "Quiet"}))

    assert made == (
        "POST",
        "/api/v2/persons",
        {
            "name": "Customer 1",
            "emails": [{"value": "customer-1@shop.example", "primary": True, "label": "work"}],
            "label_ids": [int(pipedrive.audience.remote_id)],
            "custom_fields": {KEY: "customer-1", WHY: "Quiet"},
        },
    )


def test_a_person_is_written_by_patch_and_a_field_is_emptied_with_null(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)
    record = pipedrive.record(1, fields={"Why": ""})
    person = record.remote_id
    label = int(pipedrive.audience.remote_id)
    *_, emptied = during(fake, lambda: pipedrive.send(Operation.ENRICH, [record]))
    fake.set_labels(int(person), [5, label, 6])
    *_, taken = during(fake, lambda: pipedrive.remove(1))

    assert emptied == ("PATCH", f"/api/v2/persons/{person}", {"custom_fields": {WHY: None}})
    assert taken == ("PATCH", f"/api/v2/persons/{person}", {"label_ids": [5, 6]})


def test_persons_are_listed_by_cursor_with_the_fields_that_are_needed(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(*range(45))
    _, first, second = during(fake, pipedrive.read)

    params = {"limit": "500", "custom_fields": KEY, "include_fields": "marketing_status"}
    assert first == ("GET", "/api/v2/persons", params)
    assert second == ("GET", "/api/v2/persons", {**params, "cursor": "40"})


def test_some_persons_are_read_by_their_ids(pipedrive: Subject, fake: FakePipedrive) -> None:
    pipedrive.add(1, 2)
    ids = [pipedrive.remote_ids[f"customer-{number}"] for number in (1, 2)]
    _, read, *_ = during(fake, lambda: pipedrive.add(1, 2))

    assert read[:2] == ("GET", "/api/v2/persons")
    assert read[2]["ids"] == ",".join(ids)


def test_labels_are_options_of_a_field_and_are_added_in_the_bulk(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    asked = during(fake, lambda: pipedrive.connector.ensure_audience("New", ""))

    assert asked == [
        ("GET", "/api/v2/personFields/label_ids", {}),
        ("POST", "/api/v2/personFields/label_ids/options", [{"label": "New"}]),
    ]


def test_a_person_is_deleted_by_id(pipedrive: Subject, fake: FakePipedrive) -> None:
    pipedrive.add(1)
    person = pipedrive.remote_ids["customer-1"]
    *_, deleted = during(fake, lambda: pipedrive.connector.erase([pipedrive.record(1)]))

    assert deleted == ("DELETE", f"/api/v2/persons/{person}", {})


def test_the_token_goes_into_its_header_and_never_into_an_address(
    pipedrive: Subject, fake: FakePipedrive
) -> None:
    pipedrive.add(1)

    assert {entry.asked.headers["x-api-token"] for entry in fake.ledger} == {TOKEN}
    assert not [entry.asked.query for entry in fake.ledger if TOKEN in str(entry.asked.query)]
