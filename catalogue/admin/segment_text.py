"""Files of segments: how each was written. They are read by exporting the segment."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import link_to
from catalogue.models import SegmentText


@admin.register(SegmentText)
class SegmentTextAdmin(ReadingAdmin):
    """The text may name people listed by hand, so only its length is shown."""

    list_display = ("segment_shown", "lines")
    list_filter = ("segment__team",)
    list_select_related = ("segment",)
    search_fields = ("segment__key", "segment__name")
    search_help_text = "Segment"
    segment_path = "segment"
    fields = ("segment_shown", "lines")
    readonly_fields = fields

    def named(self, obj: SegmentText) -> str:
        """`File of Trial ending`."""
        return f"File of {obj.segment.name}"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: SegmentText) -> SafeString | str:
        """Whose file it is."""
        return link_to(obj.segment)

    @admin.display(description="Lines")
    def lines(self, obj: SegmentText) -> int:
        """How long it is."""
        return len(obj.text.splitlines())
