"""Evidence: what a segment's why rests on. It is written in the form of the segment."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import link_to
from catalogue.models import Evidence


@admin.register(Evidence)
class EvidenceAdmin(ReadingAdmin):
    """One piece of research a line."""

    list_display = ("source", "kind", "segment_shown", "n", "on")
    list_filter = ("kind", "segment__team")
    list_select_related = ("segment",)
    search_fields = ("source", "segment__key", "segment__name")
    search_help_text = "Source, segment"
    segment_path = "segment"
    fields = ("segment_shown", "kind", "source", "n", "on")
    readonly_fields = fields

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Evidence) -> SafeString | str:
        """What it supports."""
        return link_to(obj.segment)
