"""Segments over REST: found, made, changed, archived."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.models import Change, Scope, Segment
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.segments.ground import FREE, document, draft_segment, live_segment, seat, team
from tests.catalogue.web.workspace import make_segment
from tests.catalogue.workspace import load_workspace, refresh

pytestmark = pytest.mark.django_db


def keys(data: dict[str, Any]) -> list[str]:
    return [one["key"] for one in data["results"]]


GOAL = {"event": "purchase", "within": "14 days", "at_least": "25%"}


def walk(asks: Program, path: str) -> list[str]:
    """The keys on all pages, by following `next`."""
    found: list[str] = []
    address: str | None = path
    while address:
        answer = asks.get(address)
        assert answer.status_code == 200, answer.content
        data = answer.json()
        found += keys(data)
        address = data["next"]
        assert data["has_more"] == (address is not None)
        assert (f'<{address}>; rel="next"' == answer.get("Link")) == (address is not None)
    return found


def test_a_segment_says_who_why_whose_how_many_and_since_when() -> None:
    live_segment(goal=GOAL, refresh="every 6 hours")
    refresh("pros")
    data = program().get("segments/pros/").json()
    assert (data["id"], data["object"], data["status"], data["team"]) == (
        "pros",
        "segment",
        "live",
        "growth",
    )
    assert data["url"] == "http://testserver/api/v1/segments/pros/"
    assert data["html_url"] == "http://testserver/segments/pros/"
    assert data["owner"] == {"email": "mia@fieldnote.example", "name": ""}
    assert data["english"] == "Plan is pro"
    assert data["goal"] == GOAL
    assert data["refresh"] == "every 6 hours"
    assert data["size"] == {
        "value": 2,
        "as_of": "2026-03-18T12:00:00Z",
        "method": "exact",
        "membership_version": 1,
        "definition_version": 1,
    }
    assert data["definition_hash"].startswith("sha256:")


def test_pages_follow_one_another_and_every_segment_is_on_one_of_them() -> None:
    for number in range(7):
        make_segment(f"s{number}", sizes=[number])
    asks = program()
    assert walk(asks, "segments/?page_size=3") == [f"s{number}" for number in range(7)]


@pytest.mark.parametrize("ordering", ["size", "-size", "team,-size", "-refreshed_at", "-owner"])
def test_pages_may_be_cut_in_any_order_also_through_what_is_not_known_yet(ordering: str) -> None:
    for number, size in enumerate([5, 5, None, 1, None, 9]):
        owner = f"{number % 2}@x.example"
        make_segment(f"s{number}", sizes=[] if size is None else [size], owner_email=owner)
    asks = program()
    whole = walk(asks, f"segments/?ordering={ordering}")
    assert len(set(whole)) == 6
    assert walk(asks, f"segments/?ordering={ordering}&page_size=1") == whole
    assert walk(asks, f"segments/?ordering={ordering}&page_size=4") == whole


def test_segments_that_come_meanwhile_shift_nothing() -> None:
    for name in "bdfh":
        make_segment(name)
    asks = program()
    first = asks.get("segments/?page_size=2").json()
    make_segment("a")
    Segment.objects.filter(key="d").update(status="archived")
    assert keys(first) == ["b", "d"]
    assert keys(asks.get(first["next"]).json()) == ["f", "h"]


def test_filters_are_those_of_the_pages() -> None:
    make_segment("small", sizes=[1], goal={"event": "x"})
    make_segment("large", sizes=[100], why="Renewals are near.")
    make_segment("gone", status="archived")
    asks = program()
    for query, found in (
        ("size__gte=50", ["large"]),
        ("has_goal=true", ["small"]),
        ("q=renewal", ["large"]),
        ("status=archived", ["gone"]),
        ("status=archived&status=live", ["gone", "large", "small"]),
        ("team=growth&size__lte=5", ["small"]),
    ):
        assert keys(asks.get(f"segments/?{query}").json()) == found, query


def test_counting_is_for_those_who_ask_for_it() -> None:
    make_segment("a")
    make_segment("b")
    asks = program()
    assert "count" not in asks.get("segments/").json()
    assert asks.get("segments/?with_count=true&page_size=1").json()["count"] == 2


def test_an_unknown_parameter_is_refused_with_the_nearest_name() -> None:
    (flaw,) = problem(program().get("segments/?tema=x"), 400, "unknown_parameter")["errors"]
    assert (flaw["parameter"], flaw["suggestion"]) == ("tema", "team")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=1e3", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=5&page_size=6", "page_size"),
        ("cursor=", "cursor"),
        ("with_count=perhaps", "with_count"),
        ("size__gte=many", "size__gte"),
        ("size__gte=1&size__gte=2", "size__gte"),
        ("team=nobody", "team"),
        ("status=lively", "status"),
        ("ordering=secret", "ordering"),
        ("updated_at__after=yesterday", "updated_at__after"),
        ("q=a%00b", "q"),
        ("team=%00", "team"),
    ],
)
def test_a_value_that_a_parameter_cannot_have_is_refused(query: str, parameter: str) -> None:
    team()
    data = problem(program().get(f"segments/?{query}"), 400, "invalid_parameter")
    assert parameter in {flaw["parameter"] for flaw in data["errors"]}


def test_the_etag_is_of_the_content_and_the_same_for_every_key() -> None:
    live_segment()
    one, other = program(), program()
    tag = one.etag("pros")
    assert other.etag("pros") == tag
    answer = other.get("segments/pros/", If_None_Match=tag)
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert one.get("segments/pros/", If_None_Match=f'"x", W/{tag}').status_code == 304
    Segment.objects.filter(key="pros").update(why="Another one.")
    assert one.get("segments/pros/", If_None_Match=tag).status_code == 200


def test_a_list_has_an_etag_too_which_does_not_move_with_the_clock() -> None:
    make_segment("a")
    asks = program()
    tag = asks.get("segments/")["ETag"]
    assert asks.get("segments/", If_None_Match=tag).status_code == 304
    make_segment("b")
    assert asks.get("segments/", If_None_Match=tag).status_code == 200


def test_a_new_segment_is_a_draft_with_an_address_and_a_line_in_the_log() -> None:
    team()
    load_workspace()
    answer = program().post("segments/", document())
    assert answer.status_code == 201
    assert answer["Location"] == "http://testserver/api/v1/segments/pros/"
    assert (answer.json()["status"], answer.json()["definition_version"]) == ("draft", 1)
    change = Change.objects.get(kind="segment.created")
    assert (change.via, change.actor) == ("api", "key “crm”")


def test_a_new_segment_may_be_private_to_its_team() -> None:
    team()
    load_workspace()
    assert program().post("segments/", {**document(), "private": True}).json()["private"] is True
    problem(program(at="sales").get("segments/pros/"), 404, "not_found")


def test_what_is_wrong_with_a_new_segment_is_said_at_its_place_in_the_body() -> None:
    team()
    load_workspace()
    body = document(definition={"all": [{"trait": "plann", "is": "pro"}, {"did": "logn"}]})
    data = problem(program().post("segments/", body), 422, "invalid_definition")
    assert [(one["pointer"], one["code"], one["suggestion"]) for one in data["errors"]] == [
        ("/definition/all/0/trait", "unknown_trait", "plan"),
        ("/definition/all/1/did", "unknown_event", "login"),
    ]
    assert not Segment.objects.exists()


def test_an_unknown_field_is_refused_with_the_nearest_name() -> None:
    team()
    data = problem(
        program().post("segments/", {**document(), "defintion": {}}), 400, "invalid_body"
    )
    assert data["errors"] == [
        {
            "code": "unknown",
            "detail": "There is no “defintion” here. Did you mean “definition”?",
            "pointer": "/defintion",
            "suggestion": "definition",
        }
    ]


@pytest.mark.parametrize("field", ["id", "created_at", "is_private", "definition_version", "size"])
def test_no_field_but_those_of_a_document_can_be_written(field: str) -> None:
    live_segment()
    asks = program()
    answer = asks.send("PATCH", "segments/pros/", {field: 1}, If_Match=asks.etag("pros"))
    assert problem(answer, 400, "invalid_body")["errors"][0]["pointer"] == f"/{field}"


def test_a_key_is_never_given_twice() -> None:
    live_segment()
    detail = problem(program().post("segments/", document()), 409, "refused")["detail"]
    assert "never used again" in detail


def test_segments_are_made_for_the_keys_own_team_only() -> None:
    team()
    load_workspace()
    problem(program(at="sales").post("segments/", document()), 403, "forbidden")
    assert not Segment.objects.exists()


def test_facts_are_changed_at_once_and_the_rest_stays() -> None:
    live_segment(goal=GOAL)
    asks = program()
    before = asks.etag("pros")
    body = {"why": "They stay for years.", "goal": None}
    answer = asks.send("PATCH", "segments/pros/", body, If_Match=before)
    data = answer.json()
    assert answer.status_code == 200
    assert (data["why"], data["goal"], data["name"]) == ("They stay for years.", None, "Pros")
    assert answer["ETag"] == asks.etag("pros") != before


def test_an_edit_that_names_no_state_is_not_taken() -> None:
    live_segment()
    answer = program().send("PATCH", "segments/pros/", {"why": "x"})
    problem(answer, 428, "precondition_required")


def test_a_stale_edit_is_refused_with_both_documents_and_changes_nothing() -> None:
    live_segment()
    asks = program()
    old = asks.etag("pros")
    asks.send("PATCH", "segments/pros/", {"why": "Theirs."}, If_Match=old)
    answer = asks.send("PATCH", "segments/pros/", {"why": "Yours."}, If_Match=old)
    data = problem(answer, 412, "stale_version")
    assert (data["theirs"]["why"], data["yours"]["why"]) == ("Theirs.", "Yours.")
    assert data["differences"] == {"why": ["Theirs.", "Yours."]}
    assert data["changed_by"] == "key “crm”"
    assert Segment.objects.get().why == "Theirs."
    assert asks.send("PATCH", "segments/pros/", {"why": "Yours."}, If_Match=data["etag"]).json()[
        "why"
    ] == ("Yours.")


def test_a_refresh_makes_no_edit_stale() -> None:
    live_segment()
    asks = program()
    tag = asks.etag("pros")
    refresh("pros")
    assert asks.etag("pros") != tag
    assert asks.send("PATCH", "segments/pros/", {"why": "x"}, If_Match=tag).status_code == 200


@pytest.mark.parametrize("header", ['"nonsense"', "nonsense", '"a:b"', 'W/"c"', '""'])
def test_a_state_that_never_was_is_stale(header: str) -> None:
    live_segment()
    answer = program().send("PATCH", "segments/pros/", {"why": "x"}, If_Match=header)
    problem(answer, 412, "stale_version")


def test_whoever_means_whatever_is_there_now_says_so() -> None:
    live_segment()
    answer = program().send("PATCH", "segments/pros/", {"why": "x"}, If_Match="*")
    assert answer.status_code == 200


def test_the_definition_of_a_live_segment_is_drafted_not_patched() -> None:
    live_segment()
    asks = program()
    body = {"definition": FREE}
    answer = asks.send("PATCH", "segments/pros/", body, If_Match=asks.etag("pros"))
    assert (
        "POST it to http://testserver/api/v1/segments/pros/versions/"
        in (problem(answer, 409, "refused")["detail"])
    )
    assert Segment.objects.get().definition.number == 1


def test_the_definition_of_a_draft_is_patched_like_everything_else() -> None:
    draft_segment()
    asks = program()
    body = {"definition": FREE}
    answer = asks.send("PATCH", "segments/pros/", body, If_Match=asks.etag("pros"))
    assert answer.json()["definition_version"] == 2


def test_an_archived_segment_is_kept_unchanged_and_may_come_back() -> None:
    live_segment()
    asks = program()
    answer = asks.post("segments/pros/archive/", {"message": "Done."}, If_Match=asks.etag("pros"))
    assert (answer.status_code, answer.json()["status"]) == (200, "archived")
    assert Change.objects.get(kind="segment.archived").message == "Done."
    tag = asks.etag("pros")
    problem(asks.send("PATCH", "segments/pros/", {"why": "x"}, If_Match=tag), 409, "refused")
    assert asks.post("segments/pros/unarchive/").json()["status"] == "draft"


def test_archiving_names_the_state_it_was_decided_on() -> None:
    live_segment()
    asks = program()
    problem(asks.post("segments/pros/archive/"), 428, "precondition_required")
    problem(asks.post("segments/pros/archive/", If_Match='"old"'), 412, "stale_version")
    body = {"replacement": "nothing"}
    answer = asks.post("segments/pros/archive/", body, If_Match="*")
    problem(answer, 409, "refused")
    assert Segment.objects.get().status == "live"


def test_nothing_is_ever_deleted() -> None:
    live_segment()
    answer = program().send("DELETE", "segments/pros/")
    problem(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) >= {"GET", "PATCH"}


def test_a_key_that_may_only_read_changes_nothing() -> None:
    live_segment()
    asks = program(Scope.SEGMENTS_READ)
    answer = asks.send("PATCH", "segments/pros/", {"why": "x"}, If_Match=asks.etag("pros"))
    assert problem(answer, 403, "missing_scope")["scope"] == "segments:write"
    assert Segment.objects.get().why == "They pay and stay."


def test_a_viewer_who_is_signed_in_reads_and_does_not_write() -> None:
    live_segment()
    from django.test import Client

    client = Client()
    client.force_login(seat("vic", "viewer"))
    tag = client.get("/api/v1/segments/pros/")["ETag"]
    answer = client.patch(
        "/api/v1/segments/pros/",
        {"why": "x"},
        content_type="application/json",
        headers={"If-Match": tag},
    )
    assert "Its owner and the editors" in problem(answer, 403, "forbidden")["detail"]


def test_the_list_asks_the_database_no_more_for_many_segments_than_for_few(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(12):
        make_segment(f"s{number:02}", sizes=[1, 2])
    asks = program()
    asks.get("segments/")
    with django_assert_max_num_queries(20):
        assert len(asks.get("segments/").json()["results"]) == 12
