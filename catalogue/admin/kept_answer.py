"""Answers kept for programs that ask twice."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.rights import is_site_admin
from catalogue.admin.shown import instant
from catalogue.models import KeptAnswer


@admin.register(KeptAnswer)
class KeptAnswerAdmin(ReadingAdmin):
    """That a request was answered, and with what status; what it said stays where it is."""

    list_display = ("owner", "key", "status", "began")
    list_filter = ("status", "started_at")
    date_hierarchy = "started_at"
    heavy = ("body", "headers", "digest")
    fields = list_display
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Site admins."""
        return is_site_admin(request)

    @admin.display(description="Began", ordering="started_at")
    def began(self, obj: KeptAnswer) -> SafeString | str:
        """When it was asked."""
        return instant(obj.started_at)
