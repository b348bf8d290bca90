"""Who will leave by the clock alone."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import SUBJECTS, Instant
from catalogue.membership.leaving import MOST_DAYS


class LeavingQuery(serializers.Serializer[Any]):
    """How far ahead."""

    days = serializers.IntegerField(required=False, default=7, min_value=1, max_value=MOST_DAYS)


class LeavingDayShape(serializers.Serializer[Any]):
    """One day ahead: those who are first out as of its end."""

    day = serializers.IntegerField()
    as_of = Instant(help_text="So many times 24 hours after now.")
    leaving = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Members who are still in then.")


class LeavingShape(serializers.Serializer[Any]):
    """How many leave, and when."""

    segment = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text="What is counted.")
    membership_version = serializers.IntegerField(help_text="Whose members leave.")
    size = serializers.IntegerField()
    due = serializers.IntegerField(
        help_text="Members who are out already, and whom the next refresh takes out."
    )
    leaving = serializers.IntegerField(help_text="On all days, without those who are due.")
    days = LeavingDayShape(many=True)
    as_of = Instant()
    data_as_of = Instant(help_text="When the newest data was loaded.")
    assumption = serializers.CharField(help_text="What is taken for granted, as a sentence.")
