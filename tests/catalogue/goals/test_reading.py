"""The figures of a goal, counted by hand; what is hidden, and what is said."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.goals.reading import StepLine, report_of, row_of
from catalogue.models import Workspace
from catalogue.segments.goal_states import standing_of
from tests.catalogue.goals.ground import DAY, GOAL, thirty
from tests.catalogue.workspace import NOW, refresh

pytestmark = pytest.mark.django_db


def test_the_share_counts_only_those_whose_time_is_over() -> None:
    report = report_of(thirty())
    split, standing = report.split, report.standing
    assert split is not None
    assert (split.entered, split.decided, split.running) == (30, 20, 10)
    assert (split.reached_count, split.too_early_count) == (5, 2)
    assert standing.share == 0.25
    # Wilson: statsmodels and every table say so of 5 of 20.
    assert (standing.low, standing.high) == pytest.approx((0.1119, 0.4687), abs=1e-4)
    assert (standing.state, standing.as_of) == ("reached", NOW + 14 * DAY)
    assert standing.because == (
        "It is there, and it may be by chance: 25\N{NO-BREAK SPACE}% lies inside the interval."
    )


def test_the_time_it_takes_is_that_of_kaplan_and_meier() -> None:
    report = report_of(thirty())
    curve = {point.day: point for point in report.curve}
    # Of 30 watched, one each after 1 day and after 2, and both of the late ones after 1.
    assert curve[1].share == pytest.approx(3 / 30)
    assert curve[2].share == pytest.approx(1 - (27 / 30) * (26 / 27))
    assert curve[2].low < curve[2].share < curve[2].high
    assert curve[2].watched == 27
    assert report.median is None
    assert report.of_reached is None  # only five of them: hidden
    Workspace.objects.create(pk=1, fewest_people=5)
    assert report_of(report.segment).of_reached == 3.0
    assert report.median_reason == "Fewer than half have got there."
    assert "Kaplan–Meier" in report.curve_method


def test_weeks_are_those_of_entering_and_those_of_few_people_are_hidden() -> None:
    segment = thirty()
    refresh("trying", now=NOW + 17 * DAY)
    segment.refresh_from_db()
    first, second = report_of(segment).weeks
    assert (first.start, first.n, first.share) == (date(2026, 3, 16), 20, 0.25)
    assert (second.start, second.n, second.share) == (date(2026, 3, 23), 10, 0.2)
    Workspace.objects.create(pk=1, fewest_people=15)
    first, second = report_of(segment).weeks
    assert (first.n, second.n, second.share, second.low) == (20, None, None, None)


def test_steps_count_in_their_order_and_in_time() -> None:
    segment = thirty()
    assert [step.people for step in report_of(segment).steps] == [10, None, None]  # of few: hidden
    Workspace.objects.create(pk=1, fewest_people=4)
    assert report_of(segment).steps == [
        StepLine(name="“Opened”", people=10, share=0.5, lost=10),
        StepLine(name="“Invited”", people=4, share=0.4, lost=6),
        StepLine(name="Reached the goal", people=5, share=None, lost=None),
    ]


def test_a_share_of_few_people_is_hidden_and_says_why() -> None:
    segment = thirty()
    Workspace.objects.create(pk=1, fewest_people=21)
    report = report_of(segment)
    assert (report.standing.state, report.standing.share) == ("too_early", None)
    assert "fewer than 21 people" in report.standing.because
    assert report.steps == []
    row = row_of(report)
    assert (row["share"], row["interval"], row["steps"]) == (None, None, [])


@pytest.mark.parametrize(
    ("goal", "state", "said"),
    [
        ({"at_least": "10%"}, "reached", "not by chance"),
        ({"at_least": "30%"}, "not_reached", "perhaps by chance"),
        ({"at_least": "60%"}, "not_reached", "not by chance: 60"),
        ({"at_least": "60%", "by": "2026-03-31"}, "missed", "The day is over."),
        ({"at_least": None}, "measured", "no share"),
    ],
)
def test_the_state_says_whether_it_may_be_chance(
    goal: dict[str, str | None], state: str, said: str
) -> None:
    segment = thirty()
    changed = {**GOAL, **goal}
    segment.goal = {name: value for name, value in changed.items() if value is not None}
    standing = standing_of(segment, fewest=10)
    assert standing.state == state
    assert said in standing.because


def test_before_anything_was_measured_the_state_says_so() -> None:
    segment = thirty()
    segment.goal_split = None
    assert standing_of(segment, fewest=10).state == "not_measured"
    segment.goal = None
    assert standing_of(segment, fewest=10).state == "none"


def test_states_at_risk_come_first() -> None:
    segment = thirty()
    order = []
    for at_least in ("10%", "30%", "60%"):
        segment.goal = {**GOAL, "at_least": at_least}
        order.append((standing_of(segment, fewest=10).urgency, at_least))
    assert [at_least for _, at_least in sorted(order)] == ["60%", "30%", "10%"]
