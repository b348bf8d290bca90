"""Reviews: what was answered, and what is due."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant, Text, page_shape
from catalogue.models import Answer, Outcome

STATES = ("overdue", "due", "later")


class NewReviewShape(serializers.Serializer[Any]):
    """The answers to the five questions."""

    still_true = serializers.ChoiceField(choices=Answer.choices)
    still_used = serializers.ChoiceField(choices=Answer.choices)
    goal_holds = serializers.ChoiceField(choices=Answer.choices)
    message_right = serializers.ChoiceField(choices=Answer.choices)
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    note = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=4_000,
        help_text="What was found; needed when it is to change or to be archived.",
    )


class ReviewShape(NewReviewShape):
    """A review that was done."""

    id = serializers.IntegerField()
    object = serializers.ChoiceField(choices=["review"])
    segment = serializers.CharField()
    html_url = serializers.CharField()
    definition_version = serializers.IntegerField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    facts = Free(help_text="What was known then, by question, as sentences.")
    reviewer = serializers.CharField()
    done_at = Instant()


ReviewPage = page_shape(ReviewShape, "ReviewPage")


class DueReviewShape(serializers.Serializer[Any]):
    """The next review of a live segment."""

    segment = serializers.CharField()
    name = serializers.CharField()
    html_url = serializers.CharField()
    state = serializers.ChoiceField(choices=STATES)
    due_at = Instant()
    every = serializers.CharField(help_text="How often it is looked over, as in “90 days”.")
    reviewer = serializers.CharField(help_text="Who is asked: whom it names, else its owner.")
    reviewed_at = Instant(allow_null=True)


class DueReviewsShape(serializers.Serializer[Any]):
    """The next reviews, the most overdue first."""

    results = DueReviewShape(many=True)
    as_of = Instant()


class DueQuery(serializers.Serializer[Any]):
    """Which of them."""

    state = serializers.ChoiceField(choices=STATES, required=False)
