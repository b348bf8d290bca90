"""Evidence, surveys and discoveries."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant, Text, page_shape
from catalogue.models import EvidenceKind, RunState, Strength
from catalogue.research.discovering import MOST_DAYS

# How an answer came in, as files and forms tell numbers from words.
SURVEY = ["survey"]
QUESTION_KINDS = ["text", "number", "boolean"]


class NewEvidenceShape(serializers.Serializer[Any]):
    """A piece of evidence, as a segment file says it."""

    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    source = Text(max_length=500)  # type: ignore[assignment]
    n = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=2_147_483_647
    )
    on = serializers.DateField(required=False, allow_null=True, help_text="The day it is of.")
    strength = serializers.ChoiceField(choices=Strength.choices, required=False, allow_null=True)
    claim = Text(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=500,
        help_text="The sentence of the why it supports.",
    )
    expires_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="From this day on it counts for nothing until somebody looks at it anew.",
    )


class EvidenceShape(serializers.Serializer[Any]):
    """A piece of evidence."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["evidence"])
    segment = serializers.CharField()
    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    source = serializers.CharField()  # type: ignore[assignment]
    n = serializers.IntegerField(allow_null=True)
    on = serializers.DateField(allow_null=True)
    strength = serializers.ChoiceField(choices=Strength.choices, allow_null=True)
    claim = serializers.CharField(allow_null=True)
    expires_on = serializers.DateField(allow_null=True)
    expired = serializers.BooleanField()


EvidencePage = page_shape(EvidenceShape, "EvidencePage")


class NewSurveyShape(serializers.Serializer[Any]):
    """A survey and its answers."""

    slug = Text(max_length=40, help_text="Begins the names of its traits, as in trial_exit.")
    name = Text(max_length=200)
    source = Text(max_length=500)  # type: ignore[assignment]
    asked_on = serializers.DateField()
    segment = Text(
        required=False, default="", allow_blank=True, max_length=80, help_text="Whose people."
    )
    id_column = Text(required=False, default="customer_id", max_length=500)
    as_of = Instant(
        required=False,
        default=None,
        allow_null=True,
        help_text="Since when the answers hold; left out, since the day of the survey began.",
    )
    csv = Text(
        trim_whitespace=False,
        help_text="The file: a heading, then a row for each customer, a column for each question.",
    )


class QuestionShape(serializers.Serializer[Any]):
    """A question, and the trait that holds its answers."""

    label = serializers.CharField()  # type: ignore[assignment]
    trait = serializers.CharField()
    kind = serializers.ChoiceField(choices=QUESTION_KINDS)


class SurveyShape(serializers.Serializer[Any]):
    """A survey."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=SURVEY)
    slug = serializers.CharField()
    url = serializers.CharField()
    html_url = serializers.CharField()
    name = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    asked_on = serializers.DateField()
    segment = serializers.CharField(allow_null=True, help_text="null: everyone was asked.")
    answers = serializers.IntegerField()
    questions = QuestionShape(many=True)
    created_at = Instant()


SurveyPage = page_shape(SurveyShape, "SurveyPage")


class SummaryQuery(serializers.Serializer[Any]):
    """Among whom."""

    segment = serializers.CharField(
        required=False, default="", allow_blank=True, help_text="A key; left out, everyone."
    )


class MeasuredShape(serializers.Serializer[Any]):
    """A number with how far it can be trusted; null where it is hidden or not there."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="95 % interval.")
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    method = serializers.CharField()


class AnswerShape(serializers.Serializer[Any]):
    """One answer, or (null) all rarer ones together."""

    answer = serializers.CharField(allow_null=True)
    share = MeasuredShape()


class SummedShape(QuestionShape):
    """A question summed up."""

    n = serializers.IntegerField(help_text="Who answered it.")
    mean = MeasuredShape(allow_null=True, help_text="Of numbers.")
    answers = AnswerShape(many=True)
    reason = serializers.CharField(allow_null=True, help_text="Why nothing is shown.")


class SurveySummaryShape(SurveyShape):
    """A survey summed up among some people."""

    among = serializers.CharField(allow_null=True, help_text="The segment; null: everyone.")
    people = serializers.IntegerField(help_text="How many these are.")
    as_of = Instant(allow_null=True)
    summary = SummedShape(many=True)


class NewDiscoveryShape(serializers.Serializer[Any]):
    """A goal and a population."""

    event = Text(max_length=500)
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
    segment = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=80,
        help_text="Whose people are followed from when they entered; left out, everyone.",
    )


class GroupShape(serializers.Serializer[Any]):
    """A group that the half of the people that was not searched confirmed."""

    position = serializers.IntegerField()
    definition = Free(help_text="In the definition language.")
    english = serializers.CharField()
    size = serializers.IntegerField()
    rate = MeasuredShape()
    base_rate = serializers.FloatField()
    lift = serializers.FloatField()
    p_value = serializers.FloatField(help_text="Corrected for the number of groups tested.")
    idea = serializers.IntegerField(allow_null=True, help_text="The idea it was saved as.")


class DiscoveryShape(serializers.Serializer[Any]):
    """A search for groups that reach a goal more or less often."""

    id = serializers.CharField()
    object = serializers.ChoiceField(choices=["discovery"])
    number = serializers.IntegerField()
    url = serializers.CharField()
    html_url = serializers.CharField()
    event = serializers.CharField()
    days = serializers.IntegerField()
    segment = serializers.CharField(allow_null=True)
    state = serializers.ChoiceField(choices=RunState.choices)
    stage = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    error = serializers.CharField(allow_null=True)
    as_of = Instant()
    n = serializers.IntegerField(help_text="People followed.")
    reached = serializers.IntegerField()
    weighed = serializers.IntegerField()
    tested = serializers.IntegerField()
    groups = GroupShape(many=True, help_text="None of a finished one: nothing stands out.")
    created_at = Instant()


DiscoveryPage = page_shape(DiscoveryShape, "DiscoveryPage")
