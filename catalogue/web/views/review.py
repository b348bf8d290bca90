"""One review: the five questions of a segment with what is known beside them, or what was said."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.metrics.review_facts import QUESTIONS, review_facts
from catalogue.metrics.reviewing import LONGEST_NOTE, complete_review
from catalogue.models import Answer, Outcome, Review, Segment, Status, Workspace
from catalogue.segments.queries.reviews import done_reviews
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reviews import cadence_of, due_of
from catalogue.segments.rights import can_review, check_can_review
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

NEEDED = "Answer this: “Cannot say” is an answer too."
# What the one who reviewed is led to.
NEXT = {Outcome.CHANGE: "segment-edit", Outcome.ARCHIVE: "segment-archive"}
DONE_SHOWN = 5


def _question(label: str, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": NEEDED},
    )


class ReviewForm(forms.Form):
    """The answers to the five questions."""

    still_true = _question(QUESTIONS["still_true"], Answer.choices)
    still_used = _question(QUESTIONS["still_used"], Answer.choices)
    goal_holds = _question(QUESTIONS["goal_holds"], Answer.choices)
    message_right = _question(QUESTIONS["message_right"], Answer.choices)
    outcome = _question(QUESTIONS["outcome"], Outcome.choices)
    note = forms.CharField(
        label="What you found",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def segment_review(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The next review of a segment, and doing it."""
    if request.method != "POST":
        return _show(request, segment, ReviewForm())
    check_can_review(viewer_of(request), segment)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, form, status=422)
    try:
        review = complete_review(
            key=segment.key,
            **form.cleaned_data,
            now=timezone.now(),
            by=viewer_of(request),
            via="web",
        )
    except SegmentRefused as refused:
        form.add_error("note", str(refused))
        return _show(request, segment, form, status=422)
    messages.success(request, f"“{segment.name}” is reviewed.")
    route = NEXT.get(Outcome(review.outcome))
    return redirect(route, segment.key) if route else redirect("review", review.pk)


def _show(
    request: HttpRequest, segment: Segment, form: ReviewForm, *, status: int = 200
) -> HttpResponse:
    viewer, now = viewer_of(request), timezone.now()
    facts = review_facts(segment, now=now, viewer=viewer)
    days = Workspace.current().review_days
    due_at = due_of(segment, days)
    context = {
        "head": segment_head(segment, current="segment-review", viewer=viewer),
        "segment": segment,
        "form": form,
        "questions": [(form[name], facts[name]) for name in QUESTIONS],
        "may": can_review(viewer, segment),
        "is_live": segment.status == Status.LIVE,
        "due_at": due_at,
        "is_late": due_at is not None and due_at < now,
        "every": cadence_of(segment, days),
        "now": now,
        "done": done_reviews(viewer).filter(segment=segment)[:DONE_SHOWN],
    }
    return render(request, "catalogue/segment_review.html", context, status=status)


@require_safe
def review(request: HttpRequest, number: int) -> HttpResponse:
    """A review that was done."""
    found = done_reviews(viewer_of(request)).filter(pk=number).first()
    if found is None:
        raise Http404(f"There is no review {number}.")
    context = {"review": found, "answers": _answers(found)}
    return render(request, "catalogue/review.html", context)


def _answers(review: Review) -> list[tuple[str, str, str, list[str]]]:
    """(question, answer, its tone, what was known) of each."""
    tones = {"yes": "good", "no": "bad", "unsure": "idle", "keep": "good", "change": "warn"}
    return [
        (
            question,
            getattr(review, f"get_{name}_display")(),
            tones.get(getattr(review, name), "idle"),
            list(review.facts.get(name, [])),
        )
        for name, question in QUESTIONS.items()
    ]
