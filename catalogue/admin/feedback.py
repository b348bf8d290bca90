"""Feedback from the front, without the people it is about."""

from __future__ import annotations

from django.contrib import admin

from catalogue.admin.review import OfSegment
from catalogue.models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(OfSegment):
    """Whom it is about, and the note on them, are seen on the pages of people alone."""

    list_display = ("segment_shown", "fits", "reason_shown", "who", "at")
    list_filter = ("fits", "reason", "segment__team", "at")
    fields = list_display
    readonly_fields = fields
    heavy = ("ordinal", "note")

    def named(self, obj: Feedback) -> str:
        """`Feedback on Trial ending by Lena Vogt`."""
        return f"Feedback on {obj.segment.name} by {obj.who}"

    @admin.display(description="Reason", ordering="reason")
    def reason_shown(self, obj: Feedback) -> str:
        """Why somebody does not fit."""
        return obj.get_reason_display() if obj.reason else "–"
