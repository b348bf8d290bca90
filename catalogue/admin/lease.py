"""Leases, and the counters of ordinals: the ledger's own bookkeeping."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import count, instant
from catalogue.models import Lease, OrdinalCounter


@admin.register(Lease)
class LeaseAdmin(ReadingAdmin):
    """Who may do a thing now; free again when its time is over."""

    list_display = ("name", "holder", "fence", "until")
    search_fields = ("name", "holder")
    fields = list_display
    readonly_fields = fields

    @admin.display(description="Held until", ordering="expires_at")
    def until(self, obj: Lease) -> SafeString | str:
        """When it is free again."""
        return instant(obj.expires_at)


@admin.register(OrdinalCounter)
class OrdinalCounterAdmin(ReadingAdmin):
    """The next free number; never used twice."""

    list_display = ("subject", "next_shown")
    fields = list_display
    readonly_fields = fields

    @admin.display(description="Next ordinal", ordering="next")
    def next_shown(self, obj: OrdinalCounter) -> str:
        """The number the next one gets."""
        return count(obj.next)
