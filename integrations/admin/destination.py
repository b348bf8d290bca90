"""Tools: set up, tested, switched off and on. Never deleted: what was sent is remembered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.debug import sensitive_post_parameters
from unfold.widgets import UnfoldAdminTextInputWidget

from catalogue.admin.asking import Question, ask
from catalogue.admin.base import REFUSALS, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import count, instant
from catalogue.models import Via
from catalogue.web.components.states import badge
from integrations import registry
from integrations.admin.destination_form import DestinationForm, KindForm, kinds
from integrations.errors import ConfigError, IntegrationError, redact
from integrations.models import Destination
from integrations.sync.destinations import (
    check_destination,
    save_destination,
    secrets_of,
    set_use,
)


class OffForm(forms.Form):
    """Why nothing is sent."""

    reason = forms.CharField(
        label="Why",
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="Shown wherever somebody wonders why it stands still.",
    )


@admin.register(Destination)
class DestinationAdmin(WritingAdmin):
    """Seen to by team admins and site admins; they belong to no team."""

    object_type = "tool"
    refusals = (*REFUSALS, IntegrationError)
    list_display = ("key", "kind", "state", "lists_shown", "identity", "since")
    list_filter = ("connector",)
    search_fields = ("key", "connector")
    search_help_text = "Name, kind"
    ordering = ("key",)
    heavy = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Destination]:
        """With how many lists each holds."""
        rows: QuerySet[Destination] = super().get_queryset(request)
        return rows.annotate(list_count=Count("audiences"))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin."""
        return may_enter(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin."""
        return may_enter(request)

    @method_decorator(sensitive_post_parameters())
    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form of its kind; for a new one, which kind it is comes first."""
        if object_id is None and self._about(request, None) is None:
            return self._ask_kind(request)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _about(self, request: HttpRequest, obj: Destination | None) -> Any:
        name = obj.connector if obj is not None else request.GET.get("connector", "")
        try:
            return registry.manifest(name)
        except ConfigError:
            return None

    def _ask_kind(self, request: HttpRequest) -> HttpResponse:
        form = KindForm(request.POST or None, kinds=kinds())
        if request.method == "POST" and form.is_valid():
            return redirect(f"{self.page_url('add')}?connector={form.cleaned_data['connector']}")
        question = Question(
            title="Which kind of tool?",
            said="What has to be said about it depends on its kind.",
            form=form,
            button="Go on",
            back=self.page_url("changelist"),
        )
        return ask(self, request, question)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form that the manifest asks for."""
        about = self._about(request, obj)
        form = type("DestinationForm", (DestinationForm,), {"about": about})
        kwargs["fields"] = [] if obj is not None else ["key"]
        return super().get_form(request, obj, change, **{**kwargs, "form": form})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The name, then what the manifest asks for."""
        about = self._about(request, obj)
        if about is None:
            return ((None, {"fields": ("key", "kind")}),)
        form = type("DestinationForm", (DestinationForm,), {"about": about})
        own = [name for name in form(instance=obj).fields if name != "key"]
        first = ["key", "kind", "state", "since"] if obj is not None else ["key"]
        return ((None, {"fields": first}), (about.title, {"fields": own}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Name and kind, once it is there."""
        return ("key", "kind", "state", "since") if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Destination, form: Any, change: bool) -> None:
        """Keep it; nothing is sent."""
        saved = save_destination(
            key=obj.key if change else form.cleaned_data["key"],
            connector=form.about.name,
            options=form.options(),
            secrets=form.secrets(),
            by=user_of(request),
            via=Via.ADMIN,
        )
        obj.pk, obj.key = saved.pk, saved.key

    def buttons(self, request: HttpRequest, obj: Destination) -> list[Button]:
        """Test, and switch off or on."""
        if not self.has_change_permission(request, obj):
            return []
        title = "Asks the tool whether it is there and knows us. Nobody is sent."
        test = Button(name="test", label="Test connection", press=self.test, title=title)
        if obj.off_reason:
            return [test, Button(name="on", label="Switch on", press=self.switch_on)]
        off = Button(name="off", label="Switch off…", url=self.page_url("off", obj.pk))
        return [test, off]

    def test(self, request: HttpRequest, obj: Destination) -> str:
        """What the tool itself says."""
        secrets = secrets_of(obj)
        try:
            return redact(check_destination(obj), secrets)
        except IntegrationError as fault:
            raise ConfigError(redact(str(fault), secrets)) from None

    def switch_on(self, request: HttpRequest, obj: Destination) -> str:
        """Send again."""
        set_use(destination=obj, off_reason="", by=user_of(request), via=Via.ADMIN)
        return f"{obj.key} is in use again; what differs is sent with the next tick."

    def more_urls(self) -> list[URLPattern]:
        """The page that asks why it is switched off."""
        return [self.page("<path:object_id>/off/", "off", self.off_view)]

    def off_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Switch it off, and say why."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        form = OffForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            set_use(destination=obj, off_reason=reason, by=user_of(request), via=Via.ADMIN)
            return redirect(self.url_of(obj))
        question = Question(
            title=f"Switch {obj.key} off",
            said="Nothing is sent there, and nobody is removed, until it is switched on again.",
            form=form,
            button="Switch off",
            back=self.url_of(obj),
        )
        return ask(self, request, question)

    @admin.display(description="Kind", ordering="connector")
    def kind(self, obj: Destination) -> str:
        """What kind of tool it is."""
        about = self._about_of(obj)
        return about.title if about is not None else obj.connector

    def _about_of(self, obj: Destination) -> Any:
        try:
            return registry.manifest(obj.connector)
        except ConfigError:
            return None

    @admin.display(description="State", ordering="off_reason")
    def state(self, obj: Destination) -> SafeString:
        """Whether anything is sent there."""
        if not obj.off_reason:
            return badge("good", "In use")
        return format_html("{} {}", badge("warn", "Switched off"), obj.off_reason)

    @admin.display(description="Lists", ordering="list_count")
    def lists_shown(self, obj: Any) -> str:
        """How many segments it holds."""
        return count(obj.list_count)

    @admin.display(description="Added", ordering="created_at")
    def since(self, obj: Destination) -> SafeString | str:
        """When it was added."""
        return instant(obj.created_at)
