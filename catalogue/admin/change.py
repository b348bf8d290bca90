"""The log of changes."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.history import line_of, words_of
from catalogue.admin.rights import user_of
from catalogue.admin.shown import instant, link_to
from catalogue.models import Change, Segment


@admin.register(Change)
class ChangeAdmin(ReadingAdmin):
    """Added to by services, never edited."""

    list_display = ("when", "what", "object_type", "object_shown", "actor", "via", "message")
    list_display_links = ("when", "what")
    list_filter = ("object_type", "via", "team", "at")
    list_select_related = ("segment",)
    search_fields = ("object_key", "actor", "message", "kind")
    search_help_text = "Key, name of the person, message"
    date_hierarchy = "at"
    fields = ("when", "what", "object_type", "object_key", "actor", "via", "message", "lines")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Change]:
        """Without what was done to drafts that do not exist for whoever asks."""
        visible = Segment.objects.visible_to(user_of(request)).values("pk")
        rows: QuerySet[Change] = super().get_queryset(request)
        return rows.filter(Q(segment=None) | Q(segment__in=visible))

    def named(self, obj: Change) -> str:
        """`Published trial-ending`."""
        return f"{words_of(obj.kind)} {obj.object_key}"

    @admin.display(description="When", ordering="at")
    def when(self, obj: Change) -> SafeString | str:
        """When it was done."""
        return instant(obj.at)

    @admin.display(description="What", ordering="kind")
    def what(self, obj: Change) -> str:
        """What was done."""
        return words_of(obj.kind)

    @admin.display(description="To", ordering="object_key")
    def object_shown(self, obj: Change) -> SafeString | str:
        """What it was done to."""
        return link_to(obj.segment) if obj.segment else obj.object_key

    @admin.display(description="Fields")
    def lines(self, obj: Change) -> SafeString:
        """What changed, before and after."""
        return render_to_string("admin/change_fields.html", {"change": line_of(obj)})
