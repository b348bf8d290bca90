"""Refreshes: one run judges some or all segments at one instant."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Instant, page_shape
from catalogue.models import RunState


class ProgressShape(serializers.Serializer[Any]):
    """How far a run is, in scans."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 until it is known.")


class RunResultShape(serializers.Serializer[Any]):
    """What a run found for one segment."""

    segment = serializers.CharField()
    membership_version = serializers.IntegerField(
        allow_null=True, help_text="null when nothing was published."
    )
    size = serializers.IntegerField(allow_null=True)
    entered = serializers.IntegerField(allow_null=True)
    left = serializers.IntegerField(allow_null=True)
    milliseconds = serializers.FloatField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    code = serializers.CharField(
        allow_null=True, help_text="Of a refusal, as in `too_expensive`; the version before stays."
    )


class RunShape(serializers.Serializer[Any]):
    """A refresh. `results` are of segments that exist for you."""

    id = serializers.IntegerField()
    object = serializers.ChoiceField(choices=["run"])
    url = serializers.CharField()
    state = serializers.ChoiceField(choices=RunState.choices)
    as_of = Instant(allow_null=True, help_text="The instant that it judges; null until it starts.")
    progress = ProgressShape()
    error = serializers.CharField(allow_null=True)
    results = RunResultShape(many=True)
    created_at = Instant()
    started_at = Instant(allow_null=True)
    finished_at = Instant(allow_null=True)


RunPage = page_shape(RunShape, "RunPage")
