from __future__ import annotations

import pytest

from catalogue.models import Discovery, Idea, Segment, Survey, TraitEntry
from catalogue.research.discovering import run_discovery
from tests.catalogue.api.asking import problem, program
from tests.catalogue.research.ground import planted
from tests.catalogue.segments.ground import live_segment
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


def test_evidence_is_added_to_a_live_segment_and_listed_with_what_has_expired() -> None:
    live_segment("pros")
    api = program()
    piece = {"kind": "interview", "source": "research/x", "n": 14, "claim": "They pay and stay."}

    made = api.post("segments/pros/evidence/", {**piece, "expires_on": "2020-01-01"})
    api.post("segments/pros/evidence/", {"kind": "survey", "source": "research/y"})

    assert made.status_code == 201
    assert made.json()["expired"] is True
    found = api.get("segments/pros/evidence/").json()["results"]
    assert [(one["source"], one["n"], one["expired"]) for one in found] == [
        ("research/x", 14, True),
        ("research/y", None, False),
    ]
    assert api.get("segments/pros/").json()["evidence"][1] == {
        "kind": "survey",
        "source": "research/y",
    }
    assert Segment.objects.get(key="pros").status == "live"


def test_evidence_that_does_not_fit_is_named_by_its_pointer() -> None:
    live_segment("pros")

    wrong = problem(
        program().post("segments/pros/evidence/", {"kind": "rumour", "source": "x"}),
        400,
        "invalid_body",
    )

    assert wrong["errors"][0]["pointer"] == "/kind"
    assert not Segment.objects.get(key="pros").evidence.exists()


def test_a_survey_is_loaded_and_summed_up_and_bad_rows_are_reported() -> None:
    load_workspace()
    api = program()
    said = {"slug": "why", "name": "Why", "source": "x", "asked_on": "2026-03-01"}

    wrong = problem(
        api.post("surveys/", {**said, "csv": "customer_id,Why?\nzoe,A\nyan,B\n"}),
        400,
        "invalid_body",
    )
    assert [one["detail"] for one in wrong["errors"]] == [
        "row 2, column customer_id: there is no customer “zoe”.",
        "row 3, column customer_id: there is no customer “yan”.",
    ]
    assert not Survey.objects.exists()

    made = api.post("surveys/", {**said, "csv": "customer_id,Why?\nada,A\nbob,B\n"})
    assert made.status_code == 201
    assert made.json()["questions"] == [
        {"label": "Why?", "trait": "survey_why_why", "kind": "text"}
    ]
    assert TraitEntry.objects.filter(name="survey_why_why").exists()
    summed = api.get("surveys/why/").json()["summary"][0]
    assert summed["n"] == 2
    assert "fewer than 10" in summed["reason"]
    assert [one["slug"] for one in api.get("surveys/").json()["results"]] == ["why"]


def test_a_key_without_the_scope_loads_no_survey() -> None:
    answer = program("ideas:write", "members:read").post("surveys/", {})

    assert problem(answer, 403, "missing_scope")["scope"] == "surveys:write"


def test_a_discovery_is_asked_for_read_when_done_and_saved_as_an_idea() -> None:
    planted()
    api = program()

    from tests.catalogue.research.ground import NOW

    made = Discovery.objects.create(event="subscribed", days=14, now=NOW)
    run_discovery(number=made.pk)
    here = f"discoveries/{made.pk}/"
    found = api.get(here).json()

    assert found["state"] == "succeeded"
    group = found["groups"][0]
    assert group["rate"]["low"] < group["rate"]["value"] < group["rate"]["high"]
    assert group["definition"]["where"]
    saved = api.post(f"{here}groups/0/save/")
    assert saved.status_code == 201
    assert Idea.objects.get().pk == saved.json()["number"]
    assert api.get(here).json()["groups"][0]["idea"] == saved.json()["number"]
    problem(api.post(f"{here}groups/9/save/"), 404, "not_found")


def test_asking_for_a_discovery_answers_with_where_it_waits() -> None:
    load_workspace()
    api = program()

    answer = api.post("discoveries/", {"event": "login", "days": 1})

    assert answer.status_code == 202
    assert answer["Location"] == answer.json()["url"]
    assert Discovery.objects.get().state == "queued"
    stopped = api.post(f"discoveries/{answer.json()['number']}/cancel/")
    assert stopped.json()["state"] == "cancelled"
    wrong = problem(api.post("discoveries/", {"event": "logn", "days": 1}), 400, "invalid_body")
    assert wrong["errors"][0]["pointer"] == "/event"
