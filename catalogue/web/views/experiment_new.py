"""Planning an experiment, with the size it needs worked out while one writes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.planning import Prepared, plan_experiment, prepare
from catalogue.permissions import check_can_estimate
from catalogue.web.experiment_form import PlanForm
from catalogue.web.experiment_size import size_shown
from catalogue.web.fragments import fragment_of
from catalogue.web.sign_in import viewer_of

# What need not be written yet when only the size is asked for.
STAND_INS = {"name": "An experiment", "hypothesis": "We believe it works."}


@require_http_methods(["GET", "HEAD", "POST"])
def experiment_new(request: HttpRequest) -> HttpResponse:
    """The form, and the draft that comes of it."""
    viewer = viewer_of(request)
    check_can_estimate(viewer)
    if request.method != "POST":
        chosen = {name: request.GET.get(name, "") for name in ("segment", "idea")}
        return _show(request, PlanForm(initial=chosen, viewer=viewer))
    form = PlanForm(request.POST, viewer=viewer)
    prepared = _prepared(form, request)
    if prepared is None:
        return _show(request, form, status=422)
    if "count" in request.POST:  # without a script, this button counts
        return _show(request, form, prepared=prepared)
    made = plan_experiment(prepared=prepared, by=viewer, via="web")
    messages.success(request, f"{made.label} is planned. Read it through, then start it.")
    return redirect("experiment", made.number)


@require_POST
@fragment_of(lambda: reverse("experiment-new"))
def experiment_size(request: HttpRequest) -> HttpResponse:
    """How many people the form as it stands would need."""
    check_can_estimate(viewer_of(request))
    sent = request.POST.copy()
    for name, text in STAND_INS.items():
        sent[name] = sent.get(name) or text
    form = PlanForm(sent, viewer=viewer_of(request))
    prepared = _prepared(form, request)
    context = {"size": prepared and size_shown(prepared), "wrong": _wrong(form)}
    return render(request, "catalogue/_experiment_size.html", context)


def _prepared(form: PlanForm, request: HttpRequest) -> Prepared | None:
    if not form.is_valid():
        return None
    try:
        return prepare(document=form.document(), by=viewer_of(request))
    except DefinitionError as error:
        form.refuse(error)
        return None


def _wrong(form: PlanForm) -> list[str]:
    """The faults as sentences, each with the field it is about."""
    return [
        f"{form.fields[name].label}: {error}" if name in form.fields else str(error)
        for name, errors in form.errors.items()
        for error in errors
    ]


def _show(
    request: HttpRequest, form: PlanForm, *, prepared: Prepared | None = None, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "size": prepared and size_shown(prepared)}
    return render(request, "catalogue/experiment_new.html", context, status=status)
