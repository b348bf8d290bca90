"""Fields that shapes are made of."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

# Numbers are counted; nothing here is a guess.
COUNT_METHODS = ["exact"]
# But for estimates of what is too much to be counted while somebody waits.
ESTIMATE_METHODS = [*COUNT_METHODS, "sampled"]
# What segments hold, and what traits are of.
SUBJECTS = ["customer", "account"]


class Instant(serializers.DateTimeField):
    """A time in UTC, as in 2026-11-23T09:12:00Z."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


@extend_schema_field({"type": "object", "additionalProperties": True})
class Free(serializers.JSONField):
    """An object whose fields are for another page to say."""


class Text(serializers.CharField):
    """Text that was sent as text: a number would already have lost its zeros in front."""

    def to_internal_value(self, data: Any) -> str:
        """The text. Refuses anything else."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


def page_shape(row: type[serializers.Serializer[Any]], name: str) -> Any:
    """The shape of a list of `row`."""
    members = {
        "__doc__": f"A page of a list of {name.removesuffix('Page').lower()}s.",
        "results": row(many=True),
        "next": serializers.CharField(
            allow_null=True, help_text="The address of the next page; null on the last one."
        ),
        "has_more": serializers.BooleanField(),
        "as_of": Instant(help_text="When this was read."),
        "count": serializers.IntegerField(
            required=False, help_text="Of all that is listed, when `with_count` was asked for."
        ),
    }
    return type(name, (serializers.Serializer,), members)


class OpenApiDocument(serializers.Serializer[Any]):
    """An OpenAPI 3.1 document."""

    openapi = serializers.CharField()
    info = Free()
    paths = Free()
    components = Free()
