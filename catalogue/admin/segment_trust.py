"""Vouching for segments in the admin, and taking that back: mixed into the admin of segments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from unfold.widgets import UnfoldAdminTextareaWidget

from catalogue.admin.asking import Question, ask, is_confirmed, ticked
from catalogue.admin.buttons import Button
from catalogue.admin.rights import user_of
from catalogue.models import Certificate, Segment, Status, User, Via
from catalogue.segments.certifying import certify, withdraw_certificate
from catalogue.segments.publishing import LONGEST_MESSAGE
from catalogue.segments.rights import can_certify


class CertificateForm(forms.Form):
    """The words that stand beside a certificate, or that say why it is taken back."""

    message = forms.CharField(
        label="In a sentence, why",
        max_length=LONGEST_MESSAGE,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="It stands beside the certificate, and in the log.",
    )


class SegmentTrust:
    """Mixed into the admin of segments."""

    def _certificates(self: Any, user: User, segment: Segment) -> list[Button]:
        if not can_certify(user, segment):
            return []
        found = []
        if segment.status == Status.LIVE:
            url = self._asked(segment, "certify")
            found.append(Button(name="certify", label="Certify…", url=url))
        if Certificate.objects.filter(segment=segment).exists():
            url = self._asked(segment, "uncertify")
            found.append(Button(name="uncertify", label="Take the certificate back…", url=url))
        return found

    @admin.action(description="Certify…")
    def certify(self: Any, request: HttpRequest, queryset: QuerySet[Segment]) -> HttpResponse:
        """After asking for the words beside the certificate."""
        found: HttpResponse = self._certify(request, list(queryset), back=self._list())
        return found

    @admin.action(description="Take certificates back…")
    def withdraw_certificate(
        self: Any, request: HttpRequest, queryset: QuerySet[Segment]
    ) -> HttpResponse:
        """After asking why."""
        found: HttpResponse = self._uncertify(request, list(queryset), back=self._list())
        return found

    def _certify(
        self: Any, request: HttpRequest, segments: Sequence[Segment], *, back: str
    ) -> HttpResponse:
        return self._vouch(
            request,
            segments,
            Question(
                title=f"Certify {named(segments)}",
                said="You vouch for who they are, as they are defined now. It lapses when the"
                " definition changes, and when the review is overdue.",
                button="Certify",
                back=back,
            ),
            certify,
            "is certified.",
        )

    def _uncertify(
        self: Any, request: HttpRequest, segments: Sequence[Segment], *, back: str
    ) -> HttpResponse:
        return self._vouch(
            request,
            segments,
            Question(
                title=f"Take back the certificate of {named(segments)}",
                said="Whoever trusts it sees at once that nobody vouches for it any more.",
                button="Take it back",
                back=back,
            ),
            withdraw_certificate,
            "is not certified.",
        )

    def _vouch(
        self: Any,
        request: HttpRequest,
        segments: Sequence[Segment],
        question: Question,
        deed: Callable[..., object],
        said: str,
    ) -> HttpResponse:
        form = CertificateForm(request.POST if is_confirmed(request) else None)
        if is_confirmed(request) and form.is_valid():
            words = form.cleaned_data["message"]
            self._do(
                request,
                segments,
                lambda one: deed(key=one.key, message=words, by=user_of(request), via=Via.ADMIN),
                said,
            )
            return redirect(question.back)
        lines = [f"{one.name} ({one.key})" for one in segments]
        whole = replace(question, form=form, lines=lines, hidden=ticked(request))
        return ask(self, request, whole)


def named(segments: Sequence[Segment]) -> str:
    """One by its name, several by their number."""
    return segments[0].name if len(segments) == 1 else f"{len(segments)} segments"
