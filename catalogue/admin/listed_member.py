"""Ids listed by hand. Whose they are is shown on the pages, to those who may see people."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.pages import segment_page
from catalogue.admin.shown import link_to
from catalogue.models import ListedMember


@admin.register(ListedMember)
class ListedMemberAdmin(ReadingAdmin):
    """How many there are and where; not who. They are kept in the files of their segments."""

    list_display = ("row", "segment_shown", "kind")
    list_filter = ("kind", "segment__team")
    list_select_related = ("segment",)
    search_fields = ("segment__key", "segment__name")
    search_help_text = "Segment"
    segment_path = "segment"
    heavy = ("customer_id",)
    fields = ("row", "segment_shown", "kind")
    readonly_fields = fields

    def named(self, obj: ListedMember) -> str:
        """Its number; the id is a person's."""
        return f"Row {obj.pk}"

    def buttons(self, request: HttpRequest, obj: ListedMember) -> list[Button]:
        """People are shown to those who may see them."""
        return [Button(name="people", label="People", url=segment_page(obj.segment.key, "people"))]

    @admin.display(description="Row", ordering="pk")
    def row(self, obj: ListedMember) -> str:
        """The number of the row."""
        return f"Row {obj.pk}"

    @admin.display(description="Segment", ordering="segment__name")
    def segment_shown(self, obj: ListedMember) -> SafeString | str:
        """Where it is listed."""
        return link_to(obj.segment)
