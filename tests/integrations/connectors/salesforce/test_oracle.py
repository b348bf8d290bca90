"""simple-salesforce and our client, asked for the same, send the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce

from integrations.connectors.salesforce.client import SalesforceClient
from tests.fakes.vendor import Asked, running
from tests.integrations.connectors.salesforce.fake import CLIENT, REFRESH, FakeSalesforce
from tests.integrations.connectors.salesforce.harness import client_of
from tests.integrations.connectors.salesforce.schema import ID_FIELD

HOST = "example.my.salesforce.com"


class ToTheFake(HTTPAdapter):
    """The SDK insists on https and on Salesforce's own addresses; this leads it to the fake."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, **about: Any) -> requests.Response:
        parts = urlsplit(str(request.url))
        request.url = self._url + parts.path + (f"?{parts.query}" if parts.query else "")
        return super().send(request, **about)


@pytest.fixture
def fake() -> Iterator[FakeSalesforce]:
    made = FakeSalesforce()
    with running(made):
        yield made


@pytest.fixture
def ours(fake: FakeSalesforce) -> SalesforceClient:
    return client_of(fake)


@pytest.fixture
def theirs(fake: FakeSalesforce) -> Salesforce:
    session = requests.Session()
    session.mount("https://", ToTheFake(fake.url))
    fake.instance = f"https://{HOST}"
    sdk = Salesforce(
        consumer_key=CLIENT[0],
        consumer_secret=CLIENT[1],
        domain="example.my",
        version="62.0",
        session=session,
    )
    fake.instance = ""
    return sdk


def essence(asked: Asked) -> tuple[Any, ...]:
    """What a request asks for, without what a library says of itself."""
    kind = asked.headers.get("content-type", "")
    body = json.loads(asked.body) if asked.body and "json" in kind else asked.body
    token = asked.headers["authorization"].partition("!")[0]
    return asked.method, asked.path, dict(asked.query), body, token


def asked_by(fake: FakeSalesforce, ask: Callable[[], object]) -> list[tuple[Any, ...]]:
    began = len(fake.ledger)
    ask()
    return [essence(entry.asked) for entry in fake.ledger[began:]]


def test_logging_in_is_asked_as_their_client_asks(fake: FakeSalesforce, theirs: Salesforce) -> None:
    expected = essence(fake.ledger[0].asked)

    assert asked_by(fake, client_of(fake).tokens.header) == [expected]


def test_a_refresh_token_is_exchanged_as_a_form(fake: FakeSalesforce) -> None:
    # The SDK has no such flow; this is the vendor's published request.
    client_of(fake, refresh_token=REFRESH).tokens.header()

    (entry,) = fake.ledger
    assert entry.status == 200
    assert entry.asked.form() == {"grant_type": ["refresh_token"], "refresh_token": [REFRESH]}


def test_queries_and_their_pages_are_asked_as_their_client_asks(
    fake: FakeSalesforce, ours: SalesforceClient, theirs: Salesforce
) -> None:
    for number in range(fake.page + 5):
        fake.make_contact(**{ID_FIELD: f"o'n {number}", "LastName": "x"})
    ours.tokens.header()
    soql = f"SELECT Id, {ID_FIELD} FROM Contact WHERE {ID_FIELD} != null"

    expected = asked_by(fake, lambda: theirs.query_all(soql))
    actual = asked_by(fake, lambda: list(ours.query(soql)))

    assert [one[:3] for one in actual[:1]] == [one[:3] for one in expected[:1]]
    assert [without_cursor(one) for one in actual] == [without_cursor(one) for one in expected]
    assert len(actual) == 2


def without_cursor(one: tuple[Any, ...]) -> tuple[Any, ...]:
    return (one[0], one[1].partition("01g")[0], one[1].partition("-")[2], *one[2:])


def test_a_description_is_asked_as_their_client_asks(
    fake: FakeSalesforce, ours: SalesforceClient, theirs: Salesforce
) -> None:
    ours.tokens.header()

    expected = asked_by(fake, theirs.Contact.describe)

    assert asked_by(fake, lambda: ours.describe("Contact")) == expected


def test_a_campaign_is_made_as_their_client_makes_it(
    fake: FakeSalesforce, ours: SalesforceClient, theirs: Salesforce
) -> None:
    ours.tokens.header()

    expected = asked_by(fake, lambda: theirs.Campaign.create({"Name": "A", "IsActive": True}))

    assert asked_by(fake, lambda: ours.make_campaign("A")) == expected


def test_collections_are_sent_as_their_client_sends_them(
    fake: FakeSalesforce, ours: SalesforceClient, theirs: Salesforce
) -> None:
    ours.tokens.header()
    path = f"composite/sobjects/Contact/{ID_FIELD}"
    contact = {ID_FIELD: "c-1", "LastName": "Müller", "Why__c": None}
    campaign = fake.make_campaign("A")
    (known,) = ours.upsert_contacts([contact])

    def their_write(method: str, path: str, kind: str, row: dict[str, Any]) -> Any:
        records = [{"attributes": {"type": kind}, **row}]
        data = json.dumps({"allOrNone": False, "records": records})
        return lambda: theirs.restful(path, method=method, data=data)

    member = {"CampaignId": campaign, "ContactId": known.id}
    pairs = [
        (
            lambda: ours.upsert_contacts([contact]),
            their_write("PATCH", path, "Contact", contact),
        ),
        (
            lambda: ours.update_contacts([{"id": known.id, "Why__c": "so"}]),
            their_write("PATCH", "composite/sobjects", "Contact", {"id": known.id, "Why__c": "so"}),
        ),
        (
            lambda: ours.add_members(campaign, [known.id]),
            their_write("POST", "composite/sobjects", "CampaignMember", member),
        ),
        (
            lambda: ours.delete([known.id, campaign]),
            lambda: theirs.restful(
                "composite/sobjects",
                method="DELETE",
                params={"ids": f"{known.id},{campaign}", "allOrNone": "false"},
            ),
        ),
    ]
    for our, their in pairs:
        assert asked_by(fake, our) == asked_by(fake, their)
