"""Receipts: what tools that pull said they hold, and whether that was right."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import instant
from catalogue.web.components.states import badge
from integrations.models import Receipt, ReceiptVerdict


@admin.register(Receipt)
class ReceiptAdmin(ReadingAdmin):
    """Written by tools over the API, compared when they come."""

    list_display = ("reported", "segment_key", "tool", "said", "held_at", "actor")
    list_filter = ("verdict", "at")
    search_fields = ("segment_key", "tool")
    search_help_text = "Segment, tool"
    date_hierarchy = "at"
    fields = (*list_display, "membership_version", "count", "expected", "checksum")
    readonly_fields = fields

    def named(self, obj: Receipt) -> str:
        """`Receipt of trial-ending from warehouse`."""
        return f"Receipt of {obj.segment_key} from {obj.tool}"

    @admin.display(description="Reported", ordering="at")
    def reported(self, obj: Receipt) -> SafeString | str:
        """When the report came."""
        return instant(obj.at)

    @admin.display(description="Held at", ordering="as_of")
    def held_at(self, obj: Receipt) -> SafeString | str:
        """When the tool held this."""
        return instant(obj.as_of)

    @admin.display(description="Verdict", ordering="verdict")
    def said(self, obj: Receipt) -> SafeString:
        """Whether it is right, and what that rests on."""
        tones = {ReceiptVerdict.EQUAL: "good", ReceiptVerdict.UNKNOWN_VERSION: "idle"}
        verdict = ReceiptVerdict(obj.verdict)
        return badge(tones.get(verdict, "bad"), verdict.label, detail=obj.evidence)
