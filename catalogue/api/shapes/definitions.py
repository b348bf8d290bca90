"""Definitions that are not stored: checked, said in English, counted."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import ESTIMATE_METHODS, SUBJECTS, Free, Instant, Text
from catalogue.api.shapes.segments import DefinitionField


class DefinitionShape(serializers.Serializer[Any]):
    """Who belongs: `where` is a tree of conditions; `subject` and `timezone` may be left out, and
    so may `where` around the tree alone."""

    subject = serializers.CharField(required=False)
    timezone = serializers.CharField(required=False)
    where = DefinitionField(required=False)


class AskShape(serializers.Serializer[Any]):
    """A definition."""

    definition = DefinitionField()
    key = Text(
        required=False,
        max_length=80,
        help_text="The segment it is, or would be, the definition of: it may not refer to itself.",
    )


class WarningShape(serializers.Serializer[Any]):
    """What is no fault but worth a look."""

    code = serializers.CharField()
    pointer = serializers.CharField()
    detail = serializers.CharField()
    suggestion = serializers.CharField(allow_null=True)


class ValidShape(serializers.Serializer[Any]):
    """A definition that may be stored."""

    valid = serializers.BooleanField()
    definition = Free(help_text="In its one canonical form.")
    definition_hash = serializers.CharField()
    english = serializers.CharField()
    warnings = WarningShape(many=True)


class SentenceShape(serializers.Serializer[Any]):
    """One line of English; `pointer` is the node it says."""

    pointer = serializers.CharField()
    depth = serializers.IntegerField()
    text = serializers.CharField()


class RenderedShape(serializers.Serializer[Any]):
    """A definition in all its faces."""

    english = serializers.CharField(help_text="As a block of lines.")
    one_line = serializers.CharField()
    lines = SentenceShape(many=True)
    yaml = serializers.CharField()
    definition = Free()
    definition_hash = serializers.CharField()


class TotalShape(serializers.Serializer[Any]):
    """How many people, or accounts, the definition holds."""

    subject = serializers.ChoiceField(choices=SUBJECTS, help_text="What is counted.")
    value = serializers.IntegerField()
    method = serializers.ChoiceField(
        choices=ESTIMATE_METHODS,
        help_text="`sampled`: all numbers are of a sample, scaled up to everybody.",
    )
    margin = serializers.IntegerField(
        help_text="`value` is right within so many in 95 of 100 samples; 0 when it is exact."
    )
    population = serializers.IntegerField()


class CountedNodeShape(serializers.Serializer[Any]):
    """One node: `alone`, how many (people or accounts, as `subject` says) it is true for;
    `remaining`, how many are left after it and all before it in its group."""

    pointer = serializers.CharField()
    subject = serializers.ChoiceField(choices=SUBJECTS)
    depth = serializers.IntegerField()
    text = serializers.CharField()
    alone = serializers.IntegerField()
    remaining = serializers.IntegerField()
    null_share = serializers.FloatField(
        allow_null=True, help_text="The share of all of these for whom the trait is missing."
    )


class EstimateShape(serializers.Serializer[Any]):
    """What a refresh would find."""

    total = TotalShape()
    conditions = CountedNodeShape(many=True)
    english = serializers.CharField()
    as_of = Instant()
    data_as_of = Instant(help_text="When the newest data was loaded.")
    milliseconds = serializers.FloatField()
