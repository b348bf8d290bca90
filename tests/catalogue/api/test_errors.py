"""One shape for every error, ids for every request, and limits."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import OperationalError
from redis import RedisError

from catalogue.api.problems import PROBLEMS
from catalogue.models import Segment
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.segments.ground import live_segment

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing/", "/api/v2/segments/"])
def test_an_address_that_leads_nowhere_is_not_found_for_anybody(method: str, path: str) -> None:
    problem(Program("").send(method, path), 404, "not_found")


def test_an_address_without_its_slash_is_told_so() -> None:
    detail = problem(program().get("/api/v1/segments"), 404, "not_found")["detail"]
    assert "/api/v1/segments/" in detail


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_a_method_that_a_path_does_not_have_is_refused(method: str) -> None:
    answer = program().send(method, "segments/")
    problem(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer["Allow"].split(", "))


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "image/*", "x", "a/b;q=2", "application/yaml"]
)
def test_a_format_that_a_path_does_not_have_is_not_acceptable(accept: str) -> None:
    problem(program().get("me/", Accept=accept), 406, "not_acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/*", "", "text/html,*/*;q=0.8", ";;,,"])
def test_whoever_takes_anything_gets_json(accept: str) -> None:
    answer = program().get("me/", Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) in {
        (200, "application/json"),
        (406, "application/problem+json"),
    }


def test_a_request_keeps_the_id_that_it_came_with() -> None:
    assert program().get("me/", Request_Id="job-42:7.a_b")["Request-Id"] == "job-42:7.a_b"


@pytest.mark.parametrize(
    "given", ["short", "x" * 129, "two words", "a\tb", "<script>alert", "üüüü" * 3]
)
def test_an_id_that_could_do_harm_is_replaced_by_one_of_ours(given: str) -> None:
    assert program().get("me/", Request_Id=given)["Request-Id"].startswith("req_")


def test_what_nobody_foresaw_is_logged_under_its_id_and_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asks = program()
    asks.client.raise_request_exception = False
    broken = RuntimeError("the password is hunter2")
    monkeypatch.setattr("catalogue.api.facts.limit", _raising(broken))
    answer = asks.get("me/")
    data = problem(answer, 500, "internal_error")
    assert "hunter2" not in answer.content.decode()
    assert data["request_id"] in caplog.text
    assert "hunter2" in caplog.text


def test_a_busy_database_asks_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalogue.api.facts.limit", _raising(OperationalError("locked")))
    answer = program().get("me/")
    problem(answer, 503, "busy")
    assert int(answer["Retry-After"]) > 0


def test_the_hundred_and_first_request_of_a_minute_waits_for_the_next(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    asks, other = program(), program()
    with time_machine.travel("2026-05-01T12:00:10Z", tick=False):
        for left in (2, 1, 0):
            answer = asks.get("me/")
            assert answer["RateLimit"] == f'"default";r={left};t=50'
            assert answer["RateLimit-Policy"] == '"default";q=3;w=60'
        answer = asks.get("me/")
        problem(answer, 429, "rate_limited")
        assert answer["Retry-After"] == "50"
        assert other.get("me/").status_code == 200
    with time_machine.travel("2026-05-01T12:01:00Z", tick=False):
        assert asks.get("me/").status_code == 200


def test_what_is_still_the_same_costs_nothing(settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    asks = program()
    with time_machine.travel("2026-05-01T12:00:10Z", tick=False):
        tag = asks.get("me/")["ETag"]
        for _ in range(5):
            assert asks.get("me/", If_None_Match=tag).status_code == 304


def test_estimates_are_counted_by_themselves(settings: Any) -> None:
    settings.API_ESTIMATES_PER_MINUTE = 1
    live_segment()
    asks = program()
    body = {"definition": {"everyone": True}}
    with time_machine.travel("2026-05-01T12:00:10Z", tick=False):
        assert asks.post("definitions/estimate/", body).status_code == 200
        problem(asks.post("definitions/estimate/", body), 429, "rate_limited")
        assert asks.get("me/").status_code == 200


@pytest.mark.parametrize("fault", [RedisError("gone"), OSError("gone")])
def test_without_a_cache_nobody_is_stopped(
    monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    asks = program()
    monkeypatch.setattr(cache, "add", _raising(fault))
    monkeypatch.setattr(cache, "incr", _raising(fault))
    assert asks.get("me/").status_code == 200


def test_every_kind_of_error_is_explained_where_its_type_leads(admin_client: Any) -> None:
    for kind in PROBLEMS.values():
        page = admin_client.get(kind.uri)
        assert page.status_code == 200
        assert kind.title in page.content.decode()
    assert admin_client.get("/api/v1/docs/problems/nothing/").status_code == 404


def test_answers_are_for_the_caller_alone() -> None:
    answer = program().get("me/")
    assert answer["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("key", [None, "k"])
def test_an_error_changes_nothing_even_half_way(
    monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    live_segment()
    asks = program()
    tag = asks.etag("pros")
    asks.client.raise_request_exception = False
    headers = {"Idempotency_Key": key} if key else {}
    monkeypatch.setattr("catalogue.api.segments.segments_data", _raising(RuntimeError("late")))
    body = {"key": "fresh", "name": "Fresh", "team": "growth", "definition": {"everyone": True}}
    problem(asks.post("segments/", body, **headers), 500, "internal_error")
    answer = asks.send("PATCH", "segments/pros/", {"why": "New."}, If_Match=tag)
    problem(answer, 500, "internal_error")
    assert not Segment.objects.filter(key="fresh").exists()
    assert Segment.objects.get().why == "They pay and stay."


def _raising(error: Exception) -> Any:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail
