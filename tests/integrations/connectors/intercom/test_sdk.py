"""Our client asks Intercom exactly what Intercom's own Python client asks for the same intent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from intercom import Intercom
from intercom.types import (
    CreateContactRequestWithExternalId,
    CreateOrUpdateTagRequest,
    StartingAfterPaging,
)
from intercom.types import MultipleFilterSearchRequest as Both
from intercom.types import SingleFilterSearchRequest as One

from integrations import registry
from integrations.connectors.intercom.client import IntercomClient
from integrations.connectors.intercom.config import Config
from integrations.connectors.intercom.connector import open_connector
from integrations.http import Wire
from integrations.protocol import AudienceRef
from tests.fakes.vendor import Entry, running
from tests.integrations.connectors.intercom.fake import TOKEN, FakeIntercom
from tests.integrations.contract.subject import LOOPBACK

EXTERNAL_ID = "shop/17 ü"


@pytest.fixture
def fake() -> Iterator[FakeIntercom]:
    with running(FakeIntercom()) as one:
        assert isinstance(one, FakeIntercom)
        one.state["tags"]["7"] = "At risk"
        yield one


@pytest.fixture
def options(fake: FakeIntercom) -> dict[str, str]:
    defaults = {one.name: one.default for one in registry.manifest("intercom").options}
    return {**defaults, "url": fake.url, "token": TOKEN}


@pytest.fixture
def ours(options: dict[str, str]) -> IntercomClient:
    return IntercomClient(Config.parse(options), wire=Wire(private_hosts=LOOPBACK))


@pytest.fixture
def theirs(fake: FakeIntercom) -> Intercom:
    return Intercom(token=TOKEN, base_url=fake.url)


def asked(fake: FakeIntercom, ask: Callable[[], Any]) -> list[tuple[Any, ...]]:
    """What arrives when something is asked: methods, paths, queries and bodies."""
    began = len(fake.ledger)
    ask()
    return [_about(entry) for entry in fake.ledger[began:]]


def _about(entry: Entry) -> tuple[Any, ...]:
    one = entry.asked
    assert one.headers["authorization"] == f"Bearer {TOKEN}"
    assert entry.status in (200, 404)
    body = json.loads(one.body) if one.body else None
    return one.method, one.path, dict(one.query), body


def test_the_workspace_its_attributes_and_its_tags_are_asked_alike(
    fake: FakeIntercom, ours: IntercomClient, theirs: Intercom
) -> None:
    assert asked(fake, ours.workspace) == asked(fake, theirs.admins.identify)
    assert asked(fake, ours.attributes) == asked(
        fake, lambda: theirs.data_attributes.list(model="contact")
    )
    assert asked(fake, ours.tags) == asked(fake, theirs.tags.list)
    assert asked(fake, lambda: ours.require_tag("7")) == asked(
        fake, lambda: theirs.tags.find(tag_id="7")
    )
    assert asked(fake, lambda: ours.make_tag("New")) == asked(
        fake, lambda: theirs.tags.create(request=CreateOrUpdateTagRequest(name="New"))
    )


def test_contacts_are_made_found_written_and_deleted_alike(
    fake: FakeIntercom, ours: IntercomClient, theirs: Intercom
) -> None:
    attributes = {"segment_why": "late", "segment_goal": None}
    body = {"external_id": EXTERNAL_ID, "name": "Ada", "custom_attributes": attributes}
    made = asked(fake, lambda: ours.create(body))
    contact_id = str(fake.id_of(EXTERNAL_ID))
    fake.state["contacts"].clear()
    same = CreateContactRequestWithExternalId(**body)
    assert made == asked(fake, lambda: theirs.contacts.create(request=same))
    assert contact_id

    contact_id = str(fake.id_of(EXTERNAL_ID))
    assert asked(fake, lambda: ours.contact(contact_id)) == asked(
        fake, lambda: theirs.contacts.find(contact_id=contact_id)
    )
    assert asked(
        fake, lambda: ours.write(contact_id, {"custom_attributes": {"segment_why": "new"}})
    ) == asked(
        fake,
        lambda: theirs.contacts.update(
            contact_id=contact_id, custom_attributes={"segment_why": "new"}
        ),
    )
    deleted = asked(fake, lambda: ours.delete(contact_id))
    fake.state["contacts"][contact_id] = fake.state["contacts"].pop(fake.make_contact())
    assert deleted == asked(fake, lambda: theirs.contacts.delete(contact_id=contact_id))


def test_an_external_id_is_looked_up_alike(
    fake: FakeIntercom, ours: IntercomClient, theirs: Intercom
) -> None:
    fake.make_contact(external_id="17")

    assert asked(fake, lambda: ours.contact_of("17")) == asked(
        fake, lambda: theirs.contacts.show_contact_by_external_id(external_id="17")
    )


def test_tags_are_put_on_and_taken_off_alike(
    fake: FakeIntercom, ours: IntercomClient, theirs: Intercom
) -> None:
    contact_id = fake.make_contact(external_id="17")
    put_on = asked(fake, lambda: ours.attach(contact_id, "7"))
    read = asked(fake, lambda: ours.has_tag(contact_id, "7"))
    taken_off = asked(fake, lambda: ours.detach(contact_id, "7"))

    assert put_on == asked(fake, lambda: theirs.tags.tag_contact(contact_id=contact_id, tag_id="7"))
    assert read == asked(fake, lambda: theirs.contacts.list_attached_tags(contact_id=contact_id))
    assert taken_off == asked(
        fake, lambda: theirs.tags.untag_contact(contact_id=contact_id, tag_id="7")
    )


def test_who_has_a_tag_is_searched_alike(
    fake: FakeIntercom, options: dict[str, str], theirs: Intercom
) -> None:
    fake.tag(fake.make_contact(external_id="17"), "7")
    connector = open_connector(options, wire=Wire(private_hosts=LOOPBACK))
    tagged = One(field="tag_id", operator="=", value="7")
    silent: Any = {"field": "unsubscribed_from_emails", "operator": "=", "value": True}
    both = Both.model_construct(operator="AND", value=[tagged, silent])
    paging = StartingAfterPaging(per_page=150)

    def read() -> None:
        observed = connector.read_back(AudienceRef(remote_id="7", name="At risk"))
        list(getattr(observed, "identities", ()))

    def search(query: Any) -> None:
        list(theirs.contacts.search(query=query, pagination=paging))

    assert asked(fake, read)[1:] == [
        *asked(fake, lambda: search(both)),
        *asked(fake, lambda: search(tagged)),
    ]
