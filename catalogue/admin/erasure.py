"""Erasures: asked for here, how far each is, and what proves every step of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from catalogue.admin.base import REFUSALS, ReadingAdmin, ServiceForm, WritingAdmin
from catalogue.admin.rights import is_site_admin, user_of
from catalogue.admin.shown import NOTHING, instant
from catalogue.models import Erasure, ErasureState, ErasureStep, VersionErasure, Via
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.privacy.erasing.labels import LABELS
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.tasks import erase, ring
from catalogue.warehouse.finding import Unreadable
from catalogue.web.components.states import badge

STATES = {
    ErasureState.ASKED: "idle",
    ErasureState.RUNNING: "info",
    ErasureState.WAITING: "warn",
    ErasureState.DONE: "good",
}


class ErasureForm(ServiceForm):
    """Whom, and why."""

    customer_id = forms.CharField(
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="As loaded. All ids that were merged with it are erased too. Nobody can undo it.",
    )

    class Meta:
        model = Erasure
        fields = ("reason",)
        widgets = {"reason": UnfoldAdminTextInputWidget()}
        help_texts = {"reason": "It stays as evidence, so name nobody in it."}


class StepInline(TabularInline):
    """The evidence, a line for each step."""

    model = ErasureStep
    extra = 0
    hide_title = True
    can_delete = False
    verbose_name_plural = "evidence"
    fields = ("what", "state", "count", "answer", "when")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the erasure."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: only the work itself adds evidence."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_add_permission`."""
        return False

    @admin.display(description="Step")
    def what(self, obj: ErasureStep) -> str:
        """What is done, or which tool was asked."""
        return obj.place or LABELS.get(obj.name, obj.name)

    @admin.display(description="State")
    def state(self, obj: ErasureStep) -> SafeString:
        """Whether it is done."""
        return badge("good", "Done") if obj.is_done else badge("warn", "Waits")

    @admin.display(description="At")
    def when(self, obj: ErasureStep) -> SafeString | str:
        """When it was done, or asked last."""
        return instant(obj.at)


@admin.register(Erasure)
class ErasureAdmin(WritingAdmin):
    """Asked for by site admins, never edited. Nobody is named, also not while it runs."""

    form = ErasureForm
    inlines = (StepInline,)
    refusals = (*REFUSALS, PrivacyRefused, Unreadable)
    object_type = "erasure"
    heavy = ("who",)
    list_display = ("number", "state_shown", "reason", "asked_by", "asked", "due", "done")
    list_filter = ("state", "asked_at")
    date_hierarchy = "asked_at"
    search_fields = ("reason", "asked_by")
    search_help_text = "Reason, who asked"
    fields = ("customer_id", "reason")
    read_fields = ("state_shown", "reason", "asked_by", "asked", "due", "done", "fault_shown")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The form of a new one; what is known of one that is there."""
        return self.read_fields if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of one that is there."""
        return self.read_fields if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> tuple[type[StepInline], ...]:
        """The evidence, once there is some."""
        return (StepInline,) if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Site admins; the service asks the same."""
        return is_site_admin(request)

    def save_model(self, request: HttpRequest, obj: Erasure, form: Any, change: bool) -> None:
        """Ask for it, and have a worker begin."""
        given = form.cleaned_data
        asked = request_erasure(
            customer_id=given["customer_id"],
            reason=given["reason"],
            now=timezone.now(),
            by=user_of(request),
            via=Via.ADMIN,
        )
        obj.pk = asked.pk
        transaction.on_commit(lambda: ring(erase, asked.pk))

    @admin.display(description="What went wrong")
    def fault_shown(self, obj: Erasure) -> str:
        """Why the newest attempt came to nothing; it is tried again."""
        return obj.fault or NOTHING

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
