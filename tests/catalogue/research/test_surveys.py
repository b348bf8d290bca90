from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.models import Change, Customer, Load, Role, Survey, TraitEntry, Workspace
from catalogue.research.answers import NoSummary, sum_up
from catalogue.research.refusals import ResearchRefused
from catalogue.research.surveys import SurveySaid, load_survey, sheet_of_text
from tests.catalogue.segments.ground import live_segment, seat
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db

ANSWERS = """customer_id,What stopped you?,Score,Would you come back?
ada,No time,4,true
bob,Too dear,2,false
cleo,No time,5,true
"""


def loaded(csv: str = ANSWERS, **said: Any) -> Survey:
    facts = {
        "slug": "trial_exit",
        "name": "Trial exit",
        "source": "research/2026-03-trial-exit",
        "asked_on": date(2026, 3, 10),
    }
    how = {"by": said.pop("by", None), "via": "web", "now": NOW}
    return load_survey(said=SurveySaid(**{**facts, **said}), sheet=sheet_of_text(csv), **how)


def test_answers_become_traits_that_definitions_ask_for() -> None:
    load_workspace()

    survey = loaded()

    assert survey.answers_count == 3
    assert [(one["trait"], one["kind"]) for one in survey.questions] == [
        ("survey_trial_exit_what_stopped_you", "text"),
        ("survey_trial_exit_score", "number"),
        ("survey_trial_exit_would_you_come_back", "boolean"),
    ]
    entry = TraitEntry.objects.get(name="survey_trial_exit_what_stopped_you")
    assert entry.label == "What stopped you?"
    define("no-time", {"trait": "survey_trial_exit_what_stopped_you", "is": "No time"})
    define("happy", {"trait": "survey_trial_exit_score", "gte": 4})
    refresh("no-time", "happy")
    assert ids("no-time") == ids("happy") == {"ada", "cleo"}
    assert Change.objects.get(kind="survey.loaded").object_key == "trial_exit"


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("customer_id,Q\nada,x\nzoe,y\n", "row 3, column customer_id: there is no customer “zoe”"),
        ("customer_id,Q\nada,x\nada,y\n", "row 3, column customer_id: “ada” is already in row 2"),
        ("customer_id,Q\nada,x\n,y\n", "row 3, column customer_id: is missing"),
        ("customer_id,Q\nada,x\nbob\n", "row 3: the header has 2 cells, this row 1"),
        ("id,Q\nada,x\n", "has no column 'customer_id'. It has: 'id', 'Q'"),
        ("customer_id\nada\n", "no question"),
        ("customer_id,Q,Q\nada,x,y\n", "has the column 'Q' twice"),
        ("customer_id,Why?,why\nada,x,y\n", "would both become the trait “survey_trial_exit_why”"),
        ("customer_id,Q,R\nada,x,\n", "nobody answered 'R'"),
        ("customer_id,???\nada,x\n", "has no letter to name a trait by"),
        ("customer_id,Q\n", "has no row"),
        ("", "is empty"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_its_row_and_nothing_is_kept(
    csv: str, said: str
) -> None:
    load_workspace()
    loads = Load.objects.count()

    with pytest.raises(ResearchRefused) as refused:
        loaded(csv)

    assert said in str(refused.value)
    assert not Survey.objects.exists()
    assert Load.objects.count() == loads
    assert Customer.objects.count() == 5
    assert not TraitEntry.objects.filter(name__startswith="survey_").exists()


def test_every_row_at_fault_is_reported() -> None:
    load_workspace()

    with pytest.raises(ResearchRefused) as refused:
        loaded("customer_id,Q\nzoe,x\nada,y\nyan,z\n")

    assert [row.row for row in refused.value.rows] == [2, 4]
    assert refused.value.rows_count == 2


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"slug": "Trial Exit"}, "/slug"),
        ({"name": " "}, "/name"),
        ({"source": ""}, "/source"),
        ({"asked_on": date(2026, 3, 19)}, "/asked_on"),
        ({"segment": "nowhere"}, "/segment"),
    ],
)
def test_what_is_said_of_a_survey_is_checked_first(said: dict[str, Any], pointer: str) -> None:
    load_workspace()

    with pytest.raises(ResearchRefused) as refused:
        loaded(**said)

    assert refused.value.pointer == pointer


def test_a_short_name_is_used_once() -> None:
    load_workspace()
    loaded()

    with pytest.raises(ResearchRefused, match="There is a survey “trial_exit” already"):
        loaded()


def test_answers_hold_since_the_day_of_the_survey() -> None:
    load_workspace()

    assert loaded().answers_as_of == datetime(2026, 3, 10, tzinfo=UTC)


def test_only_those_who_see_to_imports_load_answers() -> None:
    load_workspace()

    with pytest.raises(PermissionDenied, match="loaded by team admins"):
        loaded(by=seat("mia", Role.EDITOR))
    assert loaded(by=seat("ravi", Role.ADMIN)).created_by is not None


def test_a_survey_is_summed_up_with_n_and_interval_for_all_and_for_a_segment() -> None:
    Workspace.objects.create(pk=1, fewest_people=1)
    live_segment("pros")  # ada and cleo
    refresh("pros")
    survey = loaded()

    whole = sum_up(survey)
    stopped, score, back = whole.questions
    assert [(one.text, one.share.value, one.share.n) for one in stopped.answers] == [
        ("No time", pytest.approx(2 / 3), 3),
        ("Too dear", pytest.approx(1 / 3), 3),
    ]
    interval = stopped.answers[0].share.interval
    assert interval is not None
    # Wilson's, for 2 of 3.
    assert (round(interval.low, 3), round(interval.high, 3)) == (0.208, 0.939)
    assert score.mean is not None
    assert score.mean.value == pytest.approx(11 / 3)
    assert [one.text for one in back.answers] == ["yes", "no"]

    survey.refresh_from_db()
    from catalogue.models import Segment

    within = sum_up(survey, Segment.objects.get(key="pros"))
    assert within.people == 2
    assert [one.text for one in within.questions[0].answers] == ["No time"]
    assert within.questions[1].mean is not None
    assert within.questions[1].mean.value == pytest.approx(4.5)


def test_who_was_deleted_since_the_data_was_photographed_has_answered_nothing() -> None:
    Workspace.objects.create(pk=1, fewest_people=1)
    load_workspace()
    survey = loaded()
    Customer.objects.filter(external_id="ada").update(deleted_at=NOW)

    assert [one.share.n for one in sum_up(survey).questions[0].answers] == [2, 2]


def test_what_too_few_answered_is_hidden_with_the_reason() -> None:
    load_workspace()

    stopped, score, _ = sum_up(loaded()).questions

    assert stopped.answers == ()
    assert "fewer than 10 people" in stopped.reason
    assert score.mean is not None
    assert score.mean.value is None


def test_peoples_own_words_are_never_listed() -> None:
    from catalogue.research import answers

    question = {"label": "Why?", "trait": "t", "kind": "text"}
    found = {number: {"t": f"Because {number}"} for number in range(60)}

    summed = answers._summed(question, found, 10)

    assert (summed.is_free, summed.answers, summed.n) == (True, (), 60)


def test_a_segment_that_was_never_refreshed_has_no_summary() -> None:
    load_workspace()
    survey = loaded()

    with pytest.raises(NoSummary, match="never refreshed"):
        sum_up(survey, define("pros", {"trait": "plan", "is": "pro"}))
