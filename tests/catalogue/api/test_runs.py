"""Refreshes over REST: asked for, looked at, listed."""

from __future__ import annotations

import pytest

from catalogue.models import RefreshRun, Scope, Segment
from tests.catalogue.api.asking import problem, program
from tests.catalogue.segments.ground import live_segment, team
from tests.catalogue.workspace import define, load_workspace, refresh

pytestmark = pytest.mark.django_db
PROS = {"trait": "plan", "is": "pro"}


def test_a_refresh_is_accepted_and_its_run_is_where_it_is_said_to_be() -> None:
    live_segment()
    asks = program(Scope.SEGMENTS_REFRESH, Scope.SEGMENTS_READ)
    answer = asks.post("segments/pros/refresh/")
    assert answer.status_code == 202
    assert answer["Location"] == answer.json()["url"]
    run = asks.get(answer["Location"]).json()
    assert (run["state"], run["as_of"], run["results"]) == ("queued", None, [])
    assert asks.post("segments/pros/refresh/").json()["id"] == run["id"]


def test_a_run_says_how_far_it_is_and_what_it_found() -> None:
    live_segment()
    run = refresh("pros")
    data = program().get(f"runs/{run.pk}/").json()
    assert (data["state"], data["as_of"]) == ("succeeded", "2026-03-18T12:00:00Z")
    assert data["progress"]["done"] == data["progress"]["total"]
    (result,) = data["results"]
    assert (result["segment"], result["size"], result["entered"], result["left"]) == (
        "pros",
        2,
        2,
        0,
    )
    assert result["membership_version"] == 1


def test_the_bell_rings_when_the_run_is_stored(
    django_capture_on_commit_callbacks: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_segment()
    rung: list[int] = []
    monkeypatch.setattr("catalogue.api.runs.ring", lambda _, row_id: rung.append(row_id))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        run = program().post("segments/pros/refresh/").json()
        assert rung == []
    assert rung == [run["id"]]


def test_runs_of_a_segment_are_those_of_it_and_of_all_since_it_is_there() -> None:
    RefreshRun.objects.create(state="succeeded")
    load_workspace()
    define("pros", PROS)
    define("pros-too", PROS)
    both, all_of_them = refresh("pros", "pros-too"), refresh()
    other = refresh("pros-too")
    asks = program()
    runs = asks.get("segments/pros/runs/").json()["results"]
    assert [one["id"] for one in runs] == [all_of_them.pk, both.pk]
    assert {result["segment"] for one in runs for result in one["results"]} == {"pros"}
    found, address = [], "segments/pros-too/runs/?page_size=1"
    while address:
        data = asks.get(address).json()
        found += [one["id"] for one in data["results"]]
        address = data["next"]
    assert found == [other.pk, all_of_them.pk, both.pk]


def test_a_run_tells_only_of_segments_that_one_may_know_of() -> None:
    load_workspace()
    define("pros", PROS)
    define("secret", PROS)
    Segment.objects.filter(key="secret").update(is_private=True)
    both, secret = refresh("pros", "secret"), refresh("secret")
    own, other = program(), program(at="sales")
    assert len(own.get(f"runs/{both.pk}/").json()["results"]) == 2
    assert [one["segment"] for one in other.get(f"runs/{both.pk}/").json()["results"]] == ["pros"]
    assert own.get(f"runs/{secret.pk}/").status_code == 200
    problem(other.get(f"runs/{secret.pk}/"), 404, "not_found")


def test_a_run_that_there_is_not_is_not_found_however_large_its_number() -> None:
    for number in (0, 99, 2**63, 10**40):
        problem(program().get(f"runs/{number}/"), 404, "not_found")


def test_an_archived_segment_is_not_refreshed() -> None:
    Segment.objects.create(key="gone", name="Gone", team=team(), status="archived")
    problem(program().post("segments/gone/refresh/"), 409, "refused")


def test_a_refresh_takes_no_body() -> None:
    live_segment()
    answer = program().post("segments/pros/refresh/", {"now": "2020-01-01"})
    assert problem(answer, 400, "invalid_body")["errors"][0]["pointer"] == "/now"


def test_a_run_says_what_each_scan_read_and_what_that_took() -> None:
    load_workspace()
    define("pros", {"any": [{"trait": "plan", "is": "pro"}, {"did": "login"}]})
    run = refresh("pros")

    data = program().get(f"runs/{run.pk}/").json()

    assert {scan["kind"] for scan in data["scans"]} == {"trait", "events"}
    (logins,) = [scan for scan in data["scans"] if scan["names"] == ["login"]]
    # Of the segment, and whether they did anything lately, for a measure.
    assert (logins["subject"], logins["conditions"], logins["rows"]) == ("customer", 2, 3)
    assert logins["bytes"] > 0 < logins["milliseconds"]
    assert (logins["only_new"], logins["error"]) == (False, None)
    assert data["self_check"] is None


def test_the_self_check_counts_all_and_names_only_segments_that_one_may_know_of() -> None:
    load_workspace()
    define("pros", PROS)
    define("secret", PROS)
    Segment.objects.filter(key="secret").update(is_private=True)
    run = refresh("pros", "secret")
    found = {"segments": 3, "different": ["gauge:mrr:customer", "pros", "secret"]}
    RefreshRun.objects.filter(pk=run.pk).update(check_result={**found, "milliseconds": 7})

    own = program().get(f"runs/{run.pk}/").json()["self_check"]
    other = program(at="sales").get(f"runs/{run.pk}/").json()["self_check"]

    expected = {"segments": 3, "different_count": 3, "milliseconds": 7.0}
    assert own == {**expected, "different": ["pros", "secret"]}
    assert other == {**expected, "different": ["pros"]}
