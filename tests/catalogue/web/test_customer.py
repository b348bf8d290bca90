from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pyarrow as pa
import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.models import (
    Customer,
    MembershipVersion,
    PeopleGrant,
    Role,
    Segment,
    TraitEntry,
    User,
)
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.population import delete_customers, merge_customers
from tests.catalogue.segments.ground import seat, team
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.workspace import LOADED, NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db
ADA = "/customers/ada/"
PRO = {"trait": "plan", "is": "pro"}
FREE = {"trait": "plan", "is": "free"}


@pytest.fixture(autouse=True)
def _midday() -> Iterator[None]:
    with time_machine.travel(LOADED, tick=False):
        load_workspace()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def seer(client: Client) -> Client:
    """Somebody who may see the people of the segments of Growth."""
    client.force_login(seat("vera", Role.VIEWER, sees=True))
    return client


def load(*ids: str, as_of: object = LOADED, **columns: list[object]) -> None:
    load_customers(pa.table({"id": list(ids), **columns}), as_of=as_of)


def section(page: str, name: str) -> str:
    """The words of one part of the page."""
    return words_of(page.split(f'id="{name}"')[1].split("</section>")[0])


def test_every_known_trait_has_its_value_and_since_when(seer: Client) -> None:
    TraitEntry.objects.filter(name="plan").update(label="Plan of today")
    load("ada", as_of=NOW - timedelta(days=2), plan=["free"])
    load("ada", as_of=NOW - timedelta(days=1), plan=["free"])

    words = section(seer.get(ADA).text, "traits")

    # It was pro until two days ago; saying the same again changes nothing.
    assert "Plan of today Text free since 16 Mar 2026, 12:00 UTC" in words
    assert "Email Text ada@x.example since 1 Mar 2026, 00:00 UTC" in words
    assert "values as of 18 Mar 2026, 12:00 UTC, on the data loaded" in words


def test_values_are_written_as_people_read_them(seer: Client) -> None:
    load(
        "zoe",
        seats=[10.0],
        share=[0.25],
        large=[9007199254740993],
        agrees=[True],
        tags=[["a", "b"]],
        address=[{"city": "Bonn"}],
        signed_up=[NOW - timedelta(days=400)],
        note=[""],
        essay=["x" * 3000],
    )

    words = section(seer.get("/customers/zoe/").text, "traits")

    assert "Seats Number 10 since" in words
    assert "Share Number 0.25 since" in words
    assert "Agrees Yes or no yes since" in words
    assert "Tags List a, b since" in words
    assert 'Address Object {"city": "Bonn"} since' in words
    assert "Signed up Date 11 Feb 2025, 12:00 UTC since" in words
    assert "x" * 1000 + "…" in words
    assert "x" * 1001 not in words


def test_what_is_not_known_is_listed_as_unknown(seer: Client) -> None:
    load("ada", as_of=NOW - timedelta(days=1), plan=[None])
    TraitEntry.objects.create(name="never_seen", inferred_type="number")

    words = section(seer.get(ADA).text, "traits")

    known, unknown = words.split("Unknown")
    assert "Plan" not in known
    assert "Never seen Number" in unknown
    assert "Plan Text" in unknown


def test_segments_say_since_when_somebody_is_in_them_this_time(seer: Client) -> None:
    define("pros", PRO, name="Pros")
    refresh("pros", now=NOW - timedelta(days=10))
    load("ada", as_of=NOW - timedelta(days=9), plan=["free"])
    refresh("pros", now=NOW - timedelta(days=8))
    load("ada", as_of=NOW - timedelta(days=5), plan=["pro"])
    refresh("pros", now=NOW - timedelta(days=4))
    load("bob", as_of=NOW - timedelta(days=3), plan=["pro"])
    refresh("pros", now=NOW - timedelta(hours=1))

    page = seer.get(ADA).text

    # Since the third refresh: of the first time they were in, the page tells below.
    inside = section(page, "inside")
    assert "Pros since 14 Mar 2026, 12:00 UTC, by m4 as of 18 Mar 2026, 11:00 UTC" in inside
    assert (
        "Entered and left in the last 90 days"
        " 14 Mar 2026, 12:00 UTC entered Pros m3"
        " 10 Mar 2026, 12:00 UTC left Pros m2"
        " 8 Mar 2026, 12:00 UTC entered Pros m1"
        " exact: as each refresh found it, as of 18 Mar 2026, 12:00 UTC."
    ) in section(page, "moves")


def test_what_is_long_ago_is_left_out_of_the_moves_but_not_of_since_when(seer: Client) -> None:
    define("pros", PRO, name="Pros")
    with time_machine.travel(NOW - timedelta(days=10), tick=False):
        refresh("pros", now=NOW - timedelta(days=10))
    with time_machine.travel(NOW + timedelta(days=100), tick=False):
        seer.force_login(User.objects.get(username="vera"))  # signing in does not last that long
        page = seer.get(ADA).text

    assert "Pros since 8 Mar 2026, 12:00 UTC" in section(page, "inside")
    assert "Nothing moved since" in section(page, "moves")


def test_the_other_segments_stand_as_those_they_are_not_in(seer: Client) -> None:
    define("pros", PRO, name="Pros")
    define("free", FREE, name="Free")
    define("new", PRO, name="New")
    define("old", PRO, name="Old", status="archived")
    refresh("pros", "free", now=NOW)

    page = seer.get(ADA).text

    assert "Pros" in section(page, "inside")
    outside = section(page, "outside")
    assert "Not in these 2" in outside
    assert "Free as of 18 Mar 2026, 12:00 UTC" in outside
    assert "New not counted yet" in outside
    assert "Old" not in page
    assert 'href="?why=free#why-free"' in page


def test_an_explanation_opens_in_place_and_without_a_script_on_the_page(seer: Client) -> None:
    define("pros", PRO, name="Pros")
    define("free", FREE, name="Free")
    refresh("pros", "free", now=NOW)

    part = seer.get(f"{ADA}?why=free", headers=HTMX).text
    whole = seer.get(f"{ADA}?why=pros").text

    assert "<html" not in part
    assert "Not in the segment judged as of 18 Mar 2026, 12:00 UTC no Plan is free it is pro" in (
        words_of(part)
    )
    assert 'data-says="Not in the segment."' in part
    assert 'id="why-pros" open' in whole
    assert "In the segment judged as of 18 Mar 2026, 12:00 UTC yes Plan is pro it is pro" in (
        section(whole, "inside")
    )
    assert 'id="why-free" open' not in whole


def test_a_segment_that_cannot_be_judged_says_why(seer: Client) -> None:
    define("lost", {"in_segment": "nowhere"}, name="Lost")

    page = seer.get(f"{ADA}?why=lost")

    assert page.status_code == 200
    assert "no segment “nowhere”" in section(page.text, "outside")


@pytest.mark.parametrize("key", ["nothing", "theirs", "secret", "old", "x" * 5000, "a\0b", "../"])
def test_what_may_not_be_explained_is_like_what_is_not_there(seer: Client, key: str) -> None:
    define("theirs", PRO, name="Theirs", team=team("sales"))
    define("secret", PRO, team=team("sales"), is_private=True)
    define("old", PRO, status="archived")

    for headers in ({}, HTMX):
        answer = seer.get(ADA, {"why": key}, headers=headers)
        assert answer.status_code == 404
        assert f"There is no segment “{key}” whose people you may see." in words_of(answer.text)


def test_only_segments_whose_people_the_viewer_may_see_are_told_of(client: Client) -> None:
    ours = define("ours", PRO, name="Ours")
    define("theirs", PRO, name="Theirs", team=team("sales"))
    define("secret", PRO, name="Secret", team=team("sales"), status="draft", is_private=True)
    refresh("ours", "theirs", "secret", now=NOW)
    granted = seat("gus", None)
    PeopleGrant.objects.create(segment=ours, user=granted)
    readers = {
        "growth": seat("vera", Role.VIEWER, sees=True),
        "granted": granted,
        "sales": seat("lena", Role.VIEWER, at="sales", sees=True),
        "root": User.objects.create_superuser("root"),
    }
    seen = {}
    for name, user in readers.items():
        client.force_login(user)
        page = client.get(ADA).text
        seen[name] = {one for one in ("Ours", "Theirs", "Secret") if one in page}
        moves = section(page, "moves")
        assert {one for one in ("Ours", "Theirs", "Secret") if one in moves} == seen[name]

    assert seen == {
        "growth": {"Ours"},
        "granted": {"Ours"},
        "sales": {"Theirs", "Secret"},
        "root": {"Ours", "Theirs", "Secret"},
    }


@pytest.mark.parametrize("who", ["no seat", "viewer", "editor", "owner"])
def test_who_may_not_see_people_is_told_what_a_stranger_to_everybody_is_told(
    client: Client, who: str
) -> None:
    owner = seat("mia", None)
    define("pros", PRO, owner=owner)
    refresh("pros", now=NOW)
    users = {
        "no seat": seat("rob", None),
        "viewer": seat("vic", Role.VIEWER),
        "editor": seat("eva"),
        "owner": owner,
    }
    client.force_login(users[who])
    there, nobody = client.get(ADA), client.get("/customers/nob/")
    client.force_login(seat("vera", Role.VIEWER, sees=True))
    unknown = client.get("/customers/nob/")

    assert there.status_code == nobody.status_code == unknown.status_code == 404
    words = [words_of(answer.text) for answer in (there, nobody, unknown)]
    assert words[0].replace("ada", "nob") == words[1] == words[2]
    assert "There is no customer “nob” that you may see." in words[1]
    assert client.get(f"{ADA}?why=pros").status_code == 200
    client.force_login(users[who])
    assert client.get(f"{ADA}?why=pros").status_code == 404


def test_a_merged_customer_leads_to_whom_they_are_now(seer: Client) -> None:
    define("free", FREE, name="Free")
    merge_customers(pa.table({"from": ["ada"], "into": ["bob"]}), now=NOW)
    refresh("free", now=NOW)

    page = seer.get(ADA).text

    words = words_of(page)
    assert "“ada” was merged into “bob”, so this is about “bob”" in words
    assert 'href="/customers/bob/"' in page
    assert "Plan Text free" in section(page, "traits")
    assert "Free" in section(page, "inside")
    assert "is free it is free" in words_of(seer.get(f"{ADA}?why=free", headers=HTMX).text)


@pytest.mark.parametrize("merged", [False, True])
def test_of_a_deleted_customer_nothing_is_known_any_more(seer: Client, merged: bool) -> None:
    define("pros", PRO, name="Pros")
    refresh("pros", now=NOW - timedelta(hours=1))
    if merged:
        merge_customers(pa.table({"from": ["ada"], "into": ["cleo"]}), now=NOW)
    gone = "cleo" if merged else "ada"
    delete_customers(pa.table({"customer_id": [gone]}), now=NOW)

    page = seer.get(ADA)

    assert page.status_code == 200
    said = "“ada” was merged into “cleo”, which is deleted" if merged else "was deleted on 2026-03"
    assert said in words_of(page.text)
    assert "ada@x.example" not in page.text
    assert "Pros" not in page.text
    assert seer.get(f"{ADA}?why=pros").status_code == 404


@pytest.mark.parametrize(
    "customer_id",
    [
        *("a/b", "..", ".", "a b", "50%", "ü@x", "/", "a//b", "x?y#z", "~2E", "<b>", "'\"", "a\nb"),
        *("a/", " ", "../../admin/", "%2e%2e", "\\", ";a=b", "&amp;", "🦓", "x" * 500, "ada/why"),
    ],
)
def test_every_id_has_a_page_with_everything_on_it(seer: Client, customer_id: str) -> None:
    load(customer_id, plan=["pro"])
    define("pros", PRO, name="Pros")
    refresh("pros", now=NOW)
    address = reverse("customer", args=[customer_id])

    page = seer.get(address)

    assert page.context["card"].asked_id == customer_id
    assert "Pros since" in section(page.text, "inside")
    # Links on the page are relative, so the id stands in none of them.
    part = seer.get(f"{address}?why=pros", headers=HTMX).text
    assert "In the segment" in part


@pytest.mark.parametrize(
    "path",
    [
        "/customers/nobody/",
        "/customers/ADA/",
        "/customers/%00/",
        "/customers/a%00b/",
        "/customers/~00/",
        "/customers/%FF%FE/",
        f"/customers/{'x' * 4000}/",
        "/customers/%20ada/",
        "/customers/ada%0A/",
    ],
)
def test_an_id_that_nobody_has_is_not_found(seer: Client, path: str) -> None:
    assert seer.get(path).status_code == 404


def test_a_damaged_version_is_said_and_never_read(seer: Client) -> None:
    define("pros", PRO, name="Pros")
    refresh("pros", now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER catalogue_membershipversion_immutable")
    MembershipVersion.objects.update(sha256="0" * 64)

    words = words_of(seer.get(ADA).text)

    assert "Membership version 1 of segment “pros” cannot be trusted" in words
    assert "Plan Text pro" in words


def test_data_that_cannot_be_read_is_said_and_segments_are_shown_nonetheless(
    seer: Client,
) -> None:
    define("pros", PRO, name="Pros")
    refresh("pros", now=NOW)
    shutil.rmtree(settings.LAKE_DIR)

    page = seer.get(ADA).text

    assert "The stored data could not be read" in section(page, "traits")
    assert "Pros since 18 Mar 2026, 12:00 UTC" in section(page, "inside")


def test_no_cache_keeps_what_is_known(seer: Client) -> None:
    assert "no-store" in seer.get(ADA).headers["Cache-Control"]


def test_more_segments_traits_and_moves_ask_no_more_queries(seer: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert seer.get(ADA).status_code == 200
        return len(asked)

    define("s0", PRO)
    refresh("s0", now=NOW - timedelta(days=1))
    few = queries()
    for number in range(1, 5):
        define(f"s{number}", PRO)
        define(f"f{number}", FREE)
        TraitEntry.objects.create(name=f"t{number}")
    refresh(*Segment.objects.values_list("key", flat=True), now=NOW)

    assert queries() == few
    assert few <= 26


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    answer = client.get(ADA)

    assert answer.status_code == 302
    assert "ada@x.example" not in answer.text
    assert Customer.objects.filter(external_id="ada").exists()


def test_it_only_answers_readers(seer: Client) -> None:
    assert seer.post(ADA).status_code == 405
