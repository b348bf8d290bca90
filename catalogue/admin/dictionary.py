"""The dictionary: traits, events and properties. What they are called and mean is said here; that
they exist is seen in the data."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalogue.admin.base import REFUSALS, ServiceForm, WritingAdmin
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import NOTHING, count, instant
from catalogue.models import EventEntry, PropertyEntry, TraitEntry, TraitKind, ValueType, Via
from catalogue.segments.describing import describe, key_of
from catalogue.warehouse.dictionary_edits import DictionaryError

INFERRED = "inferred"


class EntryForm(ServiceForm):
    """What people say of an entry."""

    label = forms.CharField(
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="What pages and sentences call it; blank = its name.",
    )
    description = forms.CharField(required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        fields = ("label", "description")


class TypedEntryForm(EntryForm):
    """The same, of an entry whose values have a type."""

    type_ = forms.ChoiceField(
        label="Type",
        choices=[(INFERRED, "As the values look"), *ValueType.choices],
        widget=UnfoldAdminSelectWidget,
        help_text="Informs forms and warnings. It changes no value.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "type_" in self.fields:
            self.fields["type_"].initial = self.instance.stated_type or INFERRED


class TraitForm(TypedEntryForm):
    """The same, and what a trait tells."""

    kind = forms.ChoiceField(
        label="What it tells",
        required=False,
        choices=[("", "nobody has said"), *TraitKind.choices],
        widget=UnfoldAdminSelectWidget,
        help_text="Segments that ask for it name this model.",
    )


class EntryAdmin(WritingAdmin):
    """What the three share."""

    refusals = (*REFUSALS, DictionaryError)
    search_fields: ClassVar[tuple[str, ...]] = ("name", "label", "description")
    search_help_text = "Name, label, description"
    ordering = ("name",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin; the service asks the same."""
        return may_enter(request)

    def history_key(self, obj: Any) -> str:
        """What the log of changes calls the entry."""
        return key_of(obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep what was said."""
        given = form.cleaned_data
        describe(
            entry=obj,
            label=given["label"],
            description=given["description"],
            type_=given.get("type_"),
            kind=given.get("kind"),
            by=user_of(request),
            via=Via.ADMIN,
        )

    @admin.display(description="Known since", ordering="first_seen_at")
    def since(self, obj: Any) -> SafeString | str:
        """When it was first seen."""
        return instant(obj.first_seen_at)

    @admin.display(description="Type", ordering="inferred_type")
    def type_shown(self, obj: Any) -> str:
        """The type, and how it is known."""
        if not obj.type:
            return NOTHING
        how = "stated" if obj.stated_type else "as the values look"
        return f"{ValueType(obj.type).label}, {how}"


@admin.register(TraitEntry)
class TraitEntryAdmin(EntryAdmin):
    """What is known of customers and accounts."""

    form = TraitForm
    object_type = "trait"
    list_display = ("name", "label", "type_shown", "kind", "subject", "missing", "since")
    list_filter = ("subject", "kind", "inferred_type", "stated_type")
    fields = ("name", "label", "description", "type_", "kind", "subject", "missing", "since")
    readonly_fields = ("name", "subject", "missing", "since")

    @admin.display(description="Unknown for", ordering="null_share")
    def missing(self, obj: TraitEntry) -> str:
        """The share of customers it is not known of, in the newest photo."""
        return NOTHING if obj.null_share is None else f"{obj.null_share:.1%} of {obj.subject}s"


@admin.register(EventEntry)
class EventEntryAdmin(EntryAdmin):
    """What customers do."""

    form = EntryForm
    object_type = "event"
    list_display = ("name", "label", "counted", "newest", "since")
    list_filter = ("last_at",)
    fields = ("name", "label", "description", "counted", "newest", "since")
    readonly_fields = ("name", "counted", "newest", "since")

    @admin.display(description="Times seen", ordering="event_count")
    def counted(self, obj: EventEntry) -> str:
        """How many there are."""
        return count(obj.event_count)

    @admin.display(description="Newest", ordering="last_at")
    def newest(self, obj: EventEntry) -> SafeString | str:
        """When the newest one happened."""
        return instant(obj.last_at)


@admin.register(PropertyEntry)
class PropertyEntryAdmin(EntryAdmin):
    """What events say."""

    form = TypedEntryForm
    object_type = "property"
    list_display = ("name", "event_name", "label", "type_shown", "since")
    list_filter = ("inferred_type", "stated_type")
    list_select_related = ("event",)
    search_fields = ("name", "label", "description", "event__name", "event__label")
    fields = ("name", "event_name", "label", "description", "type_", "since")
    readonly_fields = ("name", "event_name", "since")

    @admin.display(description="Event", ordering="event__name")
    def event_name(self, obj: PropertyEntry) -> str:
        """The event it belongs to."""
        return str(obj.event)
