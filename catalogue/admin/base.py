"""What every page of the admin has: reading for every admin, nothing else unless a noun says so,
a history of our own, and refusals of services as errors of the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.admin import ModelAdmin

from catalogue.admin.buttons import Button
from catalogue.admin.history import changes_of
from catalogue.admin.rights import may_enter, user_of
from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment
from catalogue.segments.refusals import SegmentRefused

# What services raise when they do not do what was asked; the messages are for people.
REFUSALS: tuple[type[Exception], ...] = (SegmentRefused, DefinitionError)


# The column of a list that leads to the segment of a row.
TO_SEGMENT = "segment_shown"


class ReadingAdmin(ModelAdmin):
    """A noun that admins look at."""

    list_per_page = 50
    show_facets = ShowFacets.ALWAYS
    list_filter_sheet = False
    list_fullwidth = True
    compressed_fields = False
    actions: Sequence[Any] = ()
    # Fields that are not read from the database for a list or a page: bitmaps, whole files.
    heavy: ClassVar[Sequence[str]] = ()
    # What the log of changes calls such an object; blank = nothing is written about it.
    object_type: ClassVar[str] = ""
    # The way from a row to its segment: rows of segments that do not exist for somebody do not
    # either. Blank = rows of no segment.
    segment_path: ClassVar[str] = ""
    # What a service raises when it does not do what was asked.
    refusals: ClassVar[tuple[type[Exception], ...]] = REFUSALS

    def get_list_display_links(
        self, request: HttpRequest, list_display: Sequence[Any]
    ) -> Sequence[Any] | None:
        """The column that opens the row: the first one, unless that leads to the segment."""
        if self.list_display_links == () and list_display[0] == TO_SEGMENT:
            return (list_display[1],)
        return super().get_list_display_links(request, list_display)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin reads."""
        return may_enter(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is listed."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody, unless the noun says otherwise."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody, unless the noun says otherwise."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody, unless the noun says otherwise: things are archived, revoked or kept."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows, without what is heavy."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if self.segment_path:
            visible = Segment.objects.visible_to(user_of(request))
            rows = rows.filter(**{f"{self.segment_path}__in": visible.values("pk")})
        return rows.defer(*self.heavy) if self.heavy else rows

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without the admin's own deletion of what is ticked."""
        actions: dict[str, Any] = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def shown_buttons(self, request: HttpRequest, obj: Any) -> list[Button]:
        """The same, each knowing where it is pressed."""
        return [
            replace(each, press_url=self.page_url("press", obj.pk, each.name))
            for each in self.buttons(request, obj)
        ]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what a filter offers may be asked of an address: nobody finds out, letter by letter,
        what is in a field that is not shown."""
        return any(
            lookup == name or lookup.startswith(f"{name}__") for name in self._offered(request)
        )

    def _offered(self, request: HttpRequest) -> list[str]:
        offered = [
            each[0] if isinstance(each, tuple) else each for each in self.get_list_filter(request)
        ]
        names = [each if isinstance(each, str) else each.parameter_name for each in offered]
        return [*names, self.date_hierarchy] if self.date_hierarchy else names

    def named(self, obj: Any) -> str:
        """What a page about an object is headed with."""
        return str(obj)

    def buttons(self, request: HttpRequest, obj: Any) -> list[Button]:
        """What somebody may do with an object beside changing its fields."""
        return []

    def get_urls(self) -> list[URLPattern]:
        """The admin's own pages, and the presses of buttons."""
        press = self.page("<path:object_id>/press/<str:button>/", "press", self.press)
        return [*self.more_urls(), press, *super().get_urls()]

    def press(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Do what a button says, and go back to the object."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        obj = self.get_object(request, object_id)
        known = [] if obj is None else self.buttons(request, obj)
        found = next((each for each in known if each.name == button and each.press), None)
        if found is None or found.press is None:
            raise PermissionDenied("This cannot be done now, or not by you. Load the page again.")
        try:
            messages.success(request, found.press(request, obj))
        except self.refusals as refusal:
            messages.error(request, " ".join(sentences(refusal)))
        return redirect(self.url_of(obj))

    def more_urls(self) -> list[URLPattern]:
        """Further pages of a noun."""
        return []

    def page_url(self, page: str, *args: Any) -> str:
        """The address of one of `more_urls`."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def page(self, route: str, name: str, view: Any) -> URLPattern:
        """One of `more_urls`."""
        full = f"{self.opts.app_label}_{self.opts.model_name}_{name}"
        return path(route, self.admin_site.admin_view(view), name=full)

    def url_of(self, obj: Any) -> str:
        """The page about an object."""
        return self.page_url("change", obj.pk)

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The page, with its buttons."""
        if obj is not None:
            context["subtitle"] = self.named(obj)
            context["original"] = Headed(obj, self.named(obj))
            context["buttons"] = self.shown_buttons(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def history_key(self, obj: Any) -> str:
        """What the log of changes calls this object."""
        return str(getattr(obj, "key", obj.pk))

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """What was done to an object, from the log of changes."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {self.named(obj)}",
            "module_name": str(self.opts.verbose_name_plural),
            "object": Headed(obj, self.named(obj)),
            "opts": self.opts,
            "changes": changes_of(self.object_type, self.history_key(obj)),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/object_history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Services write the log of changes; the admin's own log stays empty."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """See `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """See `log_addition`."""


class Headed:
    """An object under the heading that pages give it, instead of what programs call it."""

    def __init__(self, obj: Model, heading: str) -> None:
        self._obj = obj
        self._heading = heading

    def __getattr__(self, name: str) -> Any:
        return getattr(self._obj, name)

    def __str__(self) -> str:
        return self._heading


class ServiceForm(forms.ModelForm):
    """A form whose saving is done by a service. A refusal of the service comes back as an error of
    the form, and nothing is stored."""

    refusal: Exception | None = None

    def clean(self) -> dict[str, Any]:
        """Say what the service said."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.refusal is not None:
            self.refuse(self.refusal)
        return cleaned

    def refuse(self, refusal: Exception) -> None:
        """Add the refusal, where the form can show it."""
        self.add_error(None, ValidationError(sentences(refusal)))

    def _post_clean(self) -> None:
        # Services check and write; the row behind the form is only read.
        return

    def save(self, commit: bool = True) -> Any:
        """The row as it is; `save_model` of the admin calls the service."""
        self.save_m2m = lambda: None  # type: ignore[method-assign]
        return self.instance


def sentences(refusal: Exception) -> list[str]:
    """What a refusal says, one sentence for each fault."""
    if isinstance(refusal, DefinitionError):
        return [fault.sentence() for fault in refusal.faults]
    return [str(getattr(refusal, "sentence", refusal))]


class WritingAdmin(ReadingAdmin):
    """A noun that admins change, through services."""

    form = ServiceForm

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The form; once more, with what was said, when the service refuses."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except self.refusals as refusal:
            # The transaction is over: nothing of the attempt is stored.
            request.refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """The form, knowing what the service said of it, if it did."""
        form: type[forms.ModelForm] = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)  # type: ignore[attr-defined]
        return form

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """The form, with one button to save it."""
        context |= {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Call the service; each noun has its own."""
        raise NotImplementedError


admin.site.disable_action("delete_selected")
