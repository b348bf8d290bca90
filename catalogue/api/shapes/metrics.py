"""Metrics, what was measured of segments, and the settings that say which events mean what."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant, Text, page_shape
from catalogue.metrics.comparing import GRAINS
from catalogue.models import Direction, Whose


class MetricsQuery(serializers.Serializer[Any]):
    """Which metrics."""

    archived = serializers.BooleanField(
        required=False, default=False, help_text="Also those that are measured no more."
    )


class MetricShape(serializers.Serializer[Any]):
    """A metric, of every workspace or of the company's own."""

    id = serializers.CharField(help_text="The key.")
    object = serializers.ChoiceField(choices=["metric"])
    key = serializers.CharField()
    kind = serializers.ChoiceField(choices=["standard", "company"])
    name = serializers.CharField()
    meaning = serializers.CharField()
    unit = serializers.CharField(help_text="share, people, days, a currency, or what it counts.")
    direction = serializers.ChoiceField(choices=Direction.choices)
    source = serializers.CharField(help_text="What it is worked out from.")  # type: ignore[assignment]
    definition = Free(allow_null=True, help_text="The formula; null of a standard one.")
    english = serializers.CharField(help_text="The formula in words; “” of a standard one.")
    owner = serializers.CharField(allow_null=True)
    archived_at = Instant(allow_null=True)
    url = serializers.CharField()
    html_url = serializers.CharField()


MetricPage = page_shape(MetricShape, "MetricPage")


class EditMetricShape(serializers.Serializer[Any]):
    """Fields of a metric of the company's own."""

    name = Text(required=False, help_text="What people call it.")
    meaning = Text(required=False, allow_blank=True)
    unit = Text(required=False, allow_blank=True)
    direction = Text(required=False, help_text="up, down or none: which way is better.")
    definition = Free(
        required=False,
        help_text="A measure, `{mean: measure}`, `{share: condition}` or `{ratio: [one, other]}`.",
    )
    owner = Text(required=False, allow_blank=True, help_text="An address that signs in.")


class NewMetricShape(EditMetricShape):
    """A metric to be defined."""

    key = Text(help_text="Small letters and digits, joined by _ or -. For ever.")
    name = Text(help_text="What people call it.")
    definition = Free(
        help_text="A measure, `{mean: measure}`, `{share: condition}` or `{ratio: [one, other]}`."
    )


class ReadingsQuery(serializers.Serializer[Any]):
    """Which readings, and whom to compare with."""

    metric__in = serializers.CharField(
        required=False, max_length=2_000, help_text="Keys of metrics, with commas between."
    )
    to = Instant(required=False, help_text="Readings as of this instant or earlier.")
    grain = serializers.ChoiceField(
        required=False,
        choices=GRAINS,
        help_text="Only the last reading of each day, week or month, and those at a break.",
    )
    compare_to = serializers.CharField(
        required=False,
        max_length=80,
        help_text="`others` (everybody else), `everyone`, `previous` (28 days before), or the key"
        " of another segment.",
    )

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """With `from`, which Python keeps for itself."""
        fields = super().get_fields()
        fields["from"] = Instant(
            required=False, help_text="Readings as of this instant or later (28 days back)."
        )
        return fields


@extend_schema_field({"type": "array", "items": {"type": "number"}})
class Point(serializers.JSONField):
    """[day, share, low, high, people still watched]"""


class ReadingShape(serializers.Serializer[Any]):
    """One value, with all that is needed to judge it."""

    metric = serializers.CharField()
    as_of = Instant()
    value = serializers.FloatField(allow_null=True)
    n = serializers.IntegerField(help_text="On how many people.")
    low = serializers.FloatField(allow_null=True, help_text="The 95 % interval.")
    high = serializers.FloatField(allow_null=True)
    unit = serializers.CharField()
    method = serializers.CharField()
    reason = serializers.CharField(help_text="Why there is no value; “” where there is one.")
    whose = serializers.ChoiceField(
        choices=Whose.choices,
        help_text="`before`: whom the definition before would hold at the same instant.",
    )
    definition_version = serializers.IntegerField(allow_null=True)
    membership_version = serializers.IntegerField(allow_null=True)
    points = serializers.ListField(child=Point(), help_text="Of a curve.")


class ComparedShape(serializers.Serializer[Any]):
    """A reading beside that of somebody else."""

    metric = serializers.CharField()
    other = ReadingShape()
    difference = serializers.FloatField(allow_null=True, help_text="By how much it is above.")
    is_clear = serializers.BooleanField(
        allow_null=True, help_text="Whether that is more than chance, at 95 %; null: not known."
    )


class SegmentMetricsShape(serializers.Serializer[Any]):
    """What was measured of a segment."""

    object = serializers.ChoiceField(choices=["segment_metrics"])
    segment = serializers.CharField()
    as_of = Instant(allow_null=True, help_text="Of the newest measuring; null before the first.")
    readings = ReadingShape(many=True)
    compared_to = serializers.CharField(allow_null=True)
    compared = ComparedShape(many=True, help_text="The newest readings beside the others.")


class WorkspaceShape(serializers.Serializer[Any]):
    """Which events mean what."""

    active_events = serializers.ListField(
        child=Text(max_length=500), required=False, help_text="Empty: any event means active."
    )
    converted_events = serializers.ListField(child=Text(max_length=500), required=False)
    cancelled_events = serializers.ListField(child=Text(max_length=500), required=False)
    revenue = Free(
        required=False,
        allow_null=True,
        help_text="`event`, `property`, `currency`, and `currency_property` where amounts say it.",
    )
    fewest_people = serializers.IntegerField(
        required=False, help_text="A number measured on fewer is hidden."
    )
