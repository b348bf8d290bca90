from __future__ import annotations

import html
import shutil
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

import pyarrow as pa
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Customer, Load, PeopleGrant, Photo, Role, TraitEntry, User
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.population import delete_customers, merge_customers
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.workspace import make_segment
from tests.catalogue.workspace import LOADED, NOW, load_workspace

pytestmark = pytest.mark.django_db
PAGE = "/customers/"


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        load_workspace()
        yield


@pytest.fixture
def seer(client: Client) -> Client:
    """Somebody who may see the people of one team's segments."""
    client.force_login(seat("vera", Role.VIEWER, sees=True))
    return client


def load(*ids: str, **columns: list[object]) -> None:
    load_customers(pa.table({"id": list(ids), **columns}), as_of=LOADED)


def hits(client: Client, text: str) -> list[tuple[str, str]]:
    found = client.get(PAGE, {"q": text}).context["found"]
    return [(hit.id, hit.by) for hit in found.hits]


def test_the_whole_id_stands_before_those_that_begin_with_it(seer: Client) -> None:
    load("b", "b-1", "b-2", "ab")

    assert hits(seer, "b") == [
        ("b", "id"),
        ("b-1", "prefix"),
        ("b-2", "prefix"),
        ("bob", "prefix"),
    ]


@pytest.mark.both_databases
def test_an_id_counts_to_the_letter(seer: Client) -> None:
    load("ADA", "Ada-2", "a_a", "100%", "ä")

    assert hits(seer, "ADA") == [("ADA", "id")]
    assert hits(seer, "Ada") == [("Ada-2", "prefix")]
    assert hits(seer, "ad") == [("ada", "prefix")]
    # What a database takes for any letter is only itself.
    assert hits(seer, "a_") == [("a_a", "prefix")]
    assert hits(seer, "%") == []
    assert hits(seer, "100%") == [("100%", "id")]
    assert hits(seer, "ä") == [("ä", "id")]


def test_a_whole_address_finds_who_has_it_now(seer: Client) -> None:
    assert hits(seer, "ada@x.example") == [("ada", "email")]
    assert hits(seer, "ada@x") == []
    assert hits(seer, "ADA@x.example") == []

    load_customers(
        pa.table({"id": ["ada", "dan"], "email": ["a@new.example", "ada@x.example"]}),
        as_of=NOW - timedelta(hours=1),
    )

    assert hits(seer, "ada@x.example") == [("dan", "email")]
    assert hits(seer, "a@new.example") == [("ada", "email")]


def test_several_may_share_an_address_and_nobody_is_listed_twice(seer: Client) -> None:
    load("shared@x.example", "second", email=["shared@x.example", "shared@x.example"])

    assert hits(seer, "shared@x.example") == [("shared@x.example", "id"), ("second", "email")]


def test_what_was_tried_is_said(seer: Client) -> None:
    words = words_of(seer.get(PAGE, {"q": "nobody"}).text)

    assert (
        "Nobody was found “ nobody ” was tried as a whole customer id, as the beginning of a"
        " customer id and as a whole e-mail address. Each counts to the letter." in words
    )
    assert "as of 18 Mar 2026, 12:00 UTC" in words


def test_without_addresses_in_the_dictionary_they_are_not_tried(seer: Client) -> None:
    TraitEntry.objects.filter(name="email").delete()

    words = words_of(seer.get(PAGE, {"q": "ada@x.example"}).text)

    assert "was tried as a whole customer id and as the beginning of a customer id." in words
    assert "e-mail address." not in words


def test_blanks_around_are_left_out_only_when_nobody_has_them(seer: Client) -> None:
    assert hits(seer, "  ada\n") == [("ada", "id")]
    load(" ada")
    assert hits(seer, " ada") == [(" ada", "id")]


def test_at_most_twenty_are_shown_and_that_there_are_more(seer: Client) -> None:
    load(*(f"x{number:02}" for number in range(21)))

    page = seer.get(PAGE, {"q": "x"})

    assert [hit.id for hit in page.context["found"].hits] == [f"x{n:02}" for n in range(20)]
    assert "These are the first 20; there are more." in words_of(page.text)
    assert "there are more" not in words_of(seer.get(PAGE, {"q": "x0"}).text)


def test_the_merged_say_into_whom_and_the_deleted_are_found_by_their_whole_id(
    seer: Client,
) -> None:
    merge_customers(pa.table({"from": ["ada", "bob"], "into": ["bob", "eve"]}), now=NOW)
    delete_customers(pa.table({"customer_id": ["dan"]}), now=NOW)

    assert "ada this is the whole id Merged into eve" in words_of(seer.get(PAGE, {"q": "ada"}).text)
    assert "dan this is the whole id Deleted" in words_of(seer.get(PAGE, {"q": "dan"}).text)
    assert hits(seer, "da") == []
    assert hits(seer, "dan@x.example") == []


@pytest.mark.parametrize(
    "customer_id",
    [
        *("a/b", "..", ".", "a b", "50%", "ü@x", "/", "a//b", "x?y#z", "~2E", "<b>", "'\"", "a\nb"),
        *("a/", "../../admin/", "%2e%2e", "\\", ";a=b", "&amp;", "x" * 500),
    ],
)
def test_each_hit_leads_to_its_page_whatever_the_id(seer: Client, customer_id: str) -> None:
    load(customer_id)

    page = seer.get(PAGE, {"q": customer_id})
    link = html.unescape(page.text.split('<ul class="hits">')[1].split('href="')[1].split('"')[0])

    # As a browser reads it: no step up, no query, no line break.
    assert urljoin("/somewhere/else/", link) == link
    assert seer.get(link).context["card"].id == customer_id


@pytest.mark.parametrize(
    "query", ["\0", "a\0", "x" * 501, "x" * 100_000, "%_\\", "🦓" * 400, "' OR 1=1 --", "\ud7ff"]
)
def test_absurd_words_find_nobody(seer: Client, query: str) -> None:
    answer = seer.get(PAGE, {"q": query})

    assert answer.status_code == 200
    assert answer.context["found"].hits == ()


def test_what_no_id_can_be_was_not_tried(seer: Client) -> None:
    assert "No customer id is longer than 500 characters, so nothing was tried." in words_of(
        seer.get(PAGE, {"q": "x" * 501}).text
    )


@pytest.mark.parametrize("query", ["", "   "])
def test_without_words_there_is_only_the_form(seer: Client, query: str) -> None:
    page = seer.get(PAGE, {"q": query}).text

    assert "Capital letters and zeros in front count" in words_of(page)
    assert "Nobody was found" not in page


def test_before_the_first_load_nobody_is_found(client: Client) -> None:
    for model in (Customer, Load, Photo):
        model.objects.all().delete()
    client.force_login(User.objects.create_superuser("root"))

    assert "Nobody was found" in words_of(client.get(PAGE, {"q": "ada@x.example"}).text)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("no seat", 403),
        ("viewer", 403),
        ("editor", 403),
        ("owner", 403),
        ("seeing viewer", 200),
        ("granted", 200),
        ("root", 200),
    ],
)
def test_only_those_who_may_see_people_look_customers_up(
    client: Client, who: str, status: int
) -> None:
    owner = seat("mia", None)
    segment = make_segment("pros", owner=owner)
    granted = seat("gus", None)
    PeopleGrant.objects.create(segment=segment, user=granted)
    users = {
        "no seat": seat("rob", None),
        "viewer": seat("vic", Role.VIEWER),
        "editor": seat("eva"),
        "owner": owner,
        "seeing viewer": seat("vera", Role.VIEWER, sees=True),
        "granted": granted,
        "root": User.objects.create_superuser("root"),
    }
    client.force_login(users[who])

    answer = client.get(PAGE, {"q": "ada"})

    assert answer.status_code == status
    assert ("ada this is the whole id" in words_of(answer.text)) is (status == 200)
    if status == 403:
        assert "not who is in them. Ask an admin of your team" in words_of(answer.text)
    # Nobody is led to a door that is closed.
    shown = client.get("/segments/").text
    assert ('href="/customers/"' in shown) is (status == 200)


def test_htmx_is_given_the_hits_alone(seer: Client) -> None:
    part = seer.get(PAGE, {"q": "ada"}, headers=HTMX).text

    assert "<html" not in part
    assert 'id="found"' in part
    assert 'data-says="1 customer found"' in part


def test_no_cache_keeps_who_was_found(seer: Client) -> None:
    assert "no-store" in seer.get(PAGE, {"q": "ada"}).headers["Cache-Control"]


def test_data_that_cannot_be_read_is_said_and_ids_are_found_nonetheless(seer: Client) -> None:
    shutil.rmtree(settings.LAKE_DIR)

    words = words_of(seer.get(PAGE, {"q": "ada"}).text)

    assert "E-mail addresses were left out. The stored data could not be read" in words
    assert "ada this is the whole id" in words


def test_more_hits_ask_no_more_queries(seer: Client) -> None:
    def queries(text: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert seer.get(PAGE, {"q": text}).status_code == 200
        return len(asked)

    load(*(f"x{number}" for number in range(15)))
    merge_customers(
        pa.table({"from": [f"x{n}" for n in range(10, 15)], "into": ["ada"] * 5}), now=NOW
    )

    assert queries("x1") == queries("x") == queries("x14")
    assert queries("x") <= 16


def test_nobody_finds_anybody_without_signing_in(client: Client) -> None:
    assert client.get(PAGE, {"q": "ada"}).status_code == 302


def test_it_only_answers_readers(seer: Client) -> None:
    assert seer.post(PAGE, {"q": "ada"}).status_code == 405
