"""Refreshes: one run judges some or all segments at one instant."""

from __future__ import annotations

from typing import Any, get_args

from rest_framework import serializers

from catalogue.api.shapes.fields import SUBJECTS, Instant, page_shape
from catalogue.engine.inputs import Kind
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


class RunScanShape(serializers.Serializer[Any]):
    """One reading of the data, which answers all conditions on the same traits or events."""

    kind = serializers.ChoiceField(
        choices=get_args(Kind),
        help_text="The newest values of a `trait`, its whole `history`, whose customer is whose"
        " (`accounts`), ids (`sample`), `events` to be counted, or events in their order (`walk`).",
    )
    names = serializers.ListField(
        child=serializers.CharField(),
        help_text="Keys of the traits or events that were read; none for ids and accounts.",
    )
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text="Whose data it is.")
    conditions = serializers.IntegerField(help_text="How many distinct conditions it answered.")
    rows = serializers.IntegerField(
        help_text="Rows that were looked at: those up to `as_of` and since the earliest window."
    )
    bytes = serializers.IntegerField(
        allow_null=True,
        help_text="Bytes of the files that rows were looked for in, all of each file whatever was"
        " skipped in it; null where that is not known, as in a company's own warehouse.",
    )
    milliseconds = serializers.FloatField(help_text="How long it took, in milliseconds.")
    only_new = serializers.BooleanField(
        help_text="Whether only what was new since an earlier refresh was read."
    )
    error = serializers.CharField(
        allow_null=True, help_text="Why its conditions have no answer; null when they have."
    )


class SelfCheckShape(serializers.Serializer[Any]):
    """Once a day a refresh is done a second time, from nothing that is remembered, and compared."""

    segments = serializers.IntegerField(help_text="How many definitions were judged twice.")
    different_count = serializers.IntegerField(
        help_text="How many of them had other members; more than 0 is a fault of the program, and"
        " what was found from nothing is what was published."
    )
    different = serializers.ListField(
        child=serializers.CharField(),
        help_text="Keys of those that are segments which exist for you.",
    )
    milliseconds = serializers.FloatField(
        help_text="How long the second judging took, in milliseconds."
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
    scans = RunScanShape(many=True, help_text="None until it has succeeded.")
    self_check = SelfCheckShape(
        allow_null=True, help_text="null when it was not judged a second time."
    )
    created_at = Instant()
    started_at = Instant(allow_null=True)
    finished_at = Instant(allow_null=True)


RunPage = page_shape(RunShape, "RunPage")
