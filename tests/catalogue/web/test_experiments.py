"""The pages of experiments."""

from __future__ import annotations

import pytest
from django.test import Client

from catalogue.experiments.looking import look_at
from catalogue.ideas.adding import add_link
from catalogue.ideas.writing import Said, add_idea
from catalogue.models import Enrolment, Experiment, Metric, Rollout, Segment, User
from tests.catalogue.experiments.stage import OTHERS, TRIALS, planned, play, set_stage, started
from tests.catalogue.segments.ground import seat
from tests.catalogue.web.builder.posting import form_on
from tests.catalogue.workspace import NOW

pytestmark = pytest.mark.django_db
FORM = {
    "name": "Call them",
    "hypothesis": "We believe a call helps.",
    "segment": TRIALS,
    "aim": "event",
    "event": "project_created",
    "within": "14",
    "better": "up",
    "effect": "20",
    "holdout": "10",
    "arm_0_name": "E-mail",
    "arm_0_share": "45",
    "arm_1_name": "A call",
    "arm_1_share": "45",
    "guard_0_event": "ticket_opened",
    "guard_0_within": "14",
    "guard_0_better": "down",
    "guard_0_bearable": "2",
}

RATIO = [{"sum": "amount", "of": "order_paid"}, {"count": "order_paid"}]
HALVES = {"arm_0_share": "50", "arm_1_share": "50"}


@pytest.fixture
def mia(client: Client) -> User:
    set_stage()
    user = seat("mia")
    client.force_login(user)
    return user


def test_the_form_makes_a_draft_with_its_size(client: Client, mia: User) -> None:
    answer = client.post("/experiments/new/", FORM, follow=True)

    row = Experiment.objects.get()
    assert answer.redirect_chain == [(f"/experiments/{row.number}/", 302)]
    assert [(arm.key, arm.is_holdout) for arm in row.arms.all()] == [
        ("e-mail", False),
        ("a-call", False),
        ("holdout", True),
    ]
    assert row.guardrails[0]["bearable"] == 0.02
    assert row.plan["base_rate"] == 0.2
    assert "20.0 % reach it without" in answer.text


def test_an_idea_leads_to_its_experiment_and_back(client: Client, mia: User) -> None:
    said = Said(title="Call them", segment=TRIALS, team="growth")
    idea = add_idea(said=said, by=mia, via="web", now=NOW)
    here = f"/ideas/{idea.pk}/"
    assert f"/experiments/new/?segment={TRIALS}&amp;idea={idea.pk}" in client.get(here).text

    client.post("/experiments/new/", {**FORM, "idea": str(idea.pk)})
    assert Experiment.objects.get().idea == idea.pk
    assert f"EXP-1: {FORM['name']}</a>, draft" in client.get(here).text
    assert here in client.get("/experiments/1/").text
    form = form_on(client.get("/experiments/1/edit/").text, mark='id="plan"')
    assert form["idea"] == [str(idea.pk)]
    refused = client.post("/experiments/new/", {**FORM, "idea": "4711"})
    assert refused.status_code == 422
    assert "There is no idea 4711." in refused.text


def test_a_draft_is_changed_by_the_same_form(client: Client, mia: User) -> None:
    client.post("/experiments/new/", FORM)
    form = form_on(client.get("/experiments/1/edit/").text, mark='id="plan"')
    assert form["arm_1_name"] == ["A call"]
    assert form["guard_0_bearable"] == ["2.0"]

    client.post("/experiments/1/edit/", {**form, "name": "Ring them", "holdout": "", **HALVES})
    assert [str(arm.share) for arm in Experiment.objects.get().arms.all()] == ["50.0000"] * 2
    late = client.post("/experiments/1/edit/", {**form, "name": "Late"}, follow=True)

    assert Experiment.objects.get().name == "Ring them"
    assert "Somebody changed EXP-1" in late.text


def test_a_metric_of_the_companys_own_is_chosen_as_the_aim_and_read_back(
    client: Client, mia: User
) -> None:
    definition = {"share": {"did": "project_created"}}
    Metric.objects.create(key="creators", name="Creators", definition=definition)
    Metric.objects.create(key="by-two", name="By two", definition={"ratio": RATIO})
    largest = {"max": "amount", "of": "order_paid"}
    Metric.objects.create(key="largest", name="Largest order", definition=largest)
    page = client.get("/experiments/new/").text
    assert '<option value="creators">Creators</option>' in page
    assert "By two" not in page
    assert "Largest order" not in page

    answer = client.post(
        "/experiments/new/", {**FORM, "aim": "metric", "metric": "creators"}, follow=True
    )

    row = Experiment.objects.get()
    assert row.aim["metric"] == "creators"
    assert row.plan["effect"] == 0.2
    assert "Creators, after 14 days" in answer.text
    form = form_on(client.get("/experiments/1/edit/").text, mark='id="plan"')
    assert (form["aim"], form["metric"], form["within"]) == (["metric"], ["creators"], ["14"])


def test_of_a_metric_that_is_a_mean_the_effect_is_in_its_own_unit(
    client: Client, mia: User
) -> None:
    definition = {"count": "project_created"}
    Metric.objects.create(key="projects", name="Projects", definition=definition)

    said = {**FORM, "aim": "metric", "metric": "projects", "effect": "0.5", "spread": "1"}
    client.post("/experiments/new/", said)

    row = Experiment.objects.get()
    assert row.plan["effect"] == 0.5
    form = form_on(client.get("/experiments/1/edit/").text, mark='id="plan"')
    assert form["effect"] == ["0.5"]


def test_an_aim_without_its_metric_is_refused_at_its_field(client: Client, mia: User) -> None:
    answer = client.post("/experiments/new/", {**FORM, "aim": "metric"})

    assert answer.status_code == 422
    assert "The key of a metric" in answer.text
    assert not Experiment.objects.exists()


def test_a_fault_stands_at_its_field_and_nothing_is_stored(client: Client, mia: User) -> None:
    answer = client.post("/experiments/new/", {**FORM, "holdout": "20", "within": "0"})

    assert answer.status_code == 422
    assert "The window has no length" in answer.text
    assert not Experiment.objects.exists()


def test_the_size_is_worked_out_while_one_writes(client: Client, mia: User) -> None:
    sent = {**FORM, "name": "", "hypothesis": ""}

    answer = client.post("/experiments/size/", sent, headers={"HX-Request": "true"})

    assert "people needed" in answer.text
    assert "measured on 400 people" in answer.text
    assert not Experiment.objects.exists()


def test_nothing_of_a_result_is_on_the_page_before_its_time(client: Client, mia: User) -> None:
    experiment = started()
    client.get("/experiments/1/")
    play(experiment, {})
    Experiment.objects.update(plan={**experiment.plan, "needed": 9999})
    look_at(experiment_id=experiment.pk)

    page = client.get("/experiments/1/").text

    assert "Too early" in page
    assert "not shown yet" in page
    assert "points</span>" not in page


def test_an_experiment_goes_from_start_to_roll_out_on_its_page(client: Client, mia: User) -> None:
    planned()
    client.post("/experiments/1/start/")
    experiment = Experiment.objects.get()
    assert experiment.state == "running"
    dealt = {arm.key: sum(row.count for row in arm.enrolled.all()) for arm in experiment.arms.all()}
    assert min(dealt.values()) > 0
    page = client.get("/experiments/1/").text
    assert [count for count in dealt.values() if f'<td class="num">{count}</td>' not in page] == []
    _as_of_the_stage(experiment)
    play(experiment, {"email": 0.1, "call": 0.6})
    look_at(experiment_id=experiment.pk)

    page = client.get("/experiments/1/").text
    assert "“Personal call” does better than “E-mail checklist”" in page
    assert "EXP-1: Call before the trial ends</b> has reached its size" in client.get("/").text

    said = {"decision": "adopt", "reason": "It costs little and brings much."}
    client.post("/experiments/1/decide/", said)
    client.post("/experiments/1/roll-out/", {"segment": OTHERS, "due_on": "2026-03-01"})
    assert Rollout.objects.get().segment.key == OTHERS
    assert "is not rolled out to “Others” yet" in client.get("/").text
    assert "Overdue" in client.get("/experiments/?overdue=true").text
    client.post(f"/experiments/1/roll-out/{OTHERS}/done/")
    assert Rollout.objects.get().done_on is not None


def test_a_refusal_is_said_on_the_page(client: Client, mia: User) -> None:
    started()

    early = client.post(
        "/experiments/1/decide/", {"decision": "adopt", "reason": "It feels right to us."}
    )

    assert early.status_code == 422
    assert "too early to adopt" in early.text


def test_one_click_makes_a_segment_of_an_arm(client: Client, mia: User) -> None:
    started()

    answer = client.post("/experiments/1/arms/call/", follow=True)

    assert Segment.objects.get(key="trials-exp-1-call").status == "draft"
    assert answer.redirect_chain == [("/segments/trials-exp-1-call/", 302)]


def test_lists_find_experiments_by_number_words_state_and_segment(
    client: Client, mia: User
) -> None:
    planned()
    started(name="Something else")

    def found(query: str) -> tuple[bool, bool]:
        page = client.get(f"/experiments/?{query}").text
        return "EXP-1:" in page, "EXP-2:" in page

    assert found("q=exp-2") == (False, True)
    assert found("q=trial+before") == (True, False)
    assert found("state=running") == (False, True)
    assert found(f"segment={TRIALS}") == (True, True)
    assert found(f"segment={OTHERS}") == (False, False)
    assert "EXP-1:" in client.get(f"/segments/{TRIALS}/experiments/").text


def test_who_only_reads_sees_no_button(client: Client) -> None:
    set_stage()
    planned()
    client.force_login(seat("nora", None))

    page = client.get("/experiments/1/").text

    assert "Start EXP-1" not in page
    assert client.get("/experiments/new/").status_code == 403


def _as_of_the_stage(experiment: Experiment) -> None:
    """The page starts now, and the people of the stage act in its own time."""
    Experiment.objects.filter(pk=experiment.pk).update(started_at=NOW)
    Enrolment.objects.filter(experiment=experiment).update(at=NOW)


def test_the_page_leads_back_to_the_idea_that_links_to_it(client: Client, mia: User) -> None:
    planned()
    idea = add_idea(said=Said(title="Call them", team="growth"), by=None, via="web", now=NOW)
    add_link(number=idea.pk, kind="experiment", target="1", by=None, via="web")

    page = client.get("/experiments/1/").text

    assert f'from <a href="/ideas/{idea.pk}/">idea {idea.pk}</a>' in page
