"""The settings of the workspace: one row."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextareaWidget

from catalogue.admin.base import ServiceForm, WritingAdmin
from catalogue.admin.rights import user_of
from catalogue.metrics.workspace_settings import FIELDS, edit_workspace
from catalogue.models import Via, Workspace
from catalogue.permissions import can_set_workspace

EVENTS = "A list of names of events, as in [“app_opened”]."


class WorkspaceForm(ServiceForm):
    """What the service takes."""

    class Meta:
        model = Workspace
        fields = FIELDS
        help_texts = {
            "active_events": f"{EVENTS} Empty: any event means active.",
            "converted_events": EVENTS,
            "cancelled_events": EVENTS,
            "revenue": "{“event”: …, “property”: …, “currency”: “EUR”}; with “currency_property”"
            " where each amount says its own.",
            "fewest_people": "A number measured on fewer is hidden.",
        }
        widgets = {"revenue": UnfoldAdminTextareaWidget()}


@admin.register(Workspace)
class WorkspaceAdmin(WritingAdmin):
    """Set by site admins; read by every admin."""

    form = WorkspaceForm
    object_type = "workspace"
    list_display = ("__str__", "fewest_people", "updated_at")
    fields = FIELDS

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Site admins; the service asks the same."""
        return can_set_workspace(user_of(request))

    def named(self, obj: Workspace) -> str:
        """What its page is headed with."""
        return "What holds for the workspace"

    def history_key(self, obj: Workspace) -> str:
        """What the log of changes calls it."""
        return "workspace"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Once: until then everything is as it comes."""
        return can_set_workspace(user_of(request)) and not Workspace.objects.exists()

    def save_model(self, request: HttpRequest, obj: Workspace, form: Any, change: bool) -> None:
        """Keep what was said."""
        given = {name: form.cleaned_data[name] for name in FIELDS}
        for name in ("active_events", "converted_events", "cancelled_events"):
            given[name] = given[name] or []
        obj.pk = edit_workspace(document=given, by=user_of(request), via=Via.ADMIN).pk
