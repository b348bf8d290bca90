"""The page of an event: what is known, its properties, who uses it, and saying what it means."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.definitions.parse import parse_definition
from catalogue.models import Change, EventEntry, PropertyEntry
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.vocabulary import condition_of, form_of, make_admin, make_event
from tests.catalogue.web.workspace import make_segment, make_user

pytestmark = pytest.mark.django_db

PAID = "/dictionary/events/order_paid/"
LAST = datetime(2026, 11, 22, 18, 40, tzinfo=UTC)


@pytest.fixture
def reader(client: Client) -> Client:
    client.force_login(make_user("nora"))
    return client


@pytest.fixture
def admin(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def shown(client: Client, path: str = PAID) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.text


def order_paid(**fields: Any) -> EventEntry:
    return make_event("order_paid", properties={"amount": "number", "item": "text"}, **fields)


def test_the_page_says_all_that_is_known(reader: Client) -> None:
    order_paid(event_count=9028, last_at=LAST, description="Money arrived.")
    buyers = parse_definition({"did": "order_paid", "in_last": "14 days"})
    make_segment("buyers", name="Buyers", sizes=(519,), definition=buyers)
    make_segment("aims", name="Aiming ones", goal={"event": "order_paid"})
    make_segment("both", name="Both", definition=buyers, goal={"event": "order_paid"})

    said = words_of(shown(reader))

    assert said.startswith("Dictionary Event Order paid order_paid")
    assert "Money arrived." in said
    assert "Taken in 9,028 times exact, since the first load" in said
    assert "Last seen 22 Nov 2026, 18:40 UTC" in said
    assert "Used by 2 segments, goal of 2" in said
    assert "Buyers has done “Order paid” in the last 14 days" in said
    assert "519 23 Nov 2026, 06:00 UTC" in said
    assert "Aiming ones Its goal" in said
    assert "Both Its goal" in said
    assert "Amount amount Number as the values look" in said
    assert "Item item Text as the values look" in said


def test_an_event_nobody_uses_and_nothing_comes_with_says_so(reader: Client) -> None:
    make_event("order_paid")
    said = words_of(shown(reader))
    assert "Unused" in said
    assert "No segment that you may see looks at it, and none has it as its goal." in said
    assert "Nothing comes with it but who did it and when." in said
    assert "Last seen never" in said


def test_it_shows_how_to_use_it_each_example_valid(reader: Client) -> None:
    order_paid()
    texts = re.findall(r'id="example-\d"[^>]*>(.*?)</pre>', shown(reader), re.DOTALL)
    found = [condition_of(text) for text in texts]
    assert found == [
        {"did": "order_paid", "in_last": "30 days"},
        {
            "did": "order_paid",
            "where": [{"prop": "amount", "gte": 10}],
            "in_last": "30 days",
        },
        {"did": "order_paid", "times": {"gte": 3}, "in_last": "30 days"},
        {"did_not": "order_paid", "in_last": "30 days"},
    ]
    assert all(parse_definition(data) for data in found)


@pytest.mark.parametrize(
    "name", ["shop/order paid", "..", "a.b", "Größe", "100%", "what?", "#1", " x ", "a\nb", "注文"]
)
def test_every_name_has_a_page(reader: Client, name: str) -> None:
    make_event(name, properties={"amount.net": "number"})
    text = shown(reader, reverse("event", args=[name]))
    code = re.search(r'<code class="anywhere" id="name">(.*?)</code>', text, re.DOTALL)
    assert code is not None
    assert html.unescape(code[1]) == name


def test_a_name_that_is_not_there_is_404_with_the_nearest(reader: Client) -> None:
    order_paid()
    answer = reader.get("/dictionary/events/order_piad/")
    assert answer.status_code == 404
    assert "The dictionary has no event “order_piad”. Did you mean “order_paid”?" in answer.text
    assert reader.get(f"{PAID}?property=colour").status_code == 404


def test_an_admin_says_what_an_event_means(admin: Client) -> None:
    event = order_paid()
    sent = form_of(shown(admin))
    assert "type" not in sent

    answer = admin.post(PAID, {**sent, "label": "Paid", "meaning": "Money came."}, follow=True)

    assert answer.redirect_chain == [(PAID, 302)]
    event.refresh_from_db()
    assert (event.label, event.description) == ("Paid", "Money came.")
    assert "Chief described the event “Paid”" in words_of(answer.text)


def test_an_admin_says_what_a_property_means(admin: Client) -> None:
    order_paid()
    path = f"{PAID}?property=amount"
    text = shown(admin, path)
    assert "Describe the property Amount amount" in words_of(text)
    sent = {**form_of(text), "label": "Amount", "meaning": "In euro.", "type": "text"}

    assert admin.post(path, sent)["Location"] == PAID

    entry = PropertyEntry.objects.get(name="amount")
    assert (entry.label, entry.description, entry.stated_type) == ("Amount", "In euro.", "text")
    assert Change.objects.get().object_key == "order_paid.amount"
    said = words_of(shown(admin))
    assert "Amount amount In euro. Text stated" in said
    assert "described the property “Amount of Order paid”" in said


def test_a_property_with_an_odd_name_can_be_described(admin: Client) -> None:
    make_event("order_paid", properties={"a&b=c #1/é": "text"})
    address = re.search(r'href="(\?property=[^"#]+)#describe"', shown(admin))
    assert address is not None
    path = PAID + html.unescape(address[1])
    sent = {**form_of(shown(admin, path)), "label": "Odd"}
    assert admin.post(path, sent).status_code == 302
    assert PropertyEntry.objects.get().label == "Odd"


def test_a_stale_form_changes_nothing(admin: Client) -> None:
    event = order_paid()
    stale = {**form_of(shown(admin)), "label": "Mine"}
    admin.post(PAID, {**form_of(shown(admin)), "label": "Theirs"})
    assert admin.post(PAID, stale).status_code == 409
    event.refresh_from_db()
    assert event.label == "Theirs"


def test_readers_see_no_form_and_may_not_send_one(reader: Client) -> None:
    event = order_paid()
    text = shown(reader)
    assert "<textarea" not in text
    assert "?property=" not in text
    for path in (PAID, f"{PAID}?property=amount"):
        assert reader.post(path, {"label": "Mine"}).status_code == 403
    event.refresh_from_db()
    assert event.label == ""
    assert PropertyEntry.objects.filter(label="").count() == 2


def test_strangers_sign_in(client: Client) -> None:
    order_paid()
    assert client.get(PAID)["Location"] == f"/login/?next={PAID}"


def test_more_properties_and_segments_do_not_take_more_queries(reader: Client) -> None:
    event = order_paid()
    buyers = parse_definition({"did": "order_paid", "in_last": "14 days"})

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(reader)
        return len(queries)

    make_segment("first", sizes=(1, 2), definition=buyers)
    few = count()
    for number in range(12):
        make_segment(f"more-{number}", sizes=(1, 2), definition=buyers)
        PropertyEntry.objects.create(event=event, name=f"p{number}", inferred_type="text")

    assert count() == few <= 22
