"""Do its members fit? Month by month for everybody, and for those who see people, one by one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from catalogue.metrics.measured import Reading
from catalogue.metrics.precision import precision_of
from catalogue.models import Misfit, Segment, Status
from catalogue.permissions import can_see_people, check_can_see_people
from catalogue.published.feedback import LONGEST_NOTE, give_feedback, newest_feedback
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

ANSWERS = (("yes", "They fit"), ("no", "They do not fit"))


class FeedbackForm(forms.Form):
    """Whether a member fits, and why not."""

    fits = forms.ChoiceField(
        label="Do they fit?",
        choices=ANSWERS,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether they fit."},
    )
    reason = forms.ChoiceField(
        label="Why not?", choices=[("", "they fit"), *Misfit.choices], required=False
    )
    note = forms.CharField(
        label="In a few words",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=True)
def segment_feedback(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The precision of a segment; `?member=` asks about one of them, a POST says it."""
    member = request.GET.get("member", "")
    if request.method == "POST":
        check_can_see_people(viewer_of(request), segment)
        return _say(request, segment, member)
    return _page(request, segment, member, FeedbackForm(initial={"fits": "no"}))


def _say(request: HttpRequest, segment: Segment, member: str) -> HttpResponse:
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _page(request, segment, member, form, status=422)
    said = form.cleaned_data
    fits = said["fits"] == "yes"
    try:
        give_feedback(
            key=segment.key,
            member=member,
            fits=fits,
            reason="" if fits else said["reason"],
            note=said["note"],
            now=timezone.now(),
            by=viewer_of(request),
        )
    except SegmentRefused as refused:
        form.add_error("reason", str(refused))
        return _page(request, segment, member, form, status=422)
    messages.success(request, "Noted. It counts in the precision, and in the next review.")
    return redirect(f"{reverse('segment-people', args=[segment.key])}#who")


def _judged(whole: Reading) -> str:
    if whole.interval is None:
        return f"{whole.n:,} judged"
    low, high = whole.interval.low, whole.interval.high
    return f"{whole.n:,} judged; 95 % interval {low:.0%} to {high:.0%}"


def _page(
    request: HttpRequest, segment: Segment, member: str, form: FeedbackForm, *, status: int = 200
) -> HttpResponse:
    viewer = viewer_of(request)
    precision = precision_of(segment)
    context: dict[str, Any] = {
        "head": segment_head(segment, current="segment-feedback", viewer=viewer),
        "precision": precision,
        "judged": _judged(precision.whole),
        "may": can_see_people(viewer, segment) and segment.status != Status.ARCHIVED,
    }
    if member and context["may"]:
        try:
            said = newest_feedback(segment, member, viewer=viewer)
        except SegmentRefused as refused:
            raise Http404(str(refused)) from refused
        context |= {"member": member, "form": form, "said": said}
    return render(request, "catalogue/segment_feedback.html", context, status=status)
