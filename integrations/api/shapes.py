"""Tools, their syncs, and how true their copies are. Never a secret, never an option."""

from __future__ import annotations

from typing import Any, get_args

from rest_framework import serializers

from catalogue.api.paging import Paged
from catalogue.api.shapes.fields import Instant, Text, page_shape
from catalogue.segments.facts import COPY_STATES
from integrations.models import SyncState
from integrations.sync.truth import Connection, Definition

DEFINITION_STATES = list(get_args(Definition))
CONNECTION_STATES = list(get_args(Connection))


class DestinationShape(serializers.Serializer[Any]):
    """A configured account of a tool."""

    id = serializers.CharField(help_text="The key.")
    object = serializers.ChoiceField(choices=["destination"])
    key = serializers.CharField()
    url = serializers.CharField()
    connector = serializers.CharField(help_text="The kind of tool.")
    title = serializers.CharField()
    function = serializers.CharField(help_text="What the tool is for.")
    is_on = serializers.BooleanField()
    off_reason = serializers.CharField(allow_null=True, help_text="Why nothing is sent at present.")
    lists = serializers.IntegerField(help_text="How many segments it holds, of those you may see.")
    created_at = Instant()


DestinationPage = page_shape(DestinationShape, "DestinationPage")


class SyncShape(serializers.Serializer[Any]):
    """One sync of a segment's list: what was planned, and what the tool confirmed."""

    id = serializers.IntegerField()
    object = serializers.ChoiceField(choices=["sync"])
    destination = serializers.CharField()
    segment = serializers.CharField()
    state = serializers.ChoiceField(choices=SyncState.choices)
    sentence = serializers.CharField(help_text="What a person should know about the end.")
    from_membership_version = serializers.IntegerField(allow_null=True)
    to_membership_version = serializers.IntegerField()
    to_add = serializers.IntegerField()
    to_remove = serializers.IntegerField()
    added = serializers.IntegerField()
    removed = serializers.IntegerField()
    rejected = serializers.IntegerField()
    started_at = Instant()
    finished_at = Instant(allow_null=True)


SyncPage = page_shape(SyncShape, "SyncPage")


class DefinitionTruthShape(serializers.Serializer[Any]):
    """Does the tool hold our current definition?"""

    state = serializers.ChoiceField(choices=DEFINITION_STATES)
    held = serializers.CharField(help_text="The hash of the definition it holds; may be empty.")
    current = serializers.CharField()
    behind = serializers.IntegerField(
        allow_null=True, help_text="How many definition versions lie between them."
    )
    as_of = Instant(allow_null=True)
    evidence = serializers.CharField()


class PeopleTruthShape(serializers.Serializer[Any]):
    """Does the tool hold our current people? Never `equal` without a read-back."""

    state = serializers.ChoiceField(choices=COPY_STATES)
    held = serializers.IntegerField(allow_null=True)
    missing = serializers.IntegerField(allow_null=True)
    extra = serializers.IntegerField(allow_null=True)
    foreign = serializers.IntegerField(allow_null=True, help_text="On the list, and not ours.")
    held_version = serializers.IntegerField(allow_null=True)
    newest_version = serializers.IntegerField(allow_null=True)
    as_of = Instant(allow_null=True, help_text="When it was read back.")
    evidence = serializers.CharField()


class ConnectionTruthShape(serializers.Serializer[Any]):
    """Is the connection working?"""

    state = serializers.ChoiceField(choices=CONNECTION_STATES)
    as_of = Instant(allow_null=True)
    evidence = serializers.CharField()


class TruthShape(serializers.Serializer[Any]):
    """One segment in one tool, on three axes."""

    destination = serializers.CharField()
    segment = serializers.CharField()
    name = serializers.CharField(help_text="What the list is called over there.")
    definition = DefinitionTruthShape()
    people = PeopleTruthShape()
    connection = ConnectionTruthShape()


TruthPage = page_shape(TruthShape, "TruthPage")


class DriftQuery(Paged):
    """Which copies."""

    destination = serializers.CharField(required=False)
    segment = serializers.CharField(required=False)


class PauseShape(serializers.Serializer[Any]):
    """Why nothing is to be sent for now."""

    reason = Text(max_length=300)


class ApproveShape(serializers.Serializer[Any]):
    """Which sync may go past the brake, once: that to this version."""

    membership_version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
