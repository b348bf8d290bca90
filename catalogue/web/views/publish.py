"""Letting a change go live: what it does, said before it is done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.membership.publishing import publish_and_refresh
from catalogue.models import Draft, Segment, Status
from catalogue.permissions import check_can_publish
from catalogue.segments.documents import document_of, etag_of, token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.gate import lacks_to_publish, needs_second_person
from catalogue.segments.publishing import LONGEST_MESSAGE, ask_to_publish, request_of
from catalogue.segments.refusals import SegmentRefused, StaleEdit
from catalogue.segments.vocabulary import stored_labels
from catalogue.tasks import refresh_run, ring
from catalogue.web.editor.comparing import compare
from catalogue.web.editor.plan import plan_of
from catalogue.web.editor.stored import draft_of
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of


class PublishForm(forms.Form):
    """What changes and why; `token` names the state that the page showed."""

    message = forms.CharField(
        label="What changes, and why?",
        max_length=LONGEST_MESSAGE,
        help_text="Others read this in the history.",
        error_messages={"required": "Say in a sentence what changes and why: others will read it."},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def publish(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The plan, and doing it."""
    check_can_publish(viewer_of(request), segment)
    if request.method != "POST":
        asked = request_of(segment)
        said = {"message": asked.message} if asked else {}
        form = PublishForm(initial={"token": token_of(segment), **said})
        return _show(request, segment, form)
    if request.POST.get("do") == "rebase":
        return _rebase(request, segment)
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, form, status=422)
    if request.POST.get("do") == "ask":
        return _ask(request, segment, form)
    return _publish(request, segment, form)


def _ask(request: HttpRequest, segment: Segment, form: PublishForm) -> HttpResponse:
    """Ask a second person, where the team wants four eyes."""
    said, by = form.cleaned_data, viewer_of(request)
    try:
        ask_to_publish(
            key=segment.key, message=said["message"], token=said["token"], by=by, via="web"
        )
    except StaleEdit as stale:
        return _came_late(request, segment, form, stale)
    except SegmentRefused as refused:
        return _show(request, segment, form, refused=str(refused), status=422)
    messages.success(
        request, f"Asked. “{segment.name}” waits for a second person of {segment.team.name}."
    )
    return redirect("segment", key=segment.key)


def _publish(request: HttpRequest, segment: Segment, form: PublishForm) -> HttpResponse:
    said = form.cleaned_data
    try:
        published, run = publish_and_refresh(
            key=segment.key,
            message=said["message"],
            token=said["token"],
            by=viewer_of(request),
            via="web",
        )
    except StaleEdit as stale:
        return _came_late(request, segment, form, stale)
    except SegmentRefused as refused:
        return _show(request, segment, form, refused=str(refused), status=422)
    except DefinitionError as error:
        sentences = " ".join(fault.message for fault in error.faults)
        return _show(request, segment, form, refused=sentences, status=422)
    ring(refresh_run, run.pk)
    number = published.definition.number if published.definition else 0
    messages.success(
        request, f"“{published.name}” is live as d{number}. A refresh was asked for; people follow."
    )
    return redirect("segment", key=segment.key)


def _came_late(
    request: HttpRequest, segment: Segment, form: PublishForm, stale: StaleEdit
) -> HttpResponse:
    """The same form sent twice publishes once; any other state is looked at anew."""
    segment = Segment.objects.get(pk=segment.pk)
    version = segment.definition
    is_done = (
        segment.status == Status.LIVE
        and not Draft.objects.filter(segment=segment).exists()
        and version is not None
        and version.message == form.cleaned_data["message"].strip()
    )
    if is_done:
        messages.info(
            request, f"“{segment.name}” was published already; nothing was published twice."
        )
        return redirect("segment", key=segment.key)
    late = PublishForm(initial={"token": token_of(segment), "message": form["message"].value()})
    sentence = f"{stale} What you see now is the newest state."
    return _show(request, segment, late, refused=sentence, status=409)


def _rebase(request: HttpRequest, segment: Segment) -> HttpResponse:
    """Take the draft over onto what is live now, which somebody changed since it was begun."""
    draft = Draft.objects.filter(segment=segment).first()
    if draft is not None:
        try:
            save_draft(
                key=segment.key,
                document=draft.document,
                token=request.POST.get("token", ""),
                by=viewer_of(request),
                via="web",
            )
        except (SegmentRefused, DefinitionError) as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, "Your draft is now based on what is live.")
    return redirect("segment-publish", key=segment.key)


def _show(
    request: HttpRequest,
    segment: Segment,
    form: PublishForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    draft = draft_of(segment)
    live = document_of(segment)
    proposed = live if draft is None else dict(draft.document)
    is_first = segment.status == Status.DRAFT
    labels = stored_labels(viewer_of(request))
    context: dict[str, Any] = {
        "segment": segment,
        "head": segment_head(segment, current="segment-publish", viewer=viewer_of(request)),
        "form": form,
        "draft": draft,
        "refused": refused,
        "is_first": is_first,
        "is_moved": draft is not None and draft.base != etag_of(segment),
        "is_nothing": draft is None and not is_first,
        "difference": compare(
            {} if is_first else live, proposed, labels=labels, timezone=settings.WORKSPACE_TIME_ZONE
        ),
        "asked": request_of(segment),
        "needs_second": needs_second_person(segment, viewer_of(request)),
        "lacks": lacks_to_publish(proposed, segment),
        "plan": plan_of(segment, proposed, viewer=viewer_of(request)),
    }
    return render(request, "catalogue/segment_publish.html", context, status=status)
