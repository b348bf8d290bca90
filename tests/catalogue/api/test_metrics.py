"""Metrics, readings and settings for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from catalogue.models import EventEntry, Metric, Segment, User, Whose, Workspace
from tests.catalogue.api.asking import Program, problem, program
from tests.catalogue.metrics.told import told
from tests.catalogue.web.workspace import NOW, make_segment

pytestmark = pytest.mark.django_db

NEW: dict[str, Any] = {
    "key": "logins",
    "name": "Log-ins",
    "unit": "log-ins",
    "definition": {"count": "login", "in_last": "28 days"},
}


@pytest.fixture
def asking() -> Program:
    EventEntry.objects.create(name="login")
    return program()


def made(key: str = "trials") -> Segment:
    return make_segment(key, sizes=(180, 200))


def test_a_metric_is_made_read_changed_archived_and_never_deleted(asking: Program) -> None:
    answer = asking.post("metrics/", NEW, Idempotency_Key="once")
    assert answer.status_code == 201
    assert answer["Location"].endswith("/api/v1/metrics/logins/")
    again = asking.post("metrics/", NEW, Idempotency_Key="once")
    assert again.json() == answer.json()
    read = asking.get("metrics/logins/")
    assert read.json()["english"].startswith("How often “Login”")
    assert asking.get("metrics/logins/", If_None_Match=read["ETag"]).status_code == 304
    renamed = {"name": "Visits"}
    problem(asking.send("PATCH", "metrics/logins/", renamed), 428, "precondition_required")
    changed = asking.send("PATCH", "metrics/logins/", renamed, If_Match=read["ETag"])
    assert changed.json()["name"] == "Visits"
    other = asking.send("PATCH", "metrics/logins/", {"name": "X"}, If_Match=read["ETag"])
    assert problem(other, 412, "stale_version")["theirs"]["name"] == "Visits"
    problem(asking.send("DELETE", "metrics/logins/"), 405, "method_not_allowed")
    assert asking.post("metrics/logins/archive/").json()["archived_at"] is not None
    listed = {one["key"] for one in asking.get("metrics/").json()["results"]}
    assert "logins" not in listed
    assert "active_share_28d" in listed
    everything = asking.get("metrics/?archived=true").json()["results"]
    assert "logins" in {one["key"] for one in everything}
    assert asking.post("metrics/logins/unarchive/").json()["archived_at"] is None


def test_a_wrong_formula_is_refused_with_its_place(asking: Program) -> None:
    wrong = {**NEW, "definition": {"ratio": [{"count": "login"}, {"count": "logn"}]}}
    found = problem(asking.post("metrics/", wrong), 422, "invalid_definition")
    (flaw,) = found["errors"]
    assert (flaw["pointer"], flaw["suggestion"]) == ("/definition/ratio/1/count", "login")
    assert not Metric.objects.exists()
    problem(asking.post("metrics/", {**NEW, "nam": 1}), 400, "invalid_body")
    problem(asking.send("PATCH", "metrics/size/", {"name": "x"}, If_Match="*"), 409, "refused")


def test_readings_come_with_their_versions_and_beside_those_of_others(asking: Program) -> None:
    segment = made()
    told(segment, NOW - timedelta(days=5), active_share_28d=0.3)
    done = told(segment, NOW, active_share_28d=0.4, churn_28d=0.2)
    told(segment, NOW, Whose.OTHERS, done, active_share_28d=0.6)
    path = "segments/trials/metrics/?metric__in=active_share_28d&compare_to=others"
    found = asking.get(path).json()
    values = [(one["value"], one["low"], one["n"]) for one in found["readings"]]
    assert values == [(0.3, 0.3 - 0.02, 200), (0.4, 0.38, 200)]
    assert {one["membership_version"] for one in found["readings"]} == {2}
    (beside,) = found["compared"]
    assert beside["difference"] == pytest.approx(-0.2)
    assert beside["is_clear"] is True
    stretch = f"from={NOW - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    late = asking.get(f"segments/trials/metrics/?{stretch}").json()["readings"]
    assert {one["as_of"] for one in late} == {found["as_of"]}
    weekly = asking.get("segments/trials/metrics/?metric__in=size&grain=month").json()
    assert len(weekly["readings"]) == 1


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("metric__in=active_share", "metric__in"),
        ("compare_to=nobody", "compare_to"),
        ("grain=hour", "grain"),
        ("from=yesterday", "from"),
    ],
)
def test_what_a_query_cannot_ask_is_refused(asking: Program, query: str, parameter: str) -> None:
    told(made(), NOW, active_share_28d=0.4)
    found = problem(asking.get(f"segments/trials/metrics/?{query}"), 400, "invalid_parameter")
    assert found["errors"][0]["parameter"] == parameter


def test_before_the_first_measuring_there_are_no_readings(asking: Program) -> None:
    made()
    found = asking.get("segments/trials/metrics/").json()
    assert (found["as_of"], found["readings"]) == (None, [])


def test_a_key_needs_the_scopes_and_never_sets_the_workspace(asking: Program) -> None:
    made()
    for path in ("metrics/", "metrics/size/", "segments/trials/metrics/", "workspace/"):
        lacking = program("segments:read").get(path)
        assert problem(lacking, 403, "missing_scope")["scope"] == "metrics:read"
    reading = program("metrics:read")
    assert reading.get("workspace/").json()["fewest_people"] == 10
    problem(reading.post("metrics/", NEW), 403, "missing_scope")
    answer = asking.send("PATCH", "workspace/", {"fewest_people": 20}, If_Match="*")
    problem(answer, 403, "forbidden")


def test_a_site_admin_sets_the_workspace_from_the_state_that_was_read(asking: Program) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@x.example", "x"))
    etag = client.get("/api/v1/workspace/")["ETag"]

    def patch(body: dict[str, Any]) -> Any:
        return client.patch(
            "/api/v1/workspace/", body, "application/json", headers={"If-Match": etag}
        )

    assert patch({"active_events": ["login"]}).json()["active_events"] == ["login"]
    problem(patch({"fewest_people": 20}), 412, "stale_version")
    etag = "*"
    wrong = problem(patch({"converted_events": ["logn"]}), 422, "invalid_definition")
    assert wrong["errors"][0]["pointer"] == "/converted_events/0"
    assert Workspace.current().converted_events == []
