"""Defining a metric of the company's own, and changing it; its English is shown while it is
written."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.definitions.english.formulas import say_formula
from catalogue.definitions.english.wording import capitalised
from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.formula_checks import validate_formula
from catalogue.definitions.formula_forms import parse_formula
from catalogue.metrics.defining import define_metric, document_of, edit_metric, token_of
from catalogue.models import Metric, User, Via
from catalogue.permissions import check_can_change_metric, check_can_define_metrics
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.vocabulary import stored_labels, stored_vocabulary
from catalogue.web.fragments import fragment_of
from catalogue.web.metric_form import MetricForm, formula_in, written
from catalogue.web.sign_in import viewer_of


@require_http_methods(["GET", "HEAD", "POST"])
def metric_new(request: HttpRequest) -> HttpResponse:
    """An empty form, and the metric that comes of it."""
    viewer = viewer_of(request)
    check_can_define_metrics(viewer)
    if request.method != "POST":
        return _show(request, MetricForm(initial={"owner": viewer.email, "direction": "none"}))
    form = MetricForm(request.POST)
    return _saved(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def metric_edit(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a metric that there is."""
    found = Metric.objects.select_related("owner").filter(key=key).first()
    if found is None:
        raise Http404(f"There is no metric “{key}” that could be changed.")
    check_can_change_metric(viewer_of(request), found)
    stored = written(document_of(found), token_of(found))
    if request.method != "POST":
        return _show(request, _keyed(MetricForm(initial=stored)), found)
    # What cannot be changed is not sent, as a browser leaves out a field that is off.
    form = _keyed(MetricForm({**request.POST.dict(), "key": key}))
    return _saved(request, form, found)


@require_POST
@fragment_of(lambda: reverse("metric-new"))
def metric_preview(request: HttpRequest) -> HttpResponse:
    """What a formula says, while it is written; nothing is stored."""
    viewer = viewer_of(request)
    check_can_define_metrics(viewer)
    return render(request, "catalogue/_metric_says.html", said_of(request, viewer))


def said_of(request: HttpRequest, viewer: User) -> dict[str, Any]:
    """The posted formula in English, what to warn of, or why it is refused."""
    text = request.POST.get("formula", "")
    if not text.strip():
        return {}
    try:
        document = formula_in(text)
        formula = parse_formula(document, default_timezone=settings.WORKSPACE_TIME_ZONE)
        assert isinstance(document, dict)  # noqa: S101 (or it had been refused)
        warnings = validate_formula(formula, document, stored_vocabulary(viewer=viewer))
    except DefinitionError as error:
        return {"faults": [_sentence(fault) for fault in error.faults]}
    says = capitalised(say_formula(formula, stored_labels(viewer)))
    return {"says": says, "warnings": [_sentence(fault) for fault in warnings]}


def _sentence(fault: Fault) -> str:
    near = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
    return f"{fault.message}{near}"


def _keyed(form: MetricForm) -> MetricForm:
    form.fields["key"].widget.attrs["readonly"] = True
    return form


def _saved(request: HttpRequest, form: MetricForm, found: Metric | None) -> HttpResponse:
    viewer = viewer_of(request)
    if not form.is_valid():
        return _show(request, form, found, status=422)
    try:
        document = form.document()
        if found is None:
            metric = define_metric(document=document, by=viewer, via=Via.WEB)
        else:
            token = form.cleaned_data["token"]
            metric = edit_metric(
                key=found.key, document=document, token=token, by=viewer, via=Via.WEB
            )
    except DefinitionError as error:
        form.refuse(error.faults)
        return _show(request, form, found, status=422)
    except SegmentRefused as refused:
        form.add_error(None, str(refused))
        return _show(request, form, found, status=409)
    messages.success(request, f"“{metric.name}” is measured from the next measuring on.")
    return redirect("metric", key=metric.key)


def _show(
    request: HttpRequest, form: MetricForm, found: Metric | None = None, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "found": found}
    if request.method == "POST":
        context |= said_of(request, viewer_of(request))
    return render(request, "catalogue/metric_edit.html", context, status=status)
