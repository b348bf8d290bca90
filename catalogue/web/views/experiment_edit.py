"""Changing the plan of an experiment that has not started."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.planning import Prepared, prepare, replan_experiment, token_of
from catalogue.experiments.rights import check_can_experiment
from catalogue.models import Experiment, ExperimentState
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.experiment_form import PlanForm
from catalogue.web.experiment_initial import fits_the_form, initial_of
from catalogue.web.experiment_size import size_shown
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.experiment import named


@require_http_methods(["GET", "HEAD", "POST"])
def experiment_edit(request: HttpRequest, number: int) -> HttpResponse:
    """The plan as a form, and what becomes of it."""
    viewer, row = viewer_of(request), named(request, number).experiment
    check_can_experiment(viewer, row.segment)
    if row.state != ExperimentState.DRAFT or not fits_the_form(row):
        why = "It has more than this form can say: change it by the API."
        started = f"{row.label} has started, so its plan stands."
        messages.error(request, why if row.state == ExperimentState.DRAFT else started)
        return redirect("experiment", number)
    if request.method != "POST":
        return _show(request, row, PlanForm(initial=initial_of(row), viewer=viewer))
    form = PlanForm(request.POST, viewer=viewer)
    prepared = _prepared(form, row, request)
    if prepared is None:
        return _show(request, row, form, status=422)
    if "count" in request.POST:
        return _show(request, row, form, prepared=prepared)
    return _store(request, row, prepared)


def _store(request: HttpRequest, row: Experiment, prepared: Prepared) -> HttpResponse:
    try:
        replan_experiment(
            experiment=row,
            prepared=prepared,
            token=request.POST.get("token", ""),
            by=viewer_of(request),
            via="web",
        )
    except SegmentRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The plan is changed, and its size worked out anew.")
    return redirect("experiment", row.number)


def _prepared(form: PlanForm, row: Experiment, request: HttpRequest) -> Prepared | None:
    if not form.is_valid():
        return None
    # What the form leaves empty is taken away.
    emptied: dict[str, Any] = {"holdout": None, "base_rate": None, "spread": None}
    try:
        return prepare(document=emptied | form.document(), by=viewer_of(request), own=row)
    except DefinitionError as error:
        form.refuse(error)
        return None


def _show(
    request: HttpRequest,
    row: Experiment,
    form: PlanForm,
    *,
    prepared: Prepared | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "row": row,
        "token": request.POST.get("token") or token_of(row),
        "size": prepared and size_shown(prepared),
    }
    return render(request, "catalogue/experiment_new.html", context, status=status)
