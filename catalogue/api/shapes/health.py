"""What the rules find about segments, and how segments cover everybody."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Instant


class FindingShape(serializers.Serializer[Any]):
    """A rule that a segment does not keep."""

    code = serializers.CharField(help_text="`SEG001` …: for ever the same rule.")
    name = serializers.CharField(help_text="The rule in two words.")
    sentence = serializers.CharField(help_text="What was found.")
    fix = serializers.CharField(help_text="What to do.")
    weight = serializers.IntegerField(help_text="What it takes off the score.")
    pointer = serializers.CharField(help_text="Where in the segment's document; “” nowhere.")
    documentation = serializers.CharField(help_text="The page that explains the rule.")


class HealthShape(serializers.Serializer[Any]):
    """What the rules found at the last look."""

    object = serializers.ChoiceField(choices=["health"])
    segment = serializers.CharField()
    score = serializers.IntegerField(
        allow_null=True, help_text="0 to 100 by `formula`; null before the first look."
    )
    formula = serializers.CharField()
    findings = FindingShape(many=True)
    as_of = Instant(allow_null=True, help_text="When the segment was looked at.")


class ScoreShape(serializers.Serializer[Any]):
    """The health of a segment in short."""

    score = serializers.IntegerField(help_text="0 to 100: 100 less the weight of each finding.")
    findings = serializers.ListField(
        child=serializers.CharField(), help_text="The codes of the rules that it does not keep."
    )
    as_of = Instant()


class ConflictPairShape(serializers.Serializer[Any]):
    """Two segments whose people are told different things."""

    segments = serializers.ListField(child=serializers.CharField())
    names = serializers.ListField(child=serializers.CharField())
    people = serializers.IntegerField(help_text="How many are in both.")


class ConflictShape(serializers.Serializer[Any]):
    """What one function tells people who are in several segments."""

    people = serializers.IntegerField(help_text="In segments with different messages.")
    pairs = ConflictPairShape(many=True, help_text="The worst few pairs of segments.")


class MapShape(serializers.Serializer[Any]):
    """A segment on the map of overlaps."""

    key = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()


class CoverageShape(serializers.Serializer[Any]):
    """How the live segments of customers lie over all customers."""

    object = serializers.ChoiceField(choices=["coverage"])
    as_of = Instant()
    people = serializers.IntegerField(help_text="All live customers.")
    segments = serializers.IntegerField(help_text="Live segments of customers.")
    in_none = serializers.IntegerField(help_text="Customers in no live segment.")
    in_many = serializers.IntegerField(help_text="Customers in `many_from` or more.")
    many_from = serializers.IntegerField()
    by_count = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Customers in 0, 1, … segments; the last one stands for `many_from` or more.",
    )
    conflicts = serializers.DictField(child=ConflictShape(), help_text="By function.")
    map = MapShape(many=True, help_text="The largest segments.")
    common = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField()),
        help_text="Members that every two segments of `map` have in common, row by row.",
    )
