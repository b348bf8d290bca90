"""Who must never be used: added one by one or from a file, and lifted. Nobody is named, for the
list keeps nothing but fingerprints; whom a row is about is asked by an id or an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import (
    UnfoldAdminEmailInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from catalogue.admin.asking import Question, ask, is_confirmed
from catalogue.admin.base import REFUSALS, ReadingAdmin, ServiceForm, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import NOTHING, count, instant
from catalogue.models import (
    PrivacyState,
    Suppressed,
    Suppression,
    SuppressionSource,
    Via,
)
from catalogue.privacy.files import import_suppressions
from catalogue.privacy.purposes import purposes
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.privacy.suppressing import Entry, lift, suppress
from catalogue.privacy.suppressions import of_somebody
from catalogue.warehouse.finding import Unreadable
from catalogue.web.components.states import badge

EVERY = "every purpose"


class SuppressionForm(ServiceForm):
    """One person, or a file of many."""

    customer_id = forms.CharField(
        required=False, max_length=500, widget=UnfoldAdminTextInputWidget, help_text="As loaded."
    )
    address = forms.CharField(
        label="E-mail address",
        required=False,
        max_length=320,
        widget=UnfoldAdminEmailInputWidget,
        help_text="Whoever has it, now or later. Only a keyed fingerprint of it is kept.",
    )
    file = forms.FileField(
        label="Or a file",
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="CSV in UTF-8 with the columns customer_id, email, purpose and reason; the first"
        " or the second is needed. Taken in whole or not at all.",
    )
    purpose = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Suppression
        fields = ("reason",)
        widgets = {"reason": UnfoldAdminTextInputWidget()}
        help_texts = {"reason": "Why; of a whole file, where its rows say none."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "purpose" in self.fields:
            known = [(one.purpose, one.purpose) for one in purposes()]
            self.fields["purpose"].choices = [("", EVERY), *known]  # type: ignore[attr-defined]
        if "reason" in self.fields:
            self.fields["reason"].required = False


class LiftForm(forms.Form):
    """Why somebody may be used again."""

    reason = forms.CharField(max_length=500, widget=UnfoldAdminTextInputWidget)


@admin.register(Suppression)
class SuppressionAdmin(WritingAdmin):
    """Added and lifted, never edited and never deleted."""

    form = SuppressionForm
    object_type = "suppression"
    refusals = (*REFUSALS, PrivacyRefused, Unreadable)
    list_display = ("number", "purpose_shown", "source", "reason", "people", "since_shown", "state")
    list_filter = ("source", "purpose", ("lifted_at", admin.EmptyFieldListFilter), "since")
    search_fields = ("reason", "added_by")
    search_help_text = "Customer id or e-mail address in full, reason, who added it"
    date_hierarchy = "since"
    fields = ("customer_id", "address", "purpose", "reason", "file")
    read_fields = (
        "state",
        "purpose_shown",
        "source",
        "reason",
        "known_by",
        "people",
        "since_shown",
        "added_by",
        "lifted_shown",
        "lifted_by",
        "lifted_because",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suppression]:
        """With how many customers each is about."""
        rows: QuerySet[Suppression] = super().get_queryset(request)
        return rows.annotate(people_count=Count("people"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suppression], search_term: str
    ) -> tuple[QuerySet[Suppression], bool]:
        """By the words of a row, and by whom it is about."""
        found, is_double = super().get_search_results(request, queryset, search_term)
        asked = search_term.strip()
        return found | queryset.filter(of_somebody(asked, asked)), is_double

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The form of a new one; what is known of one that is there."""
        return self.read_fields if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of one that is there."""
        return self.read_fields if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin; the service asks the same."""
        return may_enter(request)

    def named(self, obj: Suppression) -> str:
        """`Suppression 7`: nobody is named."""
        return f"Suppression {obj.pk}"

    def buttons(self, request: HttpRequest, obj: Suppression) -> list[Button]:
        """Lift it, if it can be."""
        if obj.lifted_at is not None or obj.source == SuppressionSource.ERASURE:
            return []
        url = self.page_url("lift", obj.pk)
        return [Button(name="lift", label="Lift…", url=url, title="They may be used again.")]

    def more_urls(self) -> list[URLPattern]:
        """Where it is asked why."""
        return [self.page("<int:number>/lift/", "lift", self.lift_page)]

    def lift_page(self, request: HttpRequest, number: int) -> HttpResponse:
        """Ask why, and lift."""
        obj = self.get_object(request, str(number))
        if obj is None or not self.buttons(request, obj):
            raise PermissionDenied("This cannot be lifted. Load its page again to see why.")
        form = LiftForm(request.POST) if is_confirmed(request) else LiftForm()
        if form.is_bound and form.is_valid():
            try:
                lift(
                    number=number,
                    reason=form.cleaned_data["reason"],
                    now=timezone.now(),
                    by=user_of(request),
                    via=Via.ADMIN,
                )
                return redirect(self.url_of(obj))
            except PrivacyRefused as refusal:
                form.add_error(None, str(refusal))
        question = Question(
            title=f"Lift suppression {number}?",
            said="Whoever it is about may be used again from then on, unless another suppression"
            " is in force for them. The row stays, with who lifted it and why.",
            button="Lift it",
            back=self.url_of(obj),
            form=form,
        )
        return ask(self, request, question)

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:
        """Suppress one person, or everybody of a file."""
        given, now, by = form.cleaned_data, timezone.now(), user_of(request)
        if given.get("file"):
            content = given["file"].read()
            added = import_suppressions(
                content, reason=given["reason"], now=now, by=by, via=Via.ADMIN
            )
            obj.pk = added.rows[0].pk
            return
        entry = Entry(
            customer_id=given["customer_id"],
            address=given["address"],
            purpose=given["purpose"],
            reason=given["reason"],
        )
        source = SuppressionSource.ADMIN
        obj.pk = suppress(entry=entry, source=source, now=now, by=by, via=Via.ADMIN).pk

    @admin.display(description="Suppression", ordering="pk")
    def number(self, obj: Suppression) -> str:
        """Its number."""
        return f"Suppression {obj.pk}"

    @admin.display(description="For", ordering="purpose")
    def purpose_shown(self, obj: Suppression) -> str:
        """For what they must not be used."""
        return obj.purpose or EVERY

    @admin.display(description="Recognised by")
    def known_by(self, obj: Suppression) -> str:
        """What there is a fingerprint of."""
        kinds = {"customer id": obj.customer_fingerprint, "e-mail address": obj.address_fingerprint}
        return " and ".join(kind for kind, fingerprint in kinds.items() if fingerprint)

    @admin.display(description="Customers", ordering="people_count")
    def people(self, obj: Suppression) -> str:
        """How many customers it is about until now."""
        return count(getattr(obj, "people_count", 0))

    @admin.display(description="Since", ordering="since")
    def since_shown(self, obj: Suppression) -> SafeString | str:
        """Since when."""
        return instant(obj.since)

    @admin.display(description="State", ordering="lifted_at")
    def state(self, obj: Suppression) -> SafeString:
        """Whether it is in force."""
        if obj.lifted_at is not None:
            return badge("idle", "Lifted")
        if obj.source == SuppressionSource.ERASURE:
            return badge("mark", "Erased, for good")
        return badge("warn", "In force")

    @admin.display(description="Lifted", ordering="lifted_at")
    def lifted_shown(self, obj: Suppression) -> SafeString | str:
        """When it was lifted."""
        return instant(obj.lifted_at) if obj.lifted_at else NOTHING


@admin.register(Suppressed)
class SuppressedAdmin(ReadingAdmin):
    """Whom suppressions are about, by number."""

    list_display = ("who", "suppression", "found_by", "at_shown")
    list_filter = ("found_by", "at")
    list_select_related = ("suppression",)
    fields = list_display
    readonly_fields = fields

    def named(self, obj: Suppressed) -> str:
        """The ordinal; the id is a person's."""
        return f"Ordinal {obj.ordinal}"

    @admin.display(description="Customer", ordering="ordinal")
    def who(self, obj: Suppressed) -> str:
        """The number that stands for them in bitmaps."""
        return f"Ordinal {obj.ordinal}"

    @admin.display(description="Since", ordering="at")
    def at_shown(self, obj: Suppressed) -> SafeString | str:
        """When they were recognised."""
        return instant(obj.at)


@admin.register(PrivacyState)
class PrivacyStateAdmin(ReadingAdmin):
    """The state that copies elsewhere are compared with."""

    list_display = ("__str__",)
    fields = ("token", "epoch")
    readonly_fields = fields

    def named(self, obj: PrivacyState) -> str:
        """What its page is headed with."""
        return "State of suppression and consent"
