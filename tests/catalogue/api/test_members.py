"""Members over REST: pulled, checked, explained."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core import signing
from django.test import override_settings
from django.utils import timezone

from catalogue.models import Customer, Scope, Segment
from catalogue.published.checksums import checksum
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.membership.ground import START, make_segment, publish
from tests.catalogue.segments.ground import live_segment
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db
READS = (Scope.MEMBERS_READ, Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT)


def customers(count: int) -> None:
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"cus_{ordinal}") for ordinal in range(count)
    )


def grown(count: int = 9, key: str = "payers") -> Segment:
    """A segment of the first `count` customers."""
    if not Customer.objects.exists():
        customers(50)
    segment = make_segment(key)
    publish(segment, set(range(count)), day=0)
    return segment


def pulled(asks: Program, path: str) -> tuple[list[str], list[dict[str, Any]]]:
    """The ids on all pages, and the pages."""
    pages = []
    address: str | None = path
    while address:
        answer = asks.get(address)
        assert answer.status_code == 200, answer.content
        pages.append(answer.json())
        address = pages[-1]["next"]
    return [one["id"] for page in pages for one in page["results"]], pages


def test_a_pull_gives_every_member_once_and_says_what_it_is_of() -> None:
    grown(7)
    ids, pages = pulled(program(*READS), "segments/payers/members/?page_size=3")
    assert ids == [f"cus_{number}" for number in range(7)]
    assert [len(page["results"]) for page in pages] == [3, 3, 1]
    for page in pages:
        assert (page["membership_version"], page["definition_version"]) == (1, 1)
        assert (page["count"], page["checksum"]) == (7, checksum(ids))
        assert page["as_of"] == "2026-03-01T12:00:00Z"
    assert len({page["changes_cursor"] for page in pages}) == 1


def test_the_documented_checksum_is_what_a_pull_says() -> None:
    customers(4)
    publish(make_segment(), {1, 2, 3}, day=0)
    data = program(*READS).get("segments/payers/members/").json()
    assert (data["count"], data["checksum"]) == (3, "b5946576c1704b71")


def test_pages_stay_of_one_version_however_many_refreshes_happen_meanwhile() -> None:
    segment = grown(9)
    asks = program(*READS)
    address: str | None = "segments/payers/members/?page_size=2"
    ids: list[str] = []
    day = 0
    while address:
        page = asks.get(address).json()
        assert page["membership_version"] == 1
        ids += [one["id"] for one in page["results"]]
        address = page["next"]
        day += 1
        publish(segment, set(range(day, 30, day)), day=day)
    assert ids == [f"cus_{number}" for number in range(9)]
    newest = asks.get("segments/payers/members/").json()
    assert newest["membership_version"] == day + 1


def test_an_older_version_is_asked_for_by_its_number() -> None:
    segment = grown(3)
    publish(segment, {7}, day=1)
    asks = program(*READS)
    old = asks.get("segments/payers/members/?version=1").json()
    assert [one["id"] for one in old["results"]] == ["cus_0", "cus_1", "cus_2"]
    assert asks.get("segments/payers/members/?version=latest").json()["count"] == 1
    problem(asks.get("segments/payers/members/?version=3"), 404, "not_found")


def test_a_member_comes_with_the_traits_asked_for() -> None:
    live_segment()
    refresh("pros")
    with time_machine.travel(NOW, tick=False):
        data = program(*READS).get("segments/pros/members/?traits=plan,email").json()
    assert data["results"] == [
        {
            "id": "ada",
            "since": "2026-03-18T12:00:00Z",
            "traits": {"plan": "pro", "email": "ada@x.example"},
        },
        {"id": "cleo", "since": "2026-03-18T12:00:00Z", "traits": {"plan": "pro"}},
    ]


def test_a_trait_that_nobody_has_is_refused_with_the_nearest_name() -> None:
    live_segment()
    refresh("pros")
    answer = program(*READS).get("segments/pros/members/?traits=plan,emial")
    (flaw,) = problem(answer, 400, "invalid_parameter")["errors"]
    assert (flaw["parameter"], flaw["suggestion"]) == ("traits", "email")


def test_a_segment_that_was_never_refreshed_says_so() -> None:
    make_segment()
    asks = program(*READS)
    problem(asks.get("segments/payers/members/"), 409, "not_ready")
    problem(asks.get("segments/payers/members/changes/"), 409, "not_ready")


@pytest.mark.parametrize(
    "query",
    [
        "page_size=1001",
        "page_size=0",
        "version=0",
        "version=-1",
        "version=x",
        "cursor=",
        "traits=,",
    ],
)
def test_what_a_pull_cannot_be_asked_is_refused(query: str) -> None:
    grown(3)
    answer = program(*READS).get(f"segments/payers/members/?{query}")
    problem(answer, 400, "invalid_parameter")


def test_nothing_is_read_when_the_caller_has_the_page_already(
    django_assert_max_num_queries: Any,
) -> None:
    segment = grown(5)
    asks = program(*READS)
    first = asks.get("segments/payers/members/?page_size=2")
    again = asks.get("segments/payers/members/?page_size=2", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    with django_assert_max_num_queries(12) as captured:
        asks.get("segments/payers/members/?page_size=2", If_None_Match=first["ETag"])
    assert not any("key_frame" in query["sql"] for query in captured.captured_queries)
    Customer.objects.filter(external_id="cus_1").update(deleted_at=timezone.now())
    changed = asks.get("segments/payers/members/?page_size=2", If_None_Match=first["ETag"])
    assert changed.status_code == 200
    publish(segment, {1}, day=1)
    assert asks.get("segments/payers/members/?page_size=2")["ETag"] != changed["ETag"]


def test_people_are_in_no_store() -> None:
    grown(3)
    answer = program(*READS).get("segments/payers/members/")
    assert answer["Cache-Control"] == "private, no-store"
    assert {"Authorization", "Cookie"} <= {name.strip() for name in answer["Vary"].split(",")}


def cursors(asks: Program) -> tuple[str, str]:
    """A page's cursor and one of the feed."""
    data = asks.get("segments/payers/members/?page_size=2").json()
    return data["next"].partition("cursor=")[2], data["changes_cursor"]


FORGED = (
    "x",
    "eyJhZnRlciI6MX0:x",
    "eyJhZnRlciI6MX0",
    ":",
    "a" * 3000,
    "%00",
    "ünicode",
    "..",
    "[1]:y",
)


@pytest.mark.parametrize("cursor", FORGED)
def test_a_cursor_that_was_never_given_is_refused(cursor: str) -> None:
    grown(5)
    asks = program(*READS)
    for path in ("segments/", "segments/payers/members/", "segments/payers/members/changes/"):
        answer = asks.client.get(f"/api/v1/{path}", {"cursor": cursor})
        problem(answer, 400, "invalid_parameter" if cursor == "\x00" else "bad_cursor")


def test_a_cursor_is_refused_when_any_of_its_letters_is_another_one() -> None:
    grown(5)
    asks = program(*READS)
    page, feed = (signing_free(one) for one in cursors(asks))
    for path, cursor in (("members/", page), ("members/changes/", feed)):
        query = {"cursor": cursor, "page_size": "2"}
        assert asks.client.get(f"/api/v1/segments/payers/{path}", query).status_code == 200
        for place in range(0, len(cursor), 7):
            other = "B" if cursor[place] == "A" else "A"
            spoilt = cursor[:place] + other + cursor[place + 1 :]
            answer = asks.client.get(f"/api/v1/segments/payers/{path}", {**query, "cursor": spoilt})
            problem(answer, 400, "bad_cursor")
        for cut in (1, len(cursor) // 2, len(cursor) - 1):
            answer = asks.client.get(
                f"/api/v1/segments/payers/{path}", {**query, "cursor": cursor[:cut]}
            )
            problem(answer, 400, "bad_cursor")


def signing_free(cursor: str) -> str:
    from urllib.parse import unquote

    return unquote(cursor)


def test_a_cursor_signed_with_our_key_for_something_else_is_refused() -> None:
    grown(5)
    asks = program(*READS)
    for salt in ("catalogue.api.cursor", "other"):
        forged = signing.Signer(salt=salt).sign_object({"for": "x", "version": 1, "after": 0})
        answer = asks.client.get("/api/v1/segments/payers/members/", {"cursor": forged})
        problem(answer, 400, "bad_cursor")


def test_a_cursor_is_good_for_its_own_segment_path_parameters_and_team_only() -> None:
    grown(5)
    grown(5, "others")
    asks = program(*READS)
    page, feed = (signing_free(one) for one in cursors(asks))
    elsewhere = (
        ("segments/others/members/", {"cursor": page}),
        ("segments/payers/members/", {"cursor": page, "version": "1"}),
        ("segments/payers/members/", {"cursor": feed}),
        ("segments/payers/members/changes/", {"cursor": page}),
        ("segments/others/members/changes/", {"cursor": feed}),
        ("segments/", {"cursor": page}),
        ("segments/payers/versions/", {"cursor": feed}),
    )
    for path, query in elsewhere:
        problem(asks.client.get(f"/api/v1/{path}", query), 400, "bad_cursor")


def test_cursors_of_another_team_or_login_are_refused_those_of_another_key_of_the_team_are_not(
    admin_client: Any,
) -> None:
    grown(5)
    one, other = program(*READS), program(*READS)
    page, feed = (signing_free(cursor) for cursor in cursors(one))
    for path, cursor in (("members/", page), ("members/changes/", feed)):
        query = {"cursor": cursor, "page_size": "2"}
        address = f"/api/v1/segments/payers/{path}"
        assert other.client.get(address, query).status_code == 200
        problem(admin_client.get(address, query), 400, "bad_cursor")


def test_changes_older_than_they_are_kept_lead_back_to_a_full_pull() -> None:
    segment = grown(5)
    asks = program(*READS)
    _, feed = cursors(asks)
    publish(segment, {1, 9}, day=1)
    later = timezone.now() + timezone.timedelta(days=31)
    with override_settings(CHANGES_KEPT_DAYS=30), time_machine.travel(later, tick=False):
        answer = asks.client.get(
            "/api/v1/segments/payers/members/changes/", {"cursor": signing_free(feed)}
        )
        data = problem(answer, 410, "cursor_expired")
        assert data["restart"] == (
            "http://testserver/api/v1/segments/payers/members/?version=latest"
        )
        assert asks.get(data["restart"]).json()["count"] == 2
        problem(asks.get("segments/payers/members/changes/"), 410, "cursor_expired")


def test_changes_say_who_entered_and_left_in_order() -> None:
    segment = grown(3)
    asks = program(*READS)
    _, feed = cursors(asks)
    publish(segment, {1, 2, 8}, day=1)
    data = asks.client.get(
        "/api/v1/segments/payers/members/changes/", {"cursor": signing_free(feed)}
    ).json()
    assert [(one["op"], one["id"], one["membership_version"]) for one in data["results"]] == [
        ("entered", "cus_8", 2),
        ("left", "cus_0", 2),
    ]
    assert (data["has_more"], data["count"]) == (False, 3)
    assert data["checksum"] == checksum(["cus_1", "cus_2", "cus_8"])


def test_some_customers_are_asked_about_in_the_order_of_the_question() -> None:
    grown(2)
    asks = program(Scope.MEMBERS_CHECK, Scope.SEGMENTS_DRAFT)
    ids = ["cus_9", "nobody", "cus_1", "cus_1", " cus_1"]
    data = asks.post("segments/payers/members/check/", {"ids": ids}).json()
    assert [(one["id"], one["standing"]) for one in data["results"]] == [
        ("cus_9", "out"),
        ("nobody", "unknown"),
        ("cus_1", "in"),
        ("cus_1", "in"),
        (" cus_1", "unknown"),
    ]
    assert data["membership_version"] == 1


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/ids"),
        ({"ids": []}, "/ids"),
        ({"ids": "cus_1"}, "/ids"),
        ({"ids": [f"c{number}" for number in range(1001)]}, "/ids"),
        ({"ids": ["a", 5]}, "/ids/1"),
        ({"ids": ["a", None]}, "/ids/1"),
        ({"ids": ["a", "x" * 501]}, "/ids/1"),
        ({"ids": ["a"], "idss": []}, "/idss"),
    ],
)
def test_a_question_that_does_not_fit_is_refused_at_its_place(
    body: dict[str, Any], pointer: str
) -> None:
    grown(2)
    answer = program(*READS).post("segments/payers/members/check/", body)
    assert problem(answer, 400, "invalid_body")["errors"][0]["pointer"] == pointer


def test_an_explanation_says_yes_or_no_at_each_condition_and_why() -> None:
    live_segment()
    refresh("pros")
    asks = program()
    inside = asks.post("segments/pros/explain/", {"id": "ada"}).json()
    outside = asks.post("segments/pros/explain/", {"id": "bob"}).json()
    assert (inside["is_in"], outside["is_in"]) == (True, False)
    assert [one["answer"] for one in outside["conditions"]] == [False, False]
    last = outside["conditions"][-1]
    assert (last["text"], last["because"]) == ("Plan is pro", last["because"])
    assert "free" in last["because"]


def test_nobody_and_somebody_deleted_are_explained_alike() -> None:
    live_segment()
    Customer.objects.filter(external_id="bob").update(deleted_at=timezone.now())
    asks = program()
    details = [
        problem(asks.post("segments/pros/explain/", {"id": name}), 404, "not_found")["detail"]
        for name in ("bob", "rob")
    ]
    assert details[0].replace("bob", "rob") == details[1]


def test_the_segments_of_a_customer_come_with_since_when() -> None:
    grown(2)
    asks = program(*READS)
    data = asks.get("customers/cus_1/segments/").json()
    (found,) = data["results"]
    assert (found["key"], found["since"]) == ("payers", START.isoformat().replace("+00:00", "Z"))
    assert found["url"] == "http://testserver/api/v1/segments/payers/"
    assert asks.get("customers/cus_9/segments/").json()["results"] == []


@pytest.mark.parametrize("name", ["nobody", "a%00b", "%2F", "a%2Fb", "CUS_1", "cus_1%20", "%F0%9F"])
def test_a_customer_that_there_is_not_is_not_found(name: str) -> None:
    grown(2)
    problem(program(*READS).get(f"customers/{name}/segments/"), 404, "not_found")


def test_an_id_may_hold_anything() -> None:
    Customer.objects.create(ordinal=0, external_id="a/b c?ü")
    publish(make_segment(), {0}, day=0)
    asks = program(*READS)
    data = asks.get("customers/a%2Fb%20c%3F%C3%BC/segments/").json()
    assert (data["id"], [one["key"] for one in data["results"]]) == ("a/b c?ü", ["payers"])
