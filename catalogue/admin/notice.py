"""Alerts: who was told of what, and whether they have seen it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.rights import user_of
from catalogue.admin.shown import instant
from catalogue.models import Notice


@admin.register(Notice)
class NoticeAdmin(ReadingAdmin):
    """Written by the program; marked as seen on the home page of whoever is told."""

    list_display = ("told", "user", "reason", "mailed", "seen")
    list_filter = ("created_at", "seen_at")
    list_select_related = ("user",)
    search_fields = ("reason", "user__email", "user__username")
    search_help_text = "Reason, login"
    date_hierarchy = "created_at"
    fields = ("user", "reason", "link", "told", "mailed", "seen")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Of site admins all; of others their own: a reason may name segments private to a team."""
        rows, user = super().get_queryset(request), user_of(request)
        return rows if user.is_superuser else rows.filter(user=user.pk)

    def named(self, obj: Notice) -> str:
        """`Alert 12`."""
        return f"Alert {obj.pk}"

    @admin.display(description="Told", ordering="created_at")
    def told(self, obj: Notice) -> SafeString | str:
        """When."""
        return instant(obj.created_at)

    @admin.display(description="Mailed", ordering="mailed_at")
    def mailed(self, obj: Notice) -> SafeString | str:
        """When it was sent."""
        return instant(obj.mailed_at)

    @admin.display(description="Seen", ordering="seen_at")
    def seen(self, obj: Notice) -> SafeString | str:
        """When it was marked as seen."""
        return instant(obj.seen_at)
