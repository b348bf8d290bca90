"""Segments and the documents that make them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalogue.api.shapes.fields import COUNT_METHODS, SUBJECTS, Free, Instant, Text, page_shape
from catalogue.api.shapes.health import ScoreShape
from catalogue.definitions.segment_facts import GUIDE, MODELS
from catalogue.models import EvidenceKind, Status, Strength
from catalogue.segments.certifying import TRUST
from catalogue.segments.facts import COPY_STATES, FRESHNESS


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string"},
            {
                "type": "object",
                "properties": {name: {"type": "string"} for name in GUIDE},
                "required": ["message"],
                "additionalProperties": False,
            },
        ],
        "description": "The message alone, or the parts of a message guide.",
    }
)
class GuideField(serializers.JSONField):
    """What a function says."""


class OwnerShape(serializers.Serializer[Any]):
    """Who answers for a segment."""

    email = serializers.CharField()
    name = serializers.CharField(help_text="Empty while nobody signs in by that address.")


class SizeShape(serializers.Serializer[Any]):
    """How many people, counted exactly by the last refresh."""

    value = serializers.IntegerField()
    as_of = Instant(help_text="The instant that the number describes.")
    method = serializers.ChoiceField(choices=COUNT_METHODS)
    membership_version = serializers.IntegerField()
    definition_version = serializers.IntegerField()


class FreshnessShape(serializers.Serializer[Any]):
    """Whether the last refresh is as young as the timetable promises."""

    state = serializers.ChoiceField(choices=list(FRESHNESS))
    text = serializers.CharField()
    due_at = Instant(allow_null=True)
    max_age_seconds = serializers.IntegerField(
        allow_null=True, help_text="How old the numbers may be, as the timetable promises."
    )


class ToolCopyShape(serializers.Serializer[Any]):
    """What one tool holds of a segment, as far as that was read back."""

    destination = serializers.CharField()
    function = serializers.CharField()
    state = serializers.ChoiceField(
        choices=COPY_STATES,
        help_text="`equal` only when the tool was read back and holds the same people.",
    )
    text = serializers.CharField()
    in_step_with = serializers.IntegerField(
        allow_null=True, help_text="The membership version it holds, by its own word."
    )
    held = serializers.IntegerField(allow_null=True)
    drift = serializers.IntegerField(allow_null=True, help_text="How many are missing or extra.")
    as_of = Instant(allow_null=True, help_text="When it was read back.")


class TrustShape(serializers.Serializer[Any]):
    """Whether somebody vouches for the segment as it is now."""

    state = serializers.ChoiceField(choices=list(TRUST))
    by = serializers.CharField(allow_null=True)
    at = Instant(allow_null=True)
    message = serializers.CharField(allow_null=True)
    why = serializers.CharField(allow_null=True, help_text="Why a certificate has lapsed.")


class WaitingDraftShape(serializers.Serializer[Any]):
    """A change that waits to be published."""

    number = serializers.IntegerField(help_text="The definition version it would be.")
    updated_at = Instant()


class SegmentShape(serializers.Serializer[Any]):
    """A segment: who, why, whose, how many, what we say, and where it is held."""

    id = serializers.CharField(help_text="The key.")
    object = serializers.ChoiceField(choices=["segment"])
    key = serializers.CharField(help_text="For ever: never changed, never given again.")
    name = serializers.CharField()
    url = serializers.CharField()
    html_url = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    subject = serializers.ChoiceField(choices=SUBJECTS, help_text="What it holds.")
    private = serializers.BooleanField(help_text="A draft that only its team knows of.")
    team = serializers.CharField()
    owner = OwnerShape(allow_null=True)
    models = serializers.ListField(child=serializers.CharField())
    why = serializers.CharField()
    evidence = serializers.ListField(child=Free())
    goal = Free(allow_null=True)
    review = Free(allow_null=True)
    refresh = serializers.CharField(allow_null=True, help_text="As in “every 6 hours”.")
    messages = serializers.DictField(
        child=GuideField(), help_text="What each function says to these people."
    )
    sync = serializers.ListField(child=Free(), help_text="Which tools should hold it.")
    english = serializers.CharField(help_text="Who belongs, on one line.")
    definition_version = serializers.IntegerField(allow_null=True)
    definition_hash = serializers.CharField(allow_null=True)
    size = SizeShape(allow_null=True, help_text="null until the first refresh.")
    freshness = FreshnessShape()
    trust = TrustShape()
    broken = serializers.CharField(
        allow_null=True,
        help_text="Why its newest refresh was refused; the last good numbers stay. It begins with"
        " `too_expensive:` where only the budget of a refresh stood in the way.",
    )
    tools = ToolCopyShape(many=True)
    health = ScoreShape(allow_null=True, help_text="null before the first look.")
    draft = WaitingDraftShape(allow_null=True)
    created_at = Instant()
    updated_at = Instant()


SegmentPage = page_shape(SegmentShape, "SegmentPage")


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": True,
        "description": "Who belongs: a tree of conditions, as the definition language has it.",
        "example": {"all": [{"trait": "plan", "is": "pro"}]},
    }
)
class DefinitionField(serializers.JSONField):
    """The tree, as JSON."""


class EvidenceLine(serializers.Serializer[Any]):
    """Research that the why rests on."""

    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    source = serializers.CharField()  # type: ignore[assignment]
    n = serializers.IntegerField(required=False, help_text="Of how many people it speaks.")
    on = serializers.CharField(required=False, help_text="The day it is of.")
    strength = serializers.ChoiceField(choices=Strength.choices, required=False)
    claim = serializers.CharField(required=False, help_text="The sentence of the why it supports.")
    expires_on = serializers.CharField(
        required=False, help_text="The day from which it has to be looked at anew."
    )


class GoalFields(serializers.Serializer[Any]):
    """What is to be reached, and by when: an event, or a condition that becomes true."""

    event = Free(required=False, help_text="A name, `prefix*`, or a list of these.")
    where = serializers.ListField(child=Free(), required=False)
    condition = DefinitionField(required=False)
    within = serializers.CharField(required=False, help_text="Of entering, as in “14 days”.")
    at_least = serializers.CharField(required=False)
    by = serializers.CharField(required=False)
    steps = serializers.ListField(
        child=Free(), required=False, help_text="Events on the way: `{did: …, where: […]}`."
    )


class ReviewFields(serializers.Serializer[Any]):
    """How often somebody looks again, and who."""

    every = serializers.CharField()
    reviewer = serializers.CharField(required=False)


class DocumentShape(serializers.Serializer[Any]):
    """The fields of a segment file that may be changed; an empty value takes a field away."""

    name = serializers.CharField(required=False, allow_null=True)
    team = serializers.CharField(required=False, allow_null=True)
    owner = serializers.EmailField(
        required=False, allow_null=True, help_text="The owner's e-mail address."
    )
    models = serializers.ListField(
        child=serializers.ChoiceField(choices=list(MODELS)), required=False, allow_null=True
    )
    why = serializers.CharField(required=False, allow_null=True)
    evidence = EvidenceLine(many=True, required=False, allow_null=True)
    goal = GoalFields(required=False, allow_null=True)
    review = ReviewFields(required=False, allow_null=True)
    refresh = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="As in “every 6 hours” or “every 1 day at 06:00”.",
    )
    definition = DefinitionField(required=False, allow_null=True)
    tests = serializers.ListField(child=Free(), required=False, allow_null=True)
    messages = serializers.DictField(child=GuideField(), required=False, allow_null=True)
    sync = serializers.ListField(child=Free(), required=False, allow_null=True)


class EditShape(DocumentShape):
    """Changed fields of a segment; those left out stay as they are."""

    private = serializers.BooleanField(required=False)


class NewSegmentShape(EditShape):
    """A new segment, as its file would say it."""

    apiVersion = serializers.CharField(required=False)  # noqa: N815 (as files have it)
    kind = serializers.CharField(required=False)
    status = serializers.ChoiceField(choices=["draft"], required=False)
    key = serializers.CharField(help_text="For ever: small letters, digits and single hyphens.")
    name = serializers.CharField()
    team = serializers.CharField()
    definition = DefinitionField()


class ArchiveShape(serializers.Serializer[Any]):
    """Why a segment is archived, and what to use instead."""

    message = Text(required=False, default="", allow_blank=True, max_length=2_000)
    replacement = Text(required=False, default="", allow_blank=True, max_length=80)
