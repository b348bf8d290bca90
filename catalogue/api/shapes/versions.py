"""Definition versions, what they say, and how two of them differ."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.shapes.fields import Free, Instant, Text, page_shape
from catalogue.api.shapes.segments import DocumentShape

VERSION_STATES = ["draft", "live", "old"]
METHODS = ["published", "estimate"]
LINE_CHANGES = ["same", "gone", "new"]


class VersionShape(serializers.Serializer[Any]):
    """One definition version, d7: never changed. Or the draft that waits to be the next one."""

    number = serializers.IntegerField()
    state = serializers.ChoiceField(choices=VERSION_STATES)
    url = serializers.CharField()
    hash = serializers.CharField(allow_null=True, help_text="null of a draft.")
    is_list = serializers.BooleanField(help_text="A list kept by hand, without conditions.")
    author = serializers.CharField(help_text="Empty when it is not known.")
    message = serializers.CharField()
    restored = serializers.IntegerField(
        allow_null=True, help_text="The number of the older version it brought back."
    )
    created_at = Instant()


class WholeVersionShape(VersionShape):
    """One definition version with what it says. A draft carries its whole document."""

    definition = Free(allow_null=True, help_text="null of a list kept by hand.")
    english = serializers.CharField()
    yaml = serializers.CharField()
    document = Free(allow_null=True, help_text="Of a draft: the segment as it would be.")


VersionPage = page_shape(VersionShape, "VersionPage")


class NewVersionShape(DocumentShape):
    """What is to be different from the segment as it is, or from the draft that waits."""


class MessageShape(serializers.Serializer[Any]):
    """What changes and why."""

    message = Text(max_length=2_000)


class PublishRequestShape(serializers.Serializer[Any]):
    """A second person was asked to publish."""

    definition_version = serializers.IntegerField()
    message = serializers.CharField()
    asked_by = serializers.CharField()
    asked_at = Instant()
    html_url = serializers.CharField(help_text="Where a second person looks at it and publishes.")


class PublishedShape(serializers.Serializer[Any]):
    """What is live now, and the run that finds its members."""

    definition_version = serializers.IntegerField()
    state = serializers.ChoiceField(choices=["live"])
    url = serializers.CharField()
    run = serializers.CharField(help_text="The address of the refresh that was asked for.")


class DifferenceQuery(serializers.Serializer[Any]):
    """Which two versions: numbers, or `draft`."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so it cannot be written as a name."""
        pattern = r"^([1-9][0-9]{0,8}|draft)$"
        return {
            "from": serializers.RegexField(pattern, help_text="A number, or `draft`."),
            "to": serializers.RegexField(pattern, help_text="A number, or `draft`."),
        }


class DifferenceLineShape(serializers.Serializer[Any]):
    """A line that both have, only the earlier one (gone) or only the later one (new)."""

    change = serializers.ChoiceField(choices=LINE_CHANGES)
    depth = serializers.IntegerField()
    text = serializers.CharField(trim_whitespace=False)


class MovedShape(serializers.Serializer[Any]):
    """How many people differ, and how that is known."""

    method = serializers.ChoiceField(
        choices=METHODS,
        help_text=(
            "`published`: from the last membership version of the earlier definition to the first"
            " of the later one. `estimate`: both judged now, on the same data."
        ),
    )
    entering = serializers.IntegerField()
    leaving = serializers.IntegerField()
    before = serializers.IntegerField(allow_null=True)
    after = serializers.IntegerField(allow_null=True)
    from_membership_version = serializers.IntegerField(allow_null=True)
    to_membership_version = serializers.IntegerField(allow_null=True)
    as_of = Instant()


class DifferenceShape(serializers.Serializer[Any]):
    """How one version differs from another."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """`from` is a word of Python, so it cannot be written as a name."""
        return {
            "from": serializers.CharField(),
            "to": serializers.CharField(),
            "english": DifferenceLineShape(many=True),
            "yaml": DifferenceLineShape(many=True, help_text="Only what differs, and its lines."),
            "fields": Free(help_text="Of a draft: other fields that change, [before, after]."),
            "people": MovedShape(
                allow_null=True, help_text="null where one of them never judged anybody."
            ),
        }
