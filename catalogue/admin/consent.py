"""Words of consent: noted one by one or from a file, never edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils import timezone
from django.utils.safestring import SafeString
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from catalogue.admin.asking import Question, ask, is_confirmed
from catalogue.admin.base import REFUSALS, ServiceForm, WritingAdmin
from catalogue.admin.rights import may_enter, user_of
from catalogue.admin.shown import instant
from catalogue.models import Consent, Via
from catalogue.privacy.consenting import Word, say
from catalogue.privacy.files import import_consents
from catalogue.privacy.purposes import PurposeRule, purposes, set_purpose
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.web.components.states import badge

SAID = [("yes", "gave consent"), ("no", "withdrew it")]


class ConsentForm(ServiceForm):
    """What one customer said, or a file of many."""

    customer_id = forms.CharField(
        required=False, max_length=500, widget=UnfoldAdminTextInputWidget, help_text="As loaded."
    )
    purpose = forms.ChoiceField(required=False, widget=UnfoldAdminSelectWidget)
    said = forms.ChoiceField(choices=SAID, widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label="Or a file",
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="CSV in UTF-8 with the columns customer_id, purpose, given (yes or no), source,"
        " at and expires_at. Taken in whole or not at all.",
    )

    class Meta:
        model = Consent
        fields = ("source", "at", "expires_at")
        widgets = {"source": UnfoldAdminTextInputWidget()}
        help_texts = {
            "source": "Where they said so; of a whole file, where its rows say none.",
            "at": "When they said so.",
            "expires_at": "Until when it holds; blank = until they withdraw it.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "purpose" in self.fields:
            known = [(one.purpose, one.purpose) for one in purposes()]
            self.fields["purpose"].choices = known  # type: ignore[attr-defined]
        for name in {"source", "at"} & set(self.fields):
            self.fields[name].required = False


class PurposeForm(forms.Form):
    """What holds for one purpose."""

    purpose = forms.CharField(
        max_length=40,
        widget=UnfoldAdminTextInputWidget,
        help_text="One of those above, or a new one, as in product_news.",
    )
    is_needed = forms.BooleanField(
        label="Needs consent", required=False, widget=UnfoldBooleanWidget
    )
    trait = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget,
        help_text="A trait that is yes or no and says so too; blank: none.",
    )


def _rule(one: PurposeRule) -> str:
    need = "needs consent" if one.is_needed else "needs none; who withdrew it is left out"
    trait = f"; the trait {one.trait} says so too" if one.trait else ""
    return f"{one.purpose} {need}{trait}."


@admin.register(Consent)
class ConsentAdmin(WritingAdmin):
    """Who said what is shown by number; who that is, on the customer's page."""

    form = ConsentForm
    object_type = "consent"
    refusals = (*REFUSALS, PrivacyRefused)
    list_display = ("who", "purpose", "word", "source", "at_shown", "ends", "added_by")
    list_filter = ("purpose", "is_given", "at", "expires_at")
    search_fields = ("source", "added_by")
    search_help_text = "Source, who noted it"
    date_hierarchy = "at"
    fields = ("customer_id", "purpose", "said", "source", "at", "expires_at", "file")

    def more_urls(self) -> list[URLPattern]:
        """Which purposes need consent."""
        return [self.page("purposes/", "purposes", self.purposes_page)]

    def purposes_page(self, request: HttpRequest) -> HttpResponse:
        """What holds for every purpose; a site admin says it of one."""
        form = PurposeForm(request.POST if is_confirmed(request) else None)
        if form.is_bound and form.is_valid():
            try:
                set_purpose(by=user_of(request), via=Via.ADMIN, **form.cleaned_data)
                messages.success(request, f"Saved what holds for {form.cleaned_data['purpose']}.")
                return redirect(self.page_url("purposes"))
            except PrivacyRefused as refusal:
                form.add_error(None, str(refusal))
        question = Question(
            title="What people may be used for",
            said="A purpose that needs consent uses only those who gave it; any other leaves out"
            " those who withdrew it. Site admins change it.",
            lines=[_rule(one) for one in purposes()],
            button="Save",
            back=self.page_url("changelist"),
            form=form,
        )
        return ask(self, request, question)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The form of a new one; what is known of one that is there."""
        return self.list_display if obj else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """All of one that is there."""
        return self.list_display if obj else ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Every admin; the service asks the same."""
        return may_enter(request)

    def named(self, obj: Consent) -> str:
        """`Consent of ordinal 7 to marketing`."""
        return f"Consent of ordinal {obj.ordinal} to {obj.purpose}"

    def save_model(self, request: HttpRequest, obj: Consent, form: Any, change: bool) -> None:
        """Note one word, or every word of a file."""
        given, now, by = form.cleaned_data, timezone.now(), user_of(request)
        if given.get("file"):
            content, source = given["file"].read(), given["source"]
            obj.pk = import_consents(content, source=source, now=now, by=by, via=Via.ADMIN)[0].pk
            return
        word = Word(
            customer_id=given["customer_id"],
            purpose=given["purpose"],
            is_given=given["said"] == "yes",
            source=given["source"],
            at=given["at"] or now,
            expires_at=given["expires_at"],
        )
        obj.pk = say(word=word, now=now, by=by, via=Via.ADMIN).pk

    @admin.display(description="Customer", ordering="ordinal")
    def who(self, obj: Consent) -> str:
        """The number that stands for them in bitmaps."""
        return f"Ordinal {obj.ordinal}"

    @admin.display(description="Said", ordering="is_given")
    def word(self, obj: Consent) -> SafeString:
        """What they said, and whether it still holds."""
        if not obj.is_given:
            return badge("warn", "Withdrawn")
        if obj.expires_at is not None and obj.expires_at <= timezone.now():
            return badge("idle", "Expired")
        return badge("good", "Given")

    @admin.display(description="At", ordering="at")
    def at_shown(self, obj: Consent) -> SafeString | str:
        """When they said so."""
        return instant(obj.at)

    @admin.display(description="Expires", ordering="expires_at")
    def ends(self, obj: Consent) -> SafeString | str:
        """Until when it holds."""
        return instant(obj.expires_at)
