from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.ideas.log import PUBLIC
from catalogue.ideas.moving import merge_idea, move_idea, park_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.states import MOVES
from catalogue.ideas.voting import set_vote
from catalogue.models import Change, Idea, IdeaKept, IdeaState, IdeaVote, Role
from tests.catalogue.ideas.ground import NOW, by_whom, how, idea
from tests.catalogue.segments.ground import seat

pytestmark = pytest.mark.django_db
TOMORROW = date(2026, 3, 19)


def test_an_idea_goes_from_new_to_adopted_by_being_looked_into_and_tried() -> None:
    made = idea()

    for state in ("researching", "trying", "adopted"):
        made = move_idea(number=made.pk, to=state, **how())

    assert made.state == IdeaState.ADOPTED
    assert made.state_since == NOW
    moves = Change.objects.filter(kind="idea.moved", object_type=PUBLIC).order_by("pk")
    assert [one.details["states"] for one in moves] == [
        ["new", "researching"],
        ["researching", "trying"],
        ["trying", "adopted"],
    ]


def test_every_state_has_its_moves_and_only_a_merged_one_none() -> None:
    assert set(MOVES) == set(IdeaState)
    assert [state for state, moves in MOVES.items() if not moves] == [IdeaState.MERGED]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("adopted", "neither looked into nor tried"),
        ("new", "is there already"),
        ("parked", "Park it with a reason"),
        ("merged", "say which idea"),
        ("done", "There is no state “done”. There are: new, researching"),
    ],
)
def test_a_move_that_is_not_possible_is_refused_with_what_to_do(to: str, said: str) -> None:
    made = idea()

    with pytest.raises(IdeaRefused, match=said):
        move_idea(number=made.pk, to=to, **how())

    assert Idea.objects.get().state == IdeaState.NEW
    assert not Change.objects.filter(kind="idea.moved").exists()


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"reason": " ", "wakes_on": TOMORROW}, "/reason"),
        ({"reason": "No consent yet."}, "/wakes_on"),
        ({"reason": "No consent yet.", "wakes_on": NOW.date()}, "/wakes_on"),
        ({"reason": "No consent yet.", "wakes_when": "when it is warm"}, "/wakes_when"),
        ({"reason": "No consent yet.", "wakes_when": "segment pro larger than 5"}, "/wakes_when"),
    ],
)
def test_parking_needs_a_reason_and_something_that_wakes_it_up(
    facts: dict[str, object], pointer: str
) -> None:
    made = idea()

    with pytest.raises(IdeaRefused) as refused:
        park_idea(number=made.pk, **facts, **how())

    assert refused.value.pointer == pointer
    assert Idea.objects.get().state == IdeaState.NEW


def test_a_parked_one_keeps_its_reason_until_it_is_moved_on() -> None:
    made = idea()

    parked = park_idea(number=made.pk, reason=" Prices change. ", wakes_on=TOMORROW, **how())
    assert (parked.parked_reason, parked.wakes_on) == ("Prices change.", TOMORROW)

    moved = move_idea(number=made.pk, to="researching", **how())
    assert (moved.parked_reason, moved.wakes_on) == ("", None)
    assert Change.objects.get(kind="idea.parked").message == "Prices change."


def test_a_merge_keeps_both_texts_and_counts_each_voter_once() -> None:
    mia, tom, lena = seat("mia"), seat("tom"), seat("lena")
    target, part = idea(text="Ring them."), idea("Phone them", text="By phone.")
    for number, people in ((target.pk, (mia, tom)), (part.pk, (tom, lena))):
        for person in people:
            set_vote(number=number, is_for=True, **by_whom(person))

    merge_idea(number=part.pk, into=target.pk, **how(mia))

    merged = Idea.objects.get(pk=part.pk)
    assert (merged.state, merged.merged_into_id) == (IdeaState.MERGED, target.pk)
    assert merged.text == "By phone."
    assert Idea.objects.get(pk=target.pk).text == "Ring them."
    names = target.votes.values_list("voter_name", flat=True)
    assert sorted(names) == ["Lena", "Mia", "Tom"]
    assert part.votes.count() == 2


def test_a_merge_into_itself_or_into_a_part_of_another_is_refused() -> None:
    one, other, third = idea(), idea("Phone them"), idea("Write to them")
    merge_idea(number=other.pk, into=one.pk, **how())

    for number, into, said in (
        (one.pk, one.pk, "into itself"),
        (third.pk, other.pk, f"part of idea {one.pk}"),
        (other.pk, third.pk, f"part of idea {one.pk} now"),
    ):
        with pytest.raises(IdeaRefused, match=said):
            merge_idea(number=number, into=into, **how())


def test_what_all_may_read_is_not_merged_into_what_only_a_team_may() -> None:
    public, secret = idea(), idea("Phone them", is_private=True)

    with pytest.raises(IdeaRefused, match="the other way round"):
        merge_idea(number=public.pk, into=secret.pk, **how())


def test_only_who_had_it_and_editors_of_its_team_move_it() -> None:
    author, stranger = seat("nora", Role.VIEWER), seat("lena", Role.ADMIN, at="sales")
    made = idea(by=author)

    with pytest.raises(PermissionDenied, match="You may vote and comment"):
        move_idea(number=made.pk, to="trying", **how(stranger))
    assert move_idea(number=made.pk, to="trying", **how(author)).state == IdeaState.TRYING


def test_nobody_deletes_an_idea() -> None:
    made = idea()
    set_vote(number=made.pk, is_for=True, **by_whom(seat("mia")))

    with pytest.raises(IdeaKept):
        made.delete()
    with pytest.raises(IdeaKept):
        Idea.objects.filter(pk=made.pk).delete()
    with pytest.raises(IdeaKept):
        Idea.objects.all().delete()

    assert Idea.objects.count() == IdeaVote.objects.count() == 1
