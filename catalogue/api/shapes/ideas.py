"""Ideas, and what is done with them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Instant, Text, page_shape
from catalogue.ideas.states import BY_OTHER_WAYS
from catalogue.models import Extent, IdeaState, LinkKind

MOVES = [state.value for state in IdeaState if state not in BY_OTHER_WAYS]


class TeamVotesShape(serializers.Serializer[Any]):
    """The votes of one team."""

    team = serializers.CharField(allow_null=True, help_text="null: of people without a seat.")
    votes = serializers.IntegerField()


class ParkedShape(serializers.Serializer[Any]):
    """Why an idea is parked, and what wakes it up."""

    reason = serializers.CharField()
    wakes_on = serializers.DateField(allow_null=True)
    wakes_when = serializers.CharField(allow_null=True)


class LinkShape(serializers.Serializer[Any]):
    """What an idea rests on, or led to."""

    kind = serializers.ChoiceField(choices=LinkKind.choices)
    target = serializers.CharField()
    note = serializers.CharField()


class VariantShape(serializers.Serializer[Any]):
    """One wording of the message."""

    function = serializers.CharField()
    text = serializers.CharField()
    author = serializers.CharField()
    created_at = Instant()


class IdeaShape(serializers.Serializer[Any]):
    """An idea: what could be tried, and how far it is."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["idea"])
    number = serializers.IntegerField()
    url = serializers.CharField()
    html_url = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField(choices=IdeaState.choices)
    state_since = Instant()
    segment = serializers.CharField(allow_null=True, help_text="The key of what it is about.")
    team = serializers.CharField()
    private = serializers.BooleanField(help_text="Only its team knows of it.")
    author = serializers.CharField()
    effect = serializers.ChoiceField(choices=Extent.choices)
    effort = serializers.ChoiceField(choices=Extent.choices)
    votes = serializers.IntegerField(help_text="People, each once.")
    votes_by_team = TeamVotesShape(many=True)
    parked = ParkedShape(allow_null=True)
    merged_into = serializers.IntegerField(allow_null=True)
    merged_from = serializers.ListField(child=serializers.IntegerField())
    variants = VariantShape(many=True)
    links = LinkShape(many=True)
    comments = serializers.IntegerField(help_text="How many; read them at `comments/`.")
    created_at = Instant()
    updated_at = Instant()


IdeaPage = page_shape(IdeaShape, "IdeaPage")


class EditIdeaShape(serializers.Serializer[Any]):
    """Changed fields of an idea; those left out stay as they are."""

    title = Text(required=False, max_length=200)
    text = Text(required=False, allow_blank=True, max_length=10_000)
    segment = Text(
        required=False, allow_blank=True, max_length=80, help_text="A key; empty for none."
    )
    team = Text(required=False, max_length=80, help_text="A slug.")
    private = serializers.BooleanField(required=False)
    effect = serializers.ChoiceField(choices=Extent.choices, required=False)
    effort = serializers.ChoiceField(choices=Extent.choices, required=False)


class NewIdeaShape(EditIdeaShape):
    """A new idea."""

    title = Text(max_length=200)


class VoteShape(serializers.Serializer[Any]):
    """A vote, or that it is taken back."""

    vote = serializers.BooleanField(required=False, default=True)
    voter = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=254,
        help_text="Keys pass on the vote of a member of their team: the e-mail address.",
    )


class MoveShape(serializers.Serializer[Any]):
    """Where to."""

    state = serializers.ChoiceField(choices=MOVES)
    message = Text(required=False, default="", allow_blank=True, max_length=2_000)


class ParkShape(serializers.Serializer[Any]):
    """Why, and until when: a day, a condition, or both."""

    reason = Text(max_length=2_000)
    wakes_on = serializers.DateField(required=False, default=None, allow_null=True)
    wakes_when = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=300,
        help_text="`segment KEY larger than N`, `trait NAME exists` or `event NAME exists`.",
    )


class MergeShape(serializers.Serializer[Any]):
    """Which idea it becomes part of."""

    into = serializers.IntegerField(min_value=1, max_value=2_147_483_647)


class NewCommentShape(serializers.Serializer[Any]):
    """What to say."""

    text = Text(max_length=5_000)


class CommentShape(serializers.Serializer[Any]):
    """What somebody said."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["comment"])
    author = serializers.CharField()
    text = serializers.CharField()
    created_at = Instant()


CommentPage = page_shape(CommentShape, "CommentPage")


class NewVariantShape(serializers.Serializer[Any]):
    """A wording of the message."""

    function = Text(max_length=40)
    text = Text(max_length=5_000)


class NewLinkShape(serializers.Serializer[Any]):
    """A link: to a survey (its address or slug), an experiment (its number), evidence (its source)
    or a segment version (`key d7`)."""

    kind = serializers.ChoiceField(choices=LinkKind.choices)
    target = Text(max_length=500)
    note = Text(required=False, default="", allow_blank=True, max_length=500)


class DraftShape(serializers.Serializer[Any]):
    """How to call the draft."""

    key = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=80,
        help_text="Its key; left out, one is made from the title.",
    )
