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

    list_display = ("source", "kind", "segment_shown", "n", "on", "strength", "expires_on")
    list_filter = ("kind", "strength", "segment__team", "expires_on")
    list_select_related = ("segment",)
    search_fields = ("source", "claim", "segment__key", "segment__name")
    search_help_text = "Source, claim, segment"
    segment_path = "segment"
    fields = ("segment_shown", "kind", "source", "claim", "n", "on", "strength", "expires_on")
    readonly_fields = fields

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: Evidence) -> SafeString | str:
        """What it supports."""
        return link_to(obj.segment)
