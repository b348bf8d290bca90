"""What segments have in common."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import SUBJECTS, Instant


class OverlapQuery(serializers.Serializer[Any]):
    """Which segments."""

    segments = serializers.CharField(
        max_length=10_000, help_text="2 to 100 keys of segments, with commas between."
    )


class CircleShape(serializers.Serializer[Any]):
    """One segment, and the membership version by which it is counted."""

    key = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    membership_version = serializers.IntegerField()
    as_of = Instant(help_text="The instant that the version describes.")


class PairShape(serializers.Serializer[Any]):
    """Two of the segments."""

    segments = serializers.ListField(child=serializers.CharField())
    both = serializers.IntegerField(help_text="Members that they have in common.")
    jaccard = serializers.FloatField(
        allow_null=True, help_text="`both` ÷ members of either; null when nobody is in either."
    )
    share_of_smaller = serializers.FloatField(
        allow_null=True, help_text="`both` ÷ the smaller size; null when that is 0."
    )


class RegionShape(serializers.Serializer[Any]):
    """Those who are in all of these segments, and in none of the others asked for."""

    segments = serializers.ListField(child=serializers.CharField())
    size = serializers.IntegerField()


class OverlapShape(serializers.Serializer[Any]):
    """Segments laid over each other."""

    subject = serializers.ChoiceField(choices=SUBJECTS, help_text="What all of them hold.")
    segments = CircleShape(many=True)
    pairs = PairShape(many=True, help_text="Every two of the segments.")
    regions = RegionShape(many=True, allow_null=True, help_text="null of more than 5 segments.")
    union = serializers.IntegerField(help_text="Members of any of them.")
