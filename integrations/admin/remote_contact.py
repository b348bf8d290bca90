"""The ids that tools have told us of people."""

from __future__ import annotations

from django.contrib import admin

from catalogue.admin.base import ReadingAdmin
from integrations.models import RemoteContact


@admin.register(RemoteContact)
class RemoteContactAdmin(ReadingAdmin):
    """That a tool knows somebody, and by what id of its own."""

    list_display = ("ordinal_shown", "tool", "remote_id")
    list_filter = ("destination",)
    list_select_related = ("destination",)
    search_fields = ("remote_id", "destination__key")
    search_help_text = "The tool's id, tool"
    fields = list_display
    readonly_fields = fields

    def named(self, obj: RemoteContact) -> str:
        """`Ordinal 12 in crm`."""
        return f"Ordinal {obj.ordinal} in {obj.destination.key}"

    @admin.display(description="Ordinal", ordering="ordinal")
    def ordinal_shown(self, obj: RemoteContact) -> str:
        """The number that stands for the person."""
        return str(obj.ordinal)

    @admin.display(description="Tool", ordering="destination__key")
    def tool(self, obj: RemoteContact) -> str:
        """Which tool told it."""
        return obj.destination.key
