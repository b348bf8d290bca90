"""Surveys: the list, one with its answers summed up, and loading one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.models import Segment, Status, Survey
from catalogue.research.answers import NoSummary, Summary, Summed, sum_up
from catalogue.research.refusals import ResearchRefused
from catalogue.research.rights import can_load, check_can_load
from catalogue.research.surveys import SurveySaid, load_survey, sheet_of_bytes, surveys_for
from catalogue.web.counting import percent
from catalogue.web.interval_drawing import drawing
from catalogue.web.research_forms import SurveyForm, add_refusal
from catalogue.web.segment_of import segment_named
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.research import research_tabs

ROWS_SHOWN = 20


@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """All surveys, the newest first."""
    viewer = viewer_of(request)
    context = {
        "tabs": research_tabs("surveys", request),
        "surveys": surveys_for(viewer),
        "may_load": can_load(viewer),
    }
    return render(request, "catalogue/surveys.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def survey_new(request: HttpRequest) -> HttpResponse:
    """A form for a survey and its file, and what comes of it."""
    viewer = viewer_of(request)
    check_can_load(viewer)
    if request.method != "POST":
        initial = {"segment": request.GET.get("segment", "")}
        return _form(request, SurveyForm(viewer=viewer, initial=initial))
    form = SurveyForm(request.POST, request.FILES, viewer=viewer)
    if not form.is_valid():
        return _form(request, form, status=422)
    said = dict(form.cleaned_data)
    file = said.pop("answers")
    try:
        sheet = sheet_of_bytes(file.read(), file.name)
        made = load_survey(
            said=SurveySaid(**said), sheet=sheet, by=viewer, via="web", now=timezone.now()
        )
    except ResearchRefused as refused:
        add_refusal(form, refused, instead="answers")
        rows = [row.sentence() for row in refused.rows[:ROWS_SHOWN]]
        more = max(refused.rows_count - len(rows), 0)
        return _form(request, form, status=422, rows=rows, rows_more=more)
    messages.success(request, f"{made.answers_count} customers answered “{made.name}”.")
    return redirect("survey", slug=made.slug)


@require_safe
def survey(request: HttpRequest, slug: str) -> HttpResponse:
    """One survey summed up, for all or for the members of `segment`."""
    viewer = viewer_of(request)
    found = _named(slug, request)
    key = request.GET.get("segment", "")
    among = segment_named(key.replace("\0", ""), viewer=viewer) if key else None
    context: dict[str, Any] = {
        "tabs": research_tabs("surveys", request),
        "survey": found,
        "among": among,
        "segments": Segment.objects.visible_to(viewer)
        .exclude(status=Status.ARCHIVED)
        .exclude(membership=None)
        .order_by("name"),
    }
    try:
        context |= _summary(sum_up(found, among))
    except NoSummary as nothing:
        context["nothing"] = str(nothing)
    return render(request, "catalogue/survey.html", context)


def _named(slug: str, request: HttpRequest) -> Survey:
    found = surveys_for(viewer_of(request)).filter(slug=slug.replace("\0", "")).first()
    if found is None:
        raise Http404(f"There is no survey “{slug}”.")
    return found


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "summary": summary,
        "questions": [(one, _lines(one)) for one in summary.questions],
    }


def _lines(question: Summed) -> list[tuple[Any, ...]]:
    """(answer, share, low, high, drawing) of each answer, shares as text."""
    found = []
    for answer in question.answers:
        value, interval = answer.share.value, answer.share.interval
        if value is None or interval is None:
            continue
        low, high = interval.low, interval.high
        drawn = drawing(value, low, high, most=1.0)
        found.append((answer, percent(value, 1), percent(low, 1), percent(high, 1), drawn))
    return found


def _form(
    request: HttpRequest, form: SurveyForm, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, **more}
    return render(request, "catalogue/survey_new.html", context, status=status)
