"""What those who talk to customers say of members."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Instant, Text
from catalogue.models import Misfit


class NewFeedbackShape(serializers.Serializer[Any]):
    """A judgement of one member."""

    id = Text(max_length=500, help_text="The customer's, or account's, id as it was loaded.")
    fits = serializers.BooleanField()
    reason = serializers.ChoiceField(
        choices=Misfit.choices, required=False, help_text="Needed of somebody who does not fit."
    )
    note = Text(required=False, default="", allow_blank=True, max_length=1_000)


class FeedbackShape(serializers.Serializer[Any]):
    """A judgement that was kept."""

    segment = serializers.CharField()
    id = serializers.CharField()
    fits = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=Misfit.choices, allow_null=True)
    membership_version = serializers.IntegerField()
    by = serializers.CharField()
    at = Instant()


class ShareShape(serializers.Serializer[Any]):
    """A share with its interval; `value` is null when too few were judged, and `why` says so."""

    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField()
    method = serializers.CharField()
    why = serializers.CharField(allow_null=True)


class MonthShape(serializers.Serializer[Any]):
    """One calendar month."""

    month = serializers.CharField(help_text="As in 2026-11.")
    precision = ShareShape()


class ReasonShape(serializers.Serializer[Any]):
    """Why members do not fit, by their newest judgement."""

    reason = serializers.ChoiceField(choices=Misfit.choices)
    label = serializers.CharField()  # type: ignore[assignment]
    count = serializers.IntegerField()


class PrecisionShape(serializers.Serializer[Any]):
    """The share of the judged members that fit. Nobody is named."""

    segment = serializers.CharField()
    precision = ShareShape()
    months = MonthShape(many=True)
    reasons = ReasonShape(many=True)
    as_of = Instant(allow_null=True, help_text="Of the newest judgement.")
