"""A request that is sent again does nothing again, and has the same answer."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from catalogue.models import Change, KeptAnswer, RefreshRun, Segment
from tests.catalogue.api.asking import Program, key_text, problem, program
from tests.catalogue.segments.ground import FREE, live_segment, team

pytestmark = pytest.mark.django_db
BODY = {"key": "fresh", "name": "Fresh", "team": "growth", "definition": {"everyone": True}}


def test_the_same_request_has_one_effect_and_the_same_answer() -> None:
    team()
    asks = program()
    first = asks.post("segments/", BODY, Idempotency_Key="k-1")
    again = asks.post("segments/", BODY, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert (Segment.objects.count(), Change.objects.filter(kind="segment.created").count()) == (
        1,
        1,
    )


def test_without_a_key_the_second_one_is_a_request_of_its_own() -> None:
    team()
    asks = program()
    assert asks.post("segments/", BODY).status_code == 201
    problem(asks.post("segments/", BODY), 409, "refused")


def test_publishing_and_refreshing_are_repeated_safely_too() -> None:
    live_segment()
    asks = program()
    draft = asks.post("segments/pros/versions/", {"definition": FREE}, Idempotency_Key="a")
    again = asks.post("segments/pros/versions/", {"definition": FREE}, Idempotency_Key="a")
    assert again.json() == draft.json()
    path, body = "segments/pros/versions/2/publish/", {"message": "x"}
    published = asks.post(path, body, If_Match=draft["ETag"], Idempotency_Key="b")
    repeated = asks.post(path, body, If_Match=draft["ETag"], Idempotency_Key="b")
    assert (published.status_code, repeated.json()) == (200, published.json())
    run = asks.post("segments/pros/refresh/", Idempotency_Key="c")
    RefreshRun.objects.update(state="succeeded")
    assert asks.post("segments/pros/refresh/", Idempotency_Key="c").json() == run.json()
    assert RefreshRun.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"), [("segments/", {**BODY, "name": "Other"}), ("segments/fresh/refresh/", {})]
)
def test_a_key_stands_for_one_request_only(path: str, body: dict[str, Any]) -> None:
    team()
    asks = program()
    asks.post("segments/", BODY, Idempotency_Key="k")
    problem(asks.post(path, body, Idempotency_Key="k"), 422, "idempotency_conflict")
    assert Segment.objects.get().name == "Fresh"


def test_callers_do_not_meet_in_their_keys() -> None:
    team()
    assert program().post("segments/", BODY, Idempotency_Key="k").status_code == 201
    other = {**BODY, "key": "second"}
    assert program().post("segments/", other, Idempotency_Key="k").status_code == 201


def test_what_was_refused_may_be_sent_again() -> None:
    team()
    asks = program()
    bad = {**BODY, "definition": {"trait": "nothing", "is": 1}}
    problem(asks.post("segments/", bad, Idempotency_Key="k"), 422, "invalid_definition")
    assert not KeptAnswer.objects.exists()
    assert asks.post("segments/", BODY, Idempotency_Key="k").status_code == 201


def test_a_request_still_being_worked_on_is_not_done_twice() -> None:
    team()
    asks = program()
    asks.post("segments/", BODY, Idempotency_Key="k")
    KeptAnswer.objects.update(status=None, started_at=timezone.now())
    answer = asks.post("segments/", BODY, Idempotency_Key="k")
    problem(answer, 409, "request_in_progress")
    assert int(answer["Retry-After"]) > 0


def test_one_whose_process_died_is_taken_over() -> None:
    team()
    asks = program()
    asks.post("segments/", BODY, Idempotency_Key="k")
    Segment.objects.update(definition=None)
    Segment.objects.all().delete()
    dead = timezone.now() - timedelta(minutes=5)
    KeptAnswer.objects.update(status=None, started_at=dead)
    assert asks.post("segments/", BODY, Idempotency_Key="k").status_code == 201
    assert (Segment.objects.count(), KeptAnswer.objects.get().fence) == (1, 2)


def test_a_day_later_the_key_is_free_again() -> None:
    team()
    asks = program()
    with time_machine.travel("2026-05-01T12:00:00Z", tick=False):
        asks.post("segments/", BODY, Idempotency_Key="k")
    with time_machine.travel("2026-05-02T12:00:01Z", tick=False):
        problem(asks.post("segments/", BODY, Idempotency_Key="k"), 409, "refused")


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ü"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    team()
    answer = program().post("segments/", BODY, Idempotency_Key=key)
    (flaw,) = problem(answer, 400, "invalid_parameter")["errors"]
    assert flaw["parameter"] == "Idempotency-Key"


@pytest.mark.both_databases
@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_time_one_has_an_effect() -> None:
    team()
    text = key_text()
    start = threading.Barrier(4)
    answers: list[Any] = []

    def send() -> None:
        start.wait()
        answers.append(Program(text).post("segments/", BODY, Idempotency_Key="k"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Segment.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert [answer.status_code for answer in answers].count(201) >= 1
    whole = {answer.content for answer in answers if answer.status_code == 201}
    assert len(whole) == 1
