"""Making a segment: why first."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalogue.definitions.errors import DefinitionError
from catalogue.segments.editing import create_segment
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.editor.desk import Desk, desk_for
from catalogue.web.editor.edited import NEW, Edited, Stored, open_edited, take_edited
from catalogue.web.editor.page import form_context
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.edit import SAVING

NO_TEAM = (
    "Segments are made by the editors of a team, and you have no seat as one. Ask an admin of your"
    " team for it."
)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """An empty form, and the draft that comes of it."""
    desk = desk_to_make(request)
    stored = first_of(request, desk)
    if request.method != "POST":
        return _show(request, open_edited(stored, desk), desk)
    edited = take_edited(request.POST, stored, desk)
    if request.POST.get("do") in SAVING:
        return _create(request, edited, desk)
    return _show(request, edited, desk)


def desk_to_make(request: HttpRequest) -> Desk:
    """The desk of somebody who may make segments. Raises PermissionDenied."""
    desk = desk_for(viewer_of(request))
    if not desk.teams:
        raise PermissionDenied(NO_TEAM)
    return desk


def first_of(request: HttpRequest, desk: Desk) -> Stored:
    """What an empty form begins with: whoever writes is the owner until somebody else is named."""
    owner = viewer_of(request).email
    return Stored(document={**NEW, "team": desk.teams[0].slug, "owner": owner})


def _show(request: HttpRequest, edited: Edited, desk: Desk, *, status: int = 200) -> HttpResponse:
    context = form_context(request, edited, desk, None)
    context["is_refused"] = status == 422
    return render(request, "catalogue/segment_new.html", context, status=status)


def _create(request: HttpRequest, edited: Edited, desk: Desk) -> HttpResponse:
    if not edited.is_sound:
        return _show(request, edited.with_facts_checked(), desk, status=422)
    try:
        segment = create_segment(
            document=edited.document(),
            by=viewer_of(request),
            via="web",
            is_private=bool(edited.facts.cleaned_data.get("is_private")),
        )
    except DefinitionError as error:
        return _show(request, edited.refused(error.faults), desk, status=422)
    except SegmentRefused as refused:
        return _show(request, edited.with_key_refused(str(refused)), desk, status=422)
    if request.POST.get("do") == "publish":
        return redirect("segment-publish", key=segment.key)
    messages.success(request, f"“{segment.name}” is saved as a draft. Nobody is served it yet.")
    return redirect("segment-edit", key=segment.key)
