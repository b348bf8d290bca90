"""Erasures: how far each is, and what proves every step of it."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from catalogue.admin.base import ReadingAdmin
from catalogue.admin.shown import NOTHING, instant
from catalogue.models import Erasure, ErasureState, ErasureStep, VersionErasure
from catalogue.web.components.states import badge

STATES = {
    ErasureState.ASKED: "idle",
    ErasureState.RUNNING: "info",
    ErasureState.WAITING: "warn",
    ErasureState.DONE: "good",
}


@admin.register(Erasure)
class ErasureAdmin(ReadingAdmin):
    """Nobody is named, also not while it runs."""

    object_type = "erasure"
    heavy = ("who",)
    list_display = ("number", "state_shown", "reason", "asked_by", "asked", "due", "done")
    list_filter = ("state", "asked_at")
    date_hierarchy = "asked_at"
    fields = ("state_shown", "reason", "asked_by", "asked", "due", "done", "fault")
    readonly_fields = fields

    def named(self, obj: Erasure) -> str:
        """`Erasure 3`."""
        return f"Erasure {obj.pk}"

    @admin.display(description="Erasure", ordering="pk")
    def number(self, obj: Erasure) -> str:
        """Its number."""
        return f"Erasure {obj.pk}"

    @admin.display(description="State", ordering="state")
    def state_shown(self, obj: Erasure) -> SafeString:
        """Where it is."""
        state = ErasureState(obj.state)
        return badge(STATES[state], state.label)

    @admin.display(description="Asked for", ordering="asked_at")
    def asked(self, obj: Erasure) -> SafeString | str:
        """When it was asked for."""
        return instant(obj.asked_at)

    @admin.display(description="Due", ordering="due_at")
    def due(self, obj: Erasure) -> SafeString | str:
        """By when it has to be done."""
        return instant(obj.due_at)

    @admin.display(description="Done", ordering="done_at")
    def done(self, obj: Erasure) -> SafeString | str:
        """When the last trace was gone."""
        return instant(obj.done_at) if obj.done_at else NOTHING


@admin.register(ErasureStep)
class ErasureStepAdmin(ReadingAdmin):
    """The evidence, one line a step."""

    list_display = ("name", "erasure", "place", "is_done", "count", "answer", "at")
    list_filter = ("name", "is_done", "at")
    list_select_related = ("erasure",)
    fields = list_display
    readonly_fields = fields

    def named(self, obj: ErasureStep) -> str:
        """`versions of erasure 3`."""
        return f"{obj.name} of erasure {obj.erasure_id}"


@admin.register(VersionErasure)
class VersionErasureAdmin(ReadingAdmin):
    """Which membership versions were rewritten, and for which erasure."""

    list_display = ("__str__", "erasure", "cleared", "sha256_before", "sha256_after", "at")
    list_filter = ("at",)
    list_select_related = ("erasure",)
    segment_path = "membership__segment"
    fields = ("erasure", "cleared", "sha256_before", "sha256_after", "at")
    readonly_fields = fields

    def named(self, obj: VersionErasure) -> str:
        """`Membership version 12 in erasure 3`."""
        return f"Membership version {obj.membership_id} in erasure {obj.erasure_id}"
