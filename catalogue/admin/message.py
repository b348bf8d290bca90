"""Messages: what each function says. They are written in the form of the segment."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import link_to
from catalogue.models import MessageGuide


@admin.register(MessageGuide)
class MessageGuideAdmin(ReadingAdmin):
    """One message for each function of a segment."""

    list_display = ("function_shown", "segment_shown", "text")
    list_filter = ("function", "segment__team")
    list_select_related = ("segment",)
    search_fields = ("text", "segment__key", "segment__name")
    search_help_text = "Words of the message, segment"
    segment_path = "segment"
    fields = ("segment_shown", "function_shown", "text")
    readonly_fields = fields

    def named(self, obj: MessageGuide) -> str:
        """`Sales to Trial ending`."""
        return f"{self.function_shown(obj)} to {obj.segment.name}"

    @admin.display(description="Function", ordering="function")
    def function_shown(self, obj: MessageGuide) -> str:
        """Who says it."""
        return obj.function.replace("_", " ").capitalize()

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: MessageGuide) -> SafeString | str:
        """To whom."""
        return link_to(obj.segment)
