"""Vouching for a segment, and taking that back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from catalogue.models import Segment
from catalogue.segments.certifying import certify, trust_now, withdraw_certificate
from catalogue.segments.publishing import LONGEST_MESSAGE
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.rights import check_can_certify
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


class CertificateForm(forms.Form):
    """Why others may rely on it."""

    message = forms.CharField(
        label="Why may others rely on it?",
        max_length=LONGEST_MESSAGE,
        help_text="It stands beside the certificate.",
        error_messages={"required": "Say in a sentence what you looked at: others rely on it."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def certificate(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The certificate there is, giving one, and taking it back (`do=withdraw`)."""
    check_can_certify(viewer_of(request), segment)
    if request.method != "POST":
        return _show(request, segment, CertificateForm())
    form = CertificateForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, form, status=422)
    withdraws = request.POST.get("do") == "withdraw"
    act = withdraw_certificate if withdraws else certify
    try:
        act(key=segment.key, by=viewer_of(request), via="web", **form.cleaned_data)
    except SegmentRefused as refused:
        form.add_error("message", str(refused))
        return _show(request, segment, form, status=422)
    said = "has no certificate any more" if withdraws else "is certified"
    messages.success(request, f"“{segment.name}” {said}.")
    return redirect("segment", key=segment.key)


def _show(
    request: HttpRequest, segment: Segment, form: CertificateForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "head": segment_head(segment, current="segment-certificate", viewer=viewer_of(request)),
        "trust": trust_now(segment, now=timezone.now()),
        "form": form,
    }
    return render(request, "catalogue/segment_certificate.html", context, status=status)
