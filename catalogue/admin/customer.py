"""Customers and accounts as rows: numbers and states. Who they are leaves the house through
`catalogue.published` alone, and is shown at /customers/ to those who may see people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.rights import is_site_admin
from catalogue.admin.shown import instant
from catalogue.models import Account, Customer
from catalogue.web.components.states import badge


class SubjectAdmin(ReadingAdmin):
    """What customers and accounts share: a number, whether it is alive, since when."""

    list_display = ("ordinal_shown", "state", "since")
    list_display_links = None
    list_filter: Sequence[Any] = (("deleted_at", admin.EmptyFieldListFilter), "created_at")
    date_hierarchy = "created_at"
    fields = list_display
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Site admins, and lists only: a row is headed with the id of a person."""
        return is_site_admin(request) and obj is None

    def named(self, obj: Customer | Account) -> str:
        """The ordinal; the id is a person's."""
        return f"Ordinal {obj.ordinal}"

    @admin.display(description="Ordinal", ordering="ordinal")
    def ordinal_shown(self, obj: Customer | Account) -> str:
        """The number that stands for it in bitmaps."""
        return str(obj.ordinal)

    @admin.display(description="State", ordering="deleted_at")
    def state(self, obj: Customer | Account) -> SafeString:
        """Alive, merged into another one, or erased."""
        if obj.deleted_at is not None:
            return badge("idle", "Erased")
        if getattr(obj, "merged_into_id", None) is not None:
            return badge("mark", "Merged", detail=f"into ordinal {obj.merged_into_id}")  # type: ignore[union-attr]
        return badge("good", "Alive")

    @admin.display(description="Known since", ordering="created_at")
    def since(self, obj: Customer | Account) -> SafeString | str:
        """When it was first loaded."""
        return instant(obj.created_at)


@admin.register(Customer)
class CustomerAdmin(SubjectAdmin):
    """The people segmented."""

    list_filter = (
        ("deleted_at", admin.EmptyFieldListFilter),
        ("merged_into", admin.EmptyFieldListFilter),
        "created_at",
    )


@admin.register(Account)
class AccountAdmin(SubjectAdmin):
    """The companies and households they belong to."""
