"""Metrics of the company's own: what each measures, whose it is, and whether it is measured."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget

from catalogue.admin.base import ServiceForm, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import instant
from catalogue.metrics.defining import (
    archive_metric,
    define_metric,
    edit_metric,
    token_of,
    unarchive_metric,
)
from catalogue.metrics.registry import own_of
from catalogue.models import Metric, Reading, User, Via
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.components.states import badge

FIELDS = ("name", "meaning", "unit", "direction", "definition")


class MetricForm(ServiceForm):
    """A metric: its key is for ever."""

    owner = forms.ModelChoiceField(
        queryset=User.objects.filter(is_active=True).order_by("email"), required=False
    )

    class Meta:
        model = Metric
        fields = ("key", *FIELDS, "owner")
        widgets = {"key": UnfoldAdminTextInputWidget(), "unit": UnfoldAdminTextInputWidget()}
        help_texts = {
            "key": "Small letters and digits, joined by _ or -; for ever.",
            "unit": "What the number counts: days, EUR, tickets. A share needs none.",
            "definition": "A measure, or {“share”: condition}, or {“ratio”: [measure, measure]}.",
        }


@admin.register(Metric)
class MetricAdmin(WritingAdmin):
    """Defined by those who make segments; archived, never deleted."""

    form = MetricForm
    object_type = "metric"
    list_display = ("name", "key", "unit", "direction", "owner", "state")
    list_filter = ("direction", "archived_at", "owner")
    list_select_related = ("owner",)
    search_fields = ("key", "name", "meaning")
    search_help_text = "Key, name, meaning"
    ordering = ("name",)
    fields = ("key", *FIELDS, "owner", "says", "state", "measured")
    readonly_fields = ("says", "state", "measured")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin; the service asks the same."""
        return may_enter(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `has_add_permission`."""
        return may_enter(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The key, once it is given."""
        return (*self.readonly_fields, *(("key",) if obj else ()))

    def buttons(self, request: HttpRequest, obj: Metric) -> list[Button]:
        """Archive it, or bring it back; its page."""
        page = Button(name="page", label="Page of the metric", url=f"/metrics/{obj.key}/")
        if obj.archived_at is not None:
            title = "It is measured again from the next measuring on."
            return [Button(name="bring", label="Bring back", press=self.bring, title=title), page]
        title = "It is measured no more; its readings stay."
        return [
            Button(name="archive", label="Archive metric", press=self.archive, title=title),
            page,
        ]

    def archive(self, request: HttpRequest, obj: Metric) -> str:
        """Measure it no more."""
        archive_metric(key=obj.key, by=user_of(request), via=Via.ADMIN)
        return f"“{obj.name}” is archived. Its readings stay."

    def bring(self, request: HttpRequest, obj: Metric) -> str:
        """Measure it again."""
        unarchive_metric(key=obj.key, by=user_of(request), via=Via.ADMIN)
        return f"“{obj.name}” is measured again from the next measuring on."

    def save_model(self, request: HttpRequest, obj: Metric, form: Any, change: bool) -> None:
        """Define it, or change it."""
        given = form.cleaned_data
        owner = given["owner"].email if given["owner"] else ""
        document = {**{name: given[name] for name in FIELDS}, "owner": owner}
        by = user_of(request)
        if change:
            stored = Metric.objects.get(pk=obj.pk)
            token = token_of(stored)
            edit_metric(key=obj.key, document=document, token=token, by=by, via=Via.ADMIN)
            return
        document["key"] = given["key"]
        obj.pk = define_metric(document=document, by=by, via=Via.ADMIN).pk

    @admin.display(description="In words")
    def says(self, obj: Metric) -> str:
        """The formula in English."""
        found = own_of(obj, stored_labels(None))
        return found.problem or found.says

    @admin.display(description="State", ordering="archived_at")
    def state(self, obj: Metric) -> SafeString:
        """Whether it is measured."""
        return badge("good", "Measured") if obj.archived_at is None else badge("idle", "Archived")

    @admin.display(description="Last measured")
    def measured(self, obj: Metric) -> SafeString | str:
        """When a segment was last measured by it."""
        rows = Reading.objects.filter(metric=obj.key).order_by("-as_of")
        return instant(rows.values_list("as_of", flat=True).first())
