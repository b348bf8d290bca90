from __future__ import annotations

from datetime import date, timedelta

import pytest

from catalogue.ideas.moving import park_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.voting import set_vote
from catalogue.ideas.waking import Condition, parse_condition, wake_due_ideas
from catalogue.models import (
    Change,
    Idea,
    IdeaState,
    Notice,
    Segment,
    TeamMember,
    TraitEntry,
)
from tests.catalogue.ideas.ground import NOW, by_whom, how, idea
from tests.catalogue.segments.ground import live_segment, seat, team
from tests.catalogue.workspace import refresh

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_an_idea_wakes_on_its_day_and_tells_who_had_it_and_who_voted_once() -> None:
    mia, tom, _ = seat("mia"), seat("tom"), seat("lena")
    made = idea(by=mia)
    for person in (mia, tom):
        set_vote(number=made.pk, is_for=True, **by_whom(person))
    park_idea(number=made.pk, reason="Prices change.", wakes_on=date(2026, 3, 20), **how(mia))

    assert wake_due_ideas(now=NOW + DAY) == []
    assert wake_due_ideas(now=NOW + 2 * DAY) == [made.pk]
    assert wake_due_ideas(now=NOW + 2 * DAY) == []

    woken = Idea.objects.get()
    assert (woken.state, woken.state_since) == (IdeaState.NEW, NOW + 2 * DAY)
    assert Change.objects.filter(kind="idea.woken").count() == 1
    told = {notice.user: notice for notice in Notice.objects.all()}
    assert set(told) == {mia, tom}
    assert told[tom].link == f"/ideas/{made.pk}/"
    assert "20 March 2026" in told[tom].reason
    assert "Prices change." in told[tom].reason


def test_an_idea_wakes_when_a_trait_is_there() -> None:
    made = idea()
    when = "trait phone consent  exists"
    park_idea(number=made.pk, reason="No consent yet.", wakes_when=when, **how())
    assert Idea.objects.get().wakes_when == "trait phone consent exists"

    assert wake_due_ideas(now=NOW) == []
    TraitEntry.objects.create(name="phone consent", inferred_type="boolean")
    assert wake_due_ideas(now=NOW) == [made.pk]


def test_an_idea_wakes_when_a_segment_has_grown_beyond_a_size() -> None:
    live_segment("pros")  # ada and cleo
    made, other = idea(), idea("Send a mail")
    park_idea(number=made.pk, reason="Too few.", wakes_when="segment pros larger than 1", **how())
    park_idea(number=other.pk, reason="Too few.", wakes_when="segment pros larger than 2", **how())

    assert wake_due_ideas(now=NOW) == []
    refresh("pros")
    assert wake_due_ideas(now=NOW) == [made.pk]


def test_what_holds_already_is_no_condition_to_wait_for() -> None:
    made = idea()
    TraitEntry.objects.create(name="plan", inferred_type="text")

    with pytest.raises(IdeaRefused, match="wake up at once"):
        park_idea(number=made.pk, reason="Later.", wakes_when="trait plan exists", **how())


def test_a_segment_that_is_not_there_is_refused_with_the_nearest_key() -> None:
    live_segment("pros")

    with pytest.raises(IdeaRefused, match="Did you mean “pros”"):
        park_idea(
            number=idea().pk, reason="Later.", wakes_when="segment prros larger than 9", **how()
        )


def test_a_draft_that_somebody_may_not_see_is_no_segment_to_wait_for() -> None:
    hidden = live_segment("secret-plan")
    Segment.objects.filter(pk=hidden.pk).update(status="draft", is_private=True)
    mia = seat("mia", at="sales")
    made = idea(by=mia, team="sales")

    wakes_when = "segment secret-plan larger than 9"
    with pytest.raises(IdeaRefused, match="There is no segment “secret-plan”") as refused:
        park_idea(number=made.pk, reason="Later.", wakes_when=wakes_when, **how(mia))
    assert "Did you mean" not in str(refused.value)


def test_a_vote_is_of_the_team_of_the_idea_where_somebody_sits_in_several() -> None:
    mia = seat("mia", at="customer-success")
    TeamMember.objects.create(team=team("growth"), user=mia, role="editor")
    for of, expected in (("growth", "growth"), ("sales", "customer-success")):
        made = idea(team=of)
        set_vote(number=made.pk, is_for=True, **by_whom(mia))
        assert made.votes.get().team.slug == expected


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("segment a-b larger than 500", Condition(kind="segment", name="a-b", above=500)),
        ("trait a b exists", Condition(kind="trait", name="a b")),
        ("event exists exists", Condition(kind="event", name="exists")),
    ],
)
def test_a_condition_is_read_and_written_alike(text: str, condition: Condition) -> None:
    assert parse_condition(text) == condition
    assert str(condition) == text


@pytest.mark.parametrize(
    "text",
    ["", "trait exists", "segment a smaller than 5", "segment a larger than -1", "segment a > 5"],
)
def test_anything_else_is_no_condition(text: str) -> None:
    with pytest.raises(IdeaRefused, match="is no condition. Write “segment KEY larger than N”"):
        parse_condition(text)
