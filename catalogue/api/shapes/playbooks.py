"""Message guides, and who has taken note of a change."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant, Text


class NotedShape(serializers.Serializer[Any]):
    """Whether the function has taken note of the newest definition and message."""

    asked = serializers.BooleanField(help_text="There is a change that it has not taken note of.")
    by = serializers.CharField(allow_null=True)
    at = Instant(allow_null=True)


class GuideShape(serializers.Serializer[Any]):
    """What one function says; `version` is 0 while nobody has written."""

    function = serializers.CharField()
    version = serializers.IntegerField()
    message = serializers.CharField()
    parts = Free(help_text="promise, proof, objections, do and dont, of those that say something.")
    approved_by = serializers.CharField(allow_null=True)
    approved_at = Instant(allow_null=True)
    noted = NotedShape()


class PlaybookShape(serializers.Serializer[Any]):
    """What every function says to the people of a segment."""

    segment = serializers.CharField()
    html_url = serializers.CharField()
    guides = GuideShape(many=True)


class NewNoteShape(serializers.Serializer[Any]):
    """For which function the change is noted."""

    function = Text(max_length=40)


class NoteShape(serializers.Serializer[Any]):
    """A function has taken note."""

    segment = serializers.CharField()
    function = serializers.CharField()
    definition_version = serializers.IntegerField()
    guide_version = serializers.IntegerField()
    by = serializers.CharField()
    at = Instant()
