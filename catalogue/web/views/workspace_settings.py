"""Which events mean active, revenue, converted and cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.metrics.workspace_settings import LEAST, MOST, document_of, edit_workspace, token_of
from catalogue.models import EventEntry, Measurement, RunState, Via, Workspace
from catalogue.permissions import can_set_workspace, check_can_set_workspace
from catalogue.segments.refusals import StaleEdit
from catalogue.web.sign_in import viewer_of

REVENUE = {
    "revenue_event": "event",
    "revenue_property": "property",
    "currency": "currency",
    "currency_property": "currency_property",
}
AT = {f"revenue/{said}": field for field, said in REVENUE.items()}


class WorkspaceForm(forms.Form):
    """The settings, one field each; `token` names the state that the page showed."""

    active_events = forms.MultipleChoiceField(
        label="Means active",
        required=False,
        help_text="Nothing chosen: any event means that somebody was there.",
    )
    converted_events = forms.MultipleChoiceField(
        label="Means converted", required=False, help_text="What you want people to come to."
    )
    cancelled_events = forms.MultipleChoiceField(
        label="Means cancelled", required=False, help_text="What people do when they leave you."
    )
    revenue_event = forms.ChoiceField(
        label="Means revenue", required=False, help_text="The event that brings money."
    )
    revenue_property = forms.CharField(
        label="Its amount", required=False, help_text="The property that says how much."
    )
    currency = forms.CharField(
        label="Currency", required=False, max_length=3, help_text="Three letters, as in EUR."
    )
    currency_property = forms.CharField(
        label="Its currency",
        required=False,
        help_text="The property that says the currency of each. Amounts in several are refused.",
    )
    fewest_people = forms.IntegerField(
        label="Fewest people",
        min_value=LEAST,
        max_value=MOST,
        help_text="A number measured on fewer is hidden: it could tell of single persons.",
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = list(EventEntry.objects.order_by("name").values_list("name", "label"))
        choices = [(name, label or name) for name, label in names]
        for field in ("active_events", "converted_events", "cancelled_events"):
            self.fields[field].choices = choices  # type: ignore[attr-defined]
            self.fields[field].widget.attrs = {"size": 6, "class": "in"}
        self.fields["revenue_event"].choices = [  # type: ignore[attr-defined]
            ("", "Nothing"),
            *choices,
        ]

    def document(self) -> dict[str, Any]:
        """The settings as the service takes them."""
        said = self.cleaned_data
        revenue = {key: said[field] for field, key in REVENUE.items() if said[field]}
        names = ("active_events", "converted_events", "cancelled_events", "fewest_people")
        return {
            **{name: said[name] for name in names},
            "revenue": revenue if said["revenue_event"] else None,
        }

    def refuse(self, faults: Iterable[Fault]) -> None:
        """Put each fault at its field."""
        for fault in faults:
            place = fault.pointer.lstrip("/")
            field = AT.get(place, place.partition("/")[0])
            near = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
            self.add_error(field if field in self.fields else None, fault.message + near)


@require_http_methods(["GET", "HEAD", "POST"])
def workspace_settings(request: HttpRequest) -> HttpResponse:
    """What the settings are; a POST changes them."""
    workspace = Workspace.current()
    if request.method != "POST":
        return _show(request, WorkspaceForm(initial=_written(workspace)))
    check_can_set_workspace(viewer_of(request))
    form = WorkspaceForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        token = form.cleaned_data["token"]
        edit_workspace(document=form.document(), token=token, by=viewer_of(request), via=Via.WEB)
    except DefinitionError as error:
        form.refuse(error.faults)
        return _show(request, form, status=422)
    except StaleEdit as stale:
        form.add_error(None, str(stale))
        return _show(request, form, status=409)
    messages.success(request, "Saved. Numbers follow with the next measuring.")
    return redirect("workspace-settings")


def _written(workspace: Workspace) -> dict[str, Any]:
    said = document_of(workspace)
    revenue = said.pop("revenue") or {}
    fields = {field: revenue.get(key, "") for field, key in REVENUE.items()}
    return {**said, **fields, "token": token_of(workspace)}


def _show(request: HttpRequest, form: WorkspaceForm, *, status: int = 200) -> HttpResponse:
    done = Measurement.objects.filter(state=RunState.SUCCEEDED).order_by("-pk").first()
    context = {
        "form": form,
        "may_set": can_set_workspace(viewer_of(request)),
        "workspace": Workspace.current(),
        "faults": done.faults if done else {},
        "measured_at": done.now if done else None,
    }
    return render(request, "catalogue/workspace_settings.html", context, status=status)
