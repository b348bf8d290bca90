"""Who gets in: keys, sessions, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from catalogue.models import ApiKey, Scope, Segment
from catalogue.segments.keys import revoke_key
from tests.catalogue.api.asking import EVERYTHING, Program, key_text, problem, program
from tests.catalogue.segments.ground import draft_segment, live_segment, seat, team
from tests.catalogue.web.workspace import make_user

pytestmark = pytest.mark.django_db


def test_nobody_is_asked_who_they_are() -> None:
    answer = Program("").get("me/")
    problem(answer, 401, "not_authenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("spoil", [lambda t: t[:-1], lambda t: t.swapcase(), lambda t: t + "x"])
def test_a_mistyped_key_is_recognised_as_such(spoil: Callable[[str], str]) -> None:
    text = spoil(key_text())
    assert "Copy it again" in problem(Program(text).get("me/"), 401, "invalid_key")["detail"]


@pytest.mark.parametrize("header", ["Basic abc", "segc_abc", "Token x", "Bearer", "Bearer ü"])
def test_anything_but_a_key_is_refused(header: str) -> None:
    answer = Client(headers={"Authorization": header}).get("/api/v1/me/")
    problem(answer, 401, "invalid_key")


def test_a_key_says_who_it_is_and_what_it_may_do() -> None:
    segment = draft_segment()
    text = key_text(Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT, segments=(segment,))
    data = Program(text).get("me/").json()
    assert (data["kind"], data["name"], data["team"]) == ("key", "crm", "growth")
    assert data["scopes"] == ["segments:draft", "segments:read"]
    assert data["segments"] == ["pros"]
    assert text.startswith(data["prefix"])
    assert text not in str(data)


def test_an_expired_key_is_refused_from_that_moment_on() -> None:
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    asks = program(expires_at=noon)
    with time_machine.travel(noon - timedelta(seconds=1), tick=False):
        assert asks.get("me/").status_code == 200
    with time_machine.travel(noon, tick=False):
        assert "expired" in problem(asks.get("me/"), 401, "invalid_key")["detail"]


def test_a_revoked_key_is_refused_with_the_next_request() -> None:
    asks = program()
    assert asks.get("me/").status_code == 200
    revoke_key(key=ApiKey.objects.get(), by=None, via="command")
    problem(asks.get("me/"), 401, "invalid_key")


def test_the_last_use_is_kept_to_the_minute() -> None:
    asks = program()
    with time_machine.travel(datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC), tick=False):
        asks.get("me/")
    assert ApiKey.objects.get().last_used_at == datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


def test_a_key_without_the_scope_is_told_which() -> None:
    live_segment()
    asks = program(Scope.SEGMENTS_READ)
    for path, scope in (
        ("segments/pros/members/", "members:read"),
        ("customers/ada/segments/", "members:read"),
        ("destinations/", "destinations:read"),
    ):
        assert problem(asks.get(path), 403, "missing_scope")["scope"] == scope
    for path, scope in (
        ("segments/", "segments:write"),
        ("segments/pros/refresh/", "segments:refresh"),
        ("segments/pros/archive/", "segments:publish"),
        ("segments/pros/members/check/", "members:check"),
        ("definitions/estimate/", "segments:write"),
    ):
        assert problem(asks.post(path), 403, "missing_scope")["scope"] == scope


def test_a_key_of_another_team_reads_facts_and_no_people() -> None:
    live_segment()
    asks = program(at="sales")
    assert asks.get("segments/pros/").status_code == 200
    problem(asks.get("segments/pros/members/"), 403, "forbidden")
    problem(asks.get("segments/pros/members/changes/"), 403, "forbidden")
    problem(asks.post("segments/pros/members/check/", {"ids": ["ada"]}), 403, "forbidden")
    problem(asks.post("segments/pros/explain/", {"id": "ada"}), 403, "forbidden")
    problem(asks.post("segments/pros/refresh/"), 403, "forbidden")


def test_for_a_key_limited_to_some_segments_there_are_no_others() -> None:
    live_segment("pros")
    other = Segment.objects.create(key="other", name="Other", team=team(), status="live")
    asks = program(segments=(other,))
    assert [one["key"] for one in asks.get("segments/").json()["results"]] == ["other"]
    absent = problem(asks.get("segments/absent/"), 404, "not_found")
    hidden = problem(asks.get("segments/pros/"), 404, "not_found")
    assert _alike(absent, "absent") == _alike(hidden, "pros")


PATHS = (
    ("GET", ""),
    ("PATCH", ""),
    ("POST", "archive/"),
    ("POST", "unarchive/"),
    ("GET", "definition/"),
    ("PUT", "definition/"),
    ("GET", "versions/"),
    ("POST", "versions/"),
    ("GET", "versions/1/"),
    ("GET", "versions/diff/?from=1&to=2"),
    ("POST", "versions/1/publish/"),
    ("POST", "versions/1/restore/"),
    ("GET", "members/"),
    ("GET", "members/changes/"),
    ("POST", "members/check/"),
    ("POST", "explain/"),
    ("GET", "runs/"),
    ("POST", "refresh/"),
)


def test_what_one_may_not_know_of_and_what_is_not_there_answer_alike() -> None:
    Segment.objects.create(key="secret", name="Secret", team=team(), is_private=True)
    asks = program(at="sales")
    for method, path in PATHS:
        hidden = problem(asks.send(method, f"segments/secret/{path}"), 404, "not_found")
        absent = problem(asks.send(method, f"segments/absent/{path}"), 404, "not_found")
        assert _alike(hidden, "secret") == _alike(absent, "absent"), (method, path)


def test_a_draft_is_seen_by_keys_with_the_scope_only() -> None:
    draft_segment()
    assert program(*EVERYTHING).get("segments/pros/").status_code == 200
    without = [scope for scope in EVERYTHING if scope != Scope.SEGMENTS_DRAFT]
    problem(program(*without).get("segments/pros/"), 404, "not_found")


def test_somebody_signed_in_reads_without_a_key_and_writes_with_the_form_token() -> None:
    live_segment()
    client = Client(enforce_csrf_checks=True)
    client.force_login(seat("eddy"))
    assert client.get("/api/v1/me/").json()["seats"] == [
        {"team": "growth", "role": "editor", "see_people": False}
    ]
    answer = client.post("/api/v1/segments/pros/refresh/", content_type="application/json")
    problem(answer, 403, "csrf_failed")
    client.get("/")
    token = client.cookies["csrftoken"].value
    answer = client.post(
        "/api/v1/segments/pros/refresh/",
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 202


def test_a_login_that_was_switched_off_is_nobody() -> None:
    user = make_user()
    client = Client()
    client.force_login(user)
    user.is_active = False
    user.save()
    problem(client.get("/api/v1/me/"), 401, "not_authenticated")


def _alike(data: dict[str, object], key: str) -> str:
    return str({**data, "request_id": "", "instance": ""}).replace(key, "KEY")
