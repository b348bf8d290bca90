"""What tools did about people who were erased."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import instant
from integrations.models import ToolErasure


@admin.register(ToolErasure)
class ToolErasureAdmin(ReadingAdmin):
    """The evidence, and nobody in it."""

    list_display = ("ordinal_shown", "tool", "evidence", "asked", "done")
    list_filter = ("destination",)
    list_select_related = ("destination",)
    search_fields = ("destination__key", "evidence")
    search_help_text = "Tool, its answer"
    fields = list_display
    readonly_fields = fields

    def named(self, obj: ToolErasure) -> str:
        """`Ordinal 12 in crm`."""
        return f"Ordinal {obj.ordinal} in {obj.destination.key}"

    @admin.display(description="Ordinal", ordering="ordinal")
    def ordinal_shown(self, obj: ToolErasure) -> str:
        """The number that stood for the person."""
        return str(obj.ordinal)

    @admin.display(description="Tool", ordering="destination__key")
    def tool(self, obj: ToolErasure) -> str:
        """Which tool it is."""
        return obj.destination.key

    @admin.display(description="Asked", ordering="asked_at")
    def asked(self, obj: ToolErasure) -> SafeString | str:
        """When it was asked first."""
        return instant(obj.asked_at)

    @admin.display(description="Done", ordering="done_at")
    def done(self, obj: ToolErasure) -> SafeString | str:
        """When nothing more was waited for."""
        return instant(obj.done_at)
