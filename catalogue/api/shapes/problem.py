"""Errors (RFC 9457)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers


class FlawShape(serializers.Serializer[Any]):
    """One thing that is wrong, in the body (`pointer`) or a parameter (`parameter`)."""

    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="A JSON pointer into the body.")
    parameter = serializers.CharField(required=False)
    suggestion = serializers.CharField(required=False, help_text="The nearest right spelling.")
    fix = serializers.CharField(required=False, help_text="What to do, as a sentence.")


class ProblemShape(serializers.Serializer[Any]):
    """Any error. Some kinds have further members, which their pages name."""

    type = serializers.CharField(help_text="The kind, and the page that explains it.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="The kind, for programs.")
    detail = serializers.CharField(help_text="What happened and what to do, for people.")
    instance = serializers.CharField()
    request_id = serializers.CharField()
    errors = FlawShape(many=True)  # type: ignore[assignment]
