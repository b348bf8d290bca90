from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.ideas.adding import add_comment, add_link, add_variant
from catalogue.ideas.drafting import draft_from_idea
from catalogue.ideas.near import near_ideas
from catalogue.ideas.queries import idea_detail, idea_rows
from catalogue.ideas.refusals import IdeaRefused, StaleIdea
from catalogue.ideas.voting import set_vote
from catalogue.ideas.writing import edit_idea
from catalogue.models import Change, Idea, IdeaVote, Role, Scope, Segment, Status
from catalogue.permissions import MissingScope
from catalogue.segments import telling
from tests.catalogue.ideas.ground import by_whom, idea
from tests.catalogue.segments.ground import PROS, draft_segment, key, live_segment, seat, team

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"title": " "}, "/title"),
        ({"title": "x" * 201}, "/title"),
        ({"segment": "nowhere"}, "/segment"),
        ({"effect": "huge"}, "/effect"),
        ({"effort": ""}, "/effort"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(said: dict[str, Any], pointer: str) -> None:
    with pytest.raises(IdeaRefused) as refused:
        idea(**{"title": "Call them", **said})

    assert refused.value.pointer == pointer
    assert not Idea.objects.exists()


def test_an_idea_private_to_a_team_exists_for_its_members_and_for_who_had_it() -> None:
    mia, lena = seat("mia"), seat("lena", at="sales")
    secret = idea(by=mia, is_private=True)

    assert list(Idea.objects.visible_to(mia)) == [secret]
    assert list(Idea.objects.visible_to(lena)) == []
    assert list(Idea.objects.visible_to(key(at="sales"))) == []
    assert list(Idea.objects.visible_to(key())) == [secret]
    acts = Change.objects.filter(kind="idea.added")
    assert acts.visible_to(mia).count() == 1
    assert acts.visible_to(lena).count() == 0
    with pytest.raises(PermissionDenied, match="private to Growth is added by its members"):
        idea(by=lena, is_private=True)


def test_an_idea_about_a_private_draft_is_private_to_the_same_team() -> None:
    mia = seat("mia")
    segment = draft_segment("pros")
    Segment.objects.filter(pk=segment.pk).update(is_private=True)

    with pytest.raises(IdeaRefused, match="has to be private to that team too"):
        idea(by=mia, segment="pros")
    assert idea(by=mia, segment="pros", is_private=True).segment == segment


def test_an_edit_of_what_somebody_changed_meanwhile_is_refused() -> None:
    mia = seat("mia")
    made = idea(by=mia)
    edit_idea(number=made.pk, changes={"text": "A."}, revision=1, **by_whom(mia))

    with pytest.raises(StaleIdea):
        edit_idea(number=made.pk, changes={"text": "B."}, revision=1, **by_whom(mia))

    assert Idea.objects.get().text == "A."
    assert Change.objects.get(kind="idea.edited").details["fields"] == {"text": ["", "A."]}


def test_a_person_votes_once_for_the_team_they_sit_in_and_may_take_it_back() -> None:
    lena = seat("lena", Role.VIEWER, at="sales")
    made = idea()

    for _ in range(2):
        set_vote(number=made.pk, is_for=True, **by_whom(lena))
    vote = IdeaVote.objects.get()
    assert (vote.voter_name, vote.team) == ("Lena", team("sales"))

    set_vote(number=made.pk, is_for=False, **by_whom(lena))
    assert not IdeaVote.objects.exists()


def test_votes_are_shown_by_team() -> None:
    made = idea()
    people = [seat("mia"), seat("tom"), seat("lena", at="sales"), seat("nobody", None)]
    for person in people:
        set_vote(number=made.pk, is_for=True, **by_whom(person))

    found = idea_detail(idea_rows(people[0]).get(), viewer=people[0])

    assert found.teams == (("Growth", ("Mia", "Tom")), ("Sales", ("Lena",)), ("", ("Nobody",)))
    assert (found.card.votes, found.card.is_mine) == (4, True)


def test_a_key_passes_on_the_vote_of_a_member_of_its_team_only() -> None:
    mia = seat("mia")
    seat("lena", at="sales")
    made = idea()
    program = key(Scope.IDEAS_WRITE)

    for voter in ("", "lena@fieldnote.example"):
        with pytest.raises(IdeaRefused, match="Name a member of the key's team"):
            set_vote(number=made.pk, is_for=True, voter=voter, by=program, via="api")
    set_vote(number=made.pk, is_for=True, voter=mia.email, by=program, via="api")
    with pytest.raises(MissingScope):
        set_vote(number=made.pk, is_for=True, voter=mia.email, by=key(), via="api")

    assert [vote.voter for vote in IdeaVote.objects.all()] == [mia]


def test_votes_and_comments_outlive_the_login() -> None:
    mia = seat("mia")
    made = idea(by=mia)
    set_vote(number=made.pk, is_for=True, **by_whom(mia))
    add_comment(number=made.pk, text="Do it.", **by_whom(mia))
    mia.delete()

    assert Idea.objects.get().author_name == "Mia"
    assert IdeaVote.objects.get().voter_name == "Mia"
    assert made.comments.get().author_name == "Mia"


@pytest.mark.parametrize(
    ("kind", "target", "said"),
    [
        ("experiment", "thirty", "by its number"),
        ("segment_version", "pros d9", "There is no version pros d9"),
        ("segment_version", "pros", "Write a version as"),
        ("survey", "javascript://x", "An address begins with"),
        ("song", "x", "no link of kind"),
        ("evidence", " ", "on one line"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused(kind: str, target: str, said: str) -> None:
    live_segment("pros")
    made = idea()

    with pytest.raises(IdeaRefused, match=said):
        add_link(number=made.pk, kind=kind, target=target, **by_whom())

    assert not made.links.exists()


def test_a_message_is_worded_for_a_function_that_there_is() -> None:
    made = idea()
    add_variant(number=made.pk, function="sales", text="Ten minutes?", **by_whom())

    with pytest.raises(IdeaRefused, match="There are: marketing, sales, customer_success"):
        add_variant(number=made.pk, function="sailing", text="Ahoy.", **by_whom())

    assert [one.text for one in made.variants.all()] == ["Ten minutes?"]


def test_one_click_makes_a_draft_that_says_why_and_is_linked() -> None:
    mia = seat("mia")
    live_segment("pros")
    made = idea(by=mia, segment="pros", text="They meant to start next week.")

    segment = draft_from_idea(number=made.pk, **by_whom(mia))

    assert (segment.key, segment.status) == ("call-before-the-trial-ends", Status.DRAFT)
    assert "They meant to start next week." in segment.why
    assert segment.owner == mia
    assert segment.definition is not None
    assert (
        segment.definition.definition_hash
        == Segment.objects.get(key="pros").definition.definition_hash
    )
    assert made.links.get().target == "call-before-the-trial-ends d1"
    again = draft_from_idea(number=made.pk, **by_whom(mia))
    assert again.key == "call-before-the-trial-ends-2"


def test_an_idea_without_a_segment_is_about_its_draft_from_then_on() -> None:
    mia = seat("mia")
    draft_segment("pros", definition=PROS)
    made = idea(by=mia)

    segment = draft_from_idea(number=made.pk, **by_whom(mia))

    assert Idea.objects.get().segment == segment


def test_who_may_not_make_segments_makes_none_of_an_idea() -> None:
    nora = seat("nora", Role.VIEWER)
    made = idea(by=nora)

    with pytest.raises(PermissionDenied, match="are made by its editors"):
        draft_from_idea(number=made.pk, **by_whom(nora))


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("Call before the trial ends", True),
        ("call before trials end", True),
        ("Before the trial ends, call", True),
        ("Send a template by mail", False),
        ("Call", False),
    ],
)
def test_what_is_nearly_the_same_is_found_while_one_types(title: str, found: bool) -> None:
    made = idea()

    assert near_ideas(title, actor=None) == ([made] if found else [])


def test_an_idea_that_does_not_exist_for_somebody_is_not_near_either() -> None:
    idea(by=seat("mia"), is_private=True)

    assert near_ideas("Call before the trial ends", actor=seat("lena", at="sales")) == []


def test_every_act_on_an_idea_has_a_sentence() -> None:
    mia = seat("mia")
    made = idea(by=mia)
    set_vote(number=made.pk, is_for=True, **by_whom(mia))
    add_comment(number=made.pk, text="Do it.", **by_whom(mia))
    add_link(number=made.pk, kind="experiment", target="31", **by_whom(mia))

    acts = Change.objects.filter(object_key=str(made.pk)).order_by("pk")

    assert {act.kind for act in acts} <= set(telling.KINDS)
    said = [(*telling.words_of(act), telling.name_of(act)) for act in acts]
    assert said == [
        ("had the idea", "", made.title),
        ("voted for the idea", "", made.title),
        ("commented on the idea", "", made.title),
        ("linked the idea", "with experiment 31", made.title),
    ]
