"""Drift: what a list really held, compared with what its tool had confirmed."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import instant, number_as_of
from catalogue.web.components.states import badge
from integrations.models import DriftReport


@admin.register(DriftReport)
class DriftReportAdmin(ReadingAdmin):
    """Written after each read-back. Who differs is not shown here: those are people."""

    list_display = ("read", "list_name", "verdict", "held_shown", "missing", "extra", "foreign")
    list_filter = ("audience__destination", "verifiable", "as_of")
    list_select_related = ("audience__destination",)
    search_fields = ("audience__segment_key", "audience__destination__key", "note")
    search_help_text = "Segment, tool, words of the note"
    date_hierarchy = "as_of"
    heavy = ("evidence", "audience__acknowledged", "audience__uncertain", "audience__sent")
    fields = (
        "list_name",
        "verdict",
        "read",
        "version_shown",
        "held_shown",
        "expected",
        "missing",
        "extra",
        "foreign",
        "note",
    )
    readonly_fields = fields

    def named(self, obj: DriftReport) -> str:
        """`Drift of trial-ending in newsletter`."""
        return f"Drift of {self.list_name(obj)}"

    @admin.display(description="Read", ordering="as_of")
    def read(self, obj: DriftReport) -> SafeString | str:
        """When the list was read."""
        return instant(obj.as_of)

    @admin.display(description="List", ordering="audience__segment_key")
    def list_name(self, obj: DriftReport) -> str:
        """Which segment in which tool."""
        return f"{obj.audience.segment_key} in {obj.audience.destination.key}"

    @admin.display(description="Verdict")
    def verdict(self, obj: DriftReport) -> SafeString:
        """Whether the tool and we agree."""
        if not obj.verifiable:
            return badge("idle", "Cannot be read", detail=obj.note)
        return badge("bad", "Differs") if obj.is_different else badge("good", "Equal")

    @admin.display(description="Held", ordering="held")
    def held_shown(self, obj: DriftReport) -> SafeString | str:
        """How many it held."""
        return number_as_of(obj.held, obj.as_of, "read back") if obj.verifiable else "not known"

    @admin.display(description="Confirmed by then", ordering="version")
    def version_shown(self, obj: DriftReport) -> str:
        """The membership version confirmed by then."""
        return f"m{obj.version}" if obj.version else "none"
