"""Taking a segment out of use, after saying who uses it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.membership.effect import built_on
from catalogue.models import Segment, Status
from catalogue.permissions import check_can_publish
from catalogue.ports import tool_states
from catalogue.segments import publishing
from catalogue.segments.publishing import LONGEST_MESSAGE
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


class ArchiveForm(forms.Form):
    """Why it goes, and what is used instead."""

    message = forms.CharField(
        label="Why is it not used any more?",
        max_length=LONGEST_MESSAGE,
        required=False,
        help_text="Whoever still has a link to it reads this.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    replacement = forms.CharField(
        label="Key of the segment to use instead",
        max_length=80,
        required=False,
        help_text="Needed while a segment is built on this one, or a tool holds it.",
        widget=forms.TextInput(attrs={"list": "segments", "autocomplete": "off"}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def archive(request: HttpRequest, segment: Segment) -> HttpResponse:
    """What depends on it, and archiving it."""
    check_can_publish(viewer_of(request), segment)
    if request.method != "POST":
        return _show(request, segment, ArchiveForm())
    form = ArchiveForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, form, status=422)
    try:
        publishing.archive(
            key=segment.key,
            by=viewer_of(request),
            via="web",
            message=form.cleaned_data["message"],
            replacement=form.cleaned_data["replacement"],
        )
    except SegmentRefused as refused:
        form.add_error("replacement", str(refused))
        return _show(request, segment, form, status=422)
    messages.success(request, f"“{segment.name}” is archived. Its history and its key stay.")
    return redirect("segments")


def _show(
    request: HttpRequest, segment: Segment, form: ArchiveForm, *, status: int = 200
) -> HttpResponse:
    visible = Segment.objects.visible_to(viewer_of(request))
    context = {
        "head": segment_head(segment, current="segment", viewer=viewer_of(request)),
        "form": form,
        "users": visible.filter(key__in=built_on(segment.key)).order_by("name"),
        "tools": tool_states([segment.key])[segment.key],
        "others": visible.exclude(status=Status.ARCHIVED).exclude(pk=segment.pk).order_by("name"),
    }
    return render(request, "catalogue/segment_archive.html", context, status=status)
