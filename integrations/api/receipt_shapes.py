"""Reports of tools that pull. Numbers only, never a person."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalogue.api.paging import Paged
from catalogue.api.shapes.fields import Instant, Text, page_shape
from integrations.models import ReceiptVerdict

MOST = 2**31 - 1


class ReceiptsQuery(Paged):
    """Which receipts."""

    tool = serializers.CharField(required=False, max_length=80, help_text="Those of this tool.")


class NewReceiptShape(serializers.Serializer[Any]):
    """What a tool holds of a segment."""

    tool = Text(max_length=80, help_text="What you call the tool; always the same.")
    membership_version = serializers.IntegerField(
        min_value=1, max_value=MOST, help_text="The version that was pulled or followed to."
    )
    count = serializers.IntegerField(min_value=0, max_value=MOST, help_text="How many it holds.")
    checksum = serializers.RegexField(
        r"^[0-9a-fA-F]{16}\Z",
        help_text="The sum of the first 8 bytes of SHA-256 of each id, big-endian, modulo 2^64, as"
        " 16 hexadecimal digits: as pages of members give it.",
    )
    as_of = Instant(help_text="When the tool held this.")


class ReceiptShape(serializers.Serializer[Any]):
    """A report, and how it compares with the membership version that it names."""

    id = serializers.IntegerField()
    object = serializers.ChoiceField(choices=["receipt"])
    segment = serializers.CharField()
    tool = serializers.CharField()
    membership_version = serializers.IntegerField()
    count = serializers.IntegerField()
    checksum = serializers.CharField()
    as_of = Instant()
    verdict = serializers.ChoiceField(choices=ReceiptVerdict.choices)
    expected_count = serializers.IntegerField(
        allow_null=True, help_text="How many that version had when it was compared."
    )
    evidence = serializers.CharField()
    reported_by = serializers.CharField()
    reported_at = Instant()


ReceiptPage = page_shape(ReceiptShape, "ReceiptPage")
