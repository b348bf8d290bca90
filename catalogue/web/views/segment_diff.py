"""Two definition versions of a segment beside each other, and bringing the earlier one back."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.inputs import ScanFailed
from catalogue.membership.comparing import moved_between
from catalogue.membership.effect import Effect, effect_of
from catalogue.membership.estimating import NoDataYet
from catalogue.membership.publishing import restore_and_refresh
from catalogue.membership.versions import DamagedVersion
from catalogue.models import Segment, Status
from catalogue.permissions import can_publish
from catalogue.ports import tool_states
from catalogue.segments.documents import token_of
from catalogue.segments.publishing import LONGEST_MESSAGE
from catalogue.segments.refusals import NoSuchVersion, SegmentRefused, StaleEdit
from catalogue.segments.sides import DRAFT, Comparison, compare
from catalogue.segments.vocabulary import stored_labels
from catalogue.tasks import refresh_run, ring
from catalogue.web.fragments import wants_fragment
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

PAIR = re.compile(r"d?([0-9]{1,9})\.\.(?:d?([0-9]{1,9})|(draft))")


class RestoreForm(forms.Form):
    """Why an earlier version comes back; `token` names the state that the page showed."""

    message = forms.CharField(
        label="Why does it come back?",
        max_length=LONGEST_MESSAGE,
        help_text="Others read this in the history.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=True)
def segment_diff(request: HttpRequest, segment: Segment, pair: str) -> HttpResponse:
    """Compare `3..7`, or `7..draft`; a POST makes the earlier one the newest again."""
    earlier, later = _read(pair)
    if later != DRAFT and int(earlier) > int(later):
        return redirect("segment-diff", key=segment.key, pair=f"{later}..{earlier}")
    try:
        compared = compare(segment, earlier, later, labels=stored_labels(viewer_of(request)))
    except NoSuchVersion as missing:
        raise Http404(str(missing)) from missing
    if request.method == "POST":
        return _restore(request, segment, compared)
    form = RestoreForm(initial={"token": token_of(segment)})
    return _show(request, segment, compared, form)


def _read(pair: str) -> tuple[str, str]:
    found = PAIR.fullmatch(pair)
    if found is None:
        raise Http404(f"“{pair}” names no two versions. Write for example 3..7, or 7..draft.")
    earlier, later, draft = found.groups()
    return earlier, draft or later


def _show(
    request: HttpRequest,
    segment: Segment,
    compared: Comparison,
    form: RestoreForm,
    *,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "segment": segment,
        "compared": compared,
        "effect_title": _effect_title(compared),
    }
    if "effect" in request.GET:
        context["effect"] = _effect(request, segment, compared)
    fragment = "effect" in request.GET and wants_fragment(request)
    if not fragment:
        may = segment.status == Status.LIVE and can_publish(viewer_of(request), segment)
        context |= {
            "head": segment_head(segment, current="segment-history", viewer=viewer_of(request)),
            "history_url": reverse("segment-history", args=[segment.key]),
            "sides": (compared.before, compared.after),
            "moved": _moved(segment, compared),
            "form": form,
            "refused": refused,
            "can_restore": may and not compared.before.is_newest and compared.before.tree,
            "restore_title": f"Restore {compared.before.name}",
            "next_number": segment.definition.number + 1 if segment.definition else 1,
        }
    name = "_diff_effect" if fragment else "segment_diff"
    answer = render(request, f"catalogue/{name}.html", context, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _effect_title(compared: Comparison) -> str:
    if compared.after.is_draft:
        return "If the draft is published now"
    return f"If {compared.before.name} is restored now"


def _moved(segment: Segment, compared: Comparison) -> dict[str, Any]:
    if compared.after.is_draft or compared.before.number == compared.after.number:
        return {}
    try:
        found = moved_between(segment, compared.before.number, compared.after.number)
    except DamagedVersion as damaged:
        return {"problem": str(damaged)}
    return {"people": found}


def _effect(request: HttpRequest, segment: Segment, compared: Comparison) -> dict[str, Any]:
    """What happens if the draft is published, or the earlier version brought back."""
    proposed = compared.after if compared.after.is_draft else compared.before
    if proposed.tree is None:
        return {"problem": proposed.problem or "There is no definition to count."}
    try:
        found: Effect = effect_of(
            key=segment.key, definition=proposed.tree, now=timezone.now(), viewer=viewer_of(request)
        )
    except DefinitionError as error:
        return {"problem": " ".join(fault.sentence() for fault in error.faults)}
    except (NoDataYet, ScanFailed) as error:
        return {"problem": str(error)}
    tools = tool_states([segment.key])[segment.key]
    return {"found": found, "proposed": proposed, "tools": tools}


def _restore(request: HttpRequest, segment: Segment, compared: Comparison) -> HttpResponse:
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return _show(request, segment, compared, form, status=422)
    number = compared.before.number
    try:
        if segment.status != Status.LIVE:
            raise SegmentRefused("Only a live segment gets an earlier version back. Edit this one.")
        restored, run = restore_and_refresh(
            key=segment.key,
            number=number,
            message=form.cleaned_data["message"],
            token=form.cleaned_data["token"],
            by=viewer_of(request),
            via="web",
        )
    except StaleEdit as stale:
        return _show(request, segment, compared, form, refused=str(stale), status=409)
    except SegmentRefused as refused:
        return _show(request, segment, compared, form, refused=str(refused), status=422)
    except DefinitionError as error:
        said = " ".join(fault.sentence() for fault in error.faults)
        return _show(request, segment, compared, form, refused=said, status=422)
    ring(refresh_run, run.pk)
    newest = restored.definition.number if restored.definition else number
    messages.success(
        request, f"d{number} holds again, as d{newest}. A refresh was asked for; people follow."
    )
    return redirect("segment-history", key=segment.key)
