"""Members that tools will not take, and identities they were sent under: reasons, never people."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import instant
from integrations.errors import redact
from integrations.models import Rejection, SentIdentity

LISTS = ("audience__acknowledged", "audience__uncertain", "audience__sent")


@admin.register(Rejection)
class RejectionAdmin(ReadingAdmin):
    """Parked until something about the member changes."""

    list_display = ("ordinal_shown", "list_name", "side", "operation", "why", "when")
    list_filter = ("side", "operation", "audience__destination", "at")
    list_select_related = ("audience__destination",)
    search_fields = ("audience__segment_key", "audience__destination__key")
    search_help_text = "Segment, tool"
    date_hierarchy = "at"
    heavy = ("identity_hash", *LISTS)
    fields = list_display
    readonly_fields = fields

    def named(self, obj: Rejection) -> str:
        """`Ordinal 12 in newsletter`."""
        return f"Ordinal {obj.ordinal} in {obj.audience.destination.key}"

    @admin.display(description="Ordinal", ordering="ordinal")
    def ordinal_shown(self, obj: Rejection) -> str:
        """The number that stands for the member."""
        return str(obj.ordinal)

    @admin.display(description="List", ordering="audience__segment_key")
    def list_name(self, obj: Rejection) -> str:
        """Which segment in which tool."""
        return f"{obj.audience.segment_key} in {obj.audience.destination.key}"

    @admin.display(description="Why", ordering="reason")
    def why(self, obj: Rejection) -> str:
        """What was said, without addresses."""
        return redact(obj.reason)

    @admin.display(description="When", ordering="at")
    def when(self, obj: Rejection) -> SafeString | str:
        """When it was refused."""
        return instant(obj.at)


@admin.register(SentIdentity)
class SentIdentityAdmin(ReadingAdmin):
    """That somebody was sent, and where; not as whom."""

    list_display = ("ordinal_shown", "list_name")
    list_filter = ("audience__destination",)
    list_select_related = ("audience__destination",)
    search_fields = ("audience__segment_key", "audience__destination__key")
    search_help_text = "Segment, tool"
    heavy = ("identity", *LISTS)
    fields = list_display
    readonly_fields = fields

    def named(self, obj: SentIdentity) -> str:
        """`Ordinal 12 in newsletter`."""
        return f"Ordinal {obj.ordinal} in {obj.audience.destination.key}"

    @admin.display(description="Ordinal", ordering="ordinal")
    def ordinal_shown(self, obj: SentIdentity) -> str:
        """The number that stands for the member."""
        return str(obj.ordinal)

    @admin.display(description="List", ordering="audience__segment_key")
    def list_name(self, obj: SentIdentity) -> str:
        """Which segment in which tool."""
        return f"{obj.audience.segment_key} in {obj.audience.destination.key}"
