"""Changing a segment: everything it says, in one form."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment, Status
from catalogue.permissions import check_can_write
from catalogue.segments.refusals import SegmentRefused, StaleEdit
from catalogue.web.editor.conflict import show_conflict
from catalogue.web.editor.desk import Desk, desk_for
from catalogue.web.editor.edited import Edited, open_edited, take_edited
from catalogue.web.editor.faces import ROWS
from catalogue.web.editor.page import form_context
from catalogue.web.editor.stored import NothingChanged, save, stored_of
from catalogue.web.segment_head import segment_head
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of

SAVING = ("save", "publish")


@require_http_methods(["GET", "HEAD", "POST"])
@of_segment(archived=False)
def edit(request: HttpRequest, segment: Segment) -> HttpResponse:
    """The form of the segment, or of its draft; `?face=yaml` opens it with its YAML."""
    check_can_write(viewer_of(request), segment)
    desk = desk_for(viewer_of(request), segment)
    stored = stored_of(segment)
    if request.method != "POST":
        shown = request.GET.get("face", ROWS)
        return _show(request, segment, open_edited(stored, desk, shown=shown), desk)
    edited = take_edited(request.POST, stored, desk)
    if request.POST.get("do") in SAVING:
        return _save(request, segment, edited, desk)
    return _show(request, segment, edited, desk)


def _show(
    request: HttpRequest, segment: Segment, edited: Edited, desk: Desk, *, status: int = 200
) -> HttpResponse:
    context = form_context(request, edited, desk, segment)
    context["is_refused"] = status == 422
    context["head"] = segment_head(segment, current="segment-edit", viewer=viewer_of(request))
    return render(request, "catalogue/segment_edit.html", context, status=status)


def _save(request: HttpRequest, segment: Segment, edited: Edited, desk: Desk) -> HttpResponse:
    if not edited.is_sound:
        return _show(request, segment, edited.with_facts_checked(), desk, status=422)
    try:
        save(segment, edited, by=viewer_of(request))
    except StaleEdit as stale:
        return show_conflict(request, segment, stale)
    except NothingChanged as same:
        return _go_on(request, segment, edited, str(same))
    except DefinitionError as error:
        return _show(request, segment, edited.refused(error.faults), desk, status=422)
    except SegmentRefused as refused:
        return _show(request, segment, edited.with_problem(str(refused)), desk, status=422)
    return _go_on(request, segment, edited, _saved(segment))


def _saved(segment: Segment) -> str:
    if segment.status == Status.LIVE:
        return f"The draft of “{segment.name}” is saved. What is live stays until you publish."
    return f"“{segment.name}” is saved."


def _go_on(request: HttpRequest, segment: Segment, edited: Edited, sentence: str) -> HttpResponse:
    if request.POST.get("do") == "publish":
        return redirect("segment-publish", key=segment.key)
    messages.success(request, sentence)
    answer = redirect("segment-edit", key=segment.key)
    if edited.faces is not None and edited.faces.shown != ROWS:
        answer["Location"] += f"?face={edited.faces.shown}"
    return answer
