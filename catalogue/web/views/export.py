"""A file of people: how far it is, what it holds, and the file. Only for whoever asked for it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.exports.requesting import (
    WAITING,
    ExportRefused,
    cancel_export,
    export_of,
    file_name,
    file_of,
    may_download,
)
from catalogue.models import Export, RunState
from catalogue.permissions import can_see_people
from catalogue.web.fragments import render_page
from catalogue.web.sign_in import viewer_of

# How often the page asks how far it is: (so many seconds since it was asked for, every so many).
PATIENCE = ((30, 2), (120, 5))
SLOWEST = 10


@never_cache
@require_safe
def export(request: HttpRequest, number: int) -> HttpResponse:
    """How far the file is; once it is written, what it holds and where it is fetched."""
    found, now = _mine(request, number), timezone.now()
    context = {
        "export": found,
        "segment": found.membership.segment,
        "is_waiting": found.state in WAITING,
        "may_download": may_download(found, viewer=viewer_of(request), now=now),
        "may_see": can_see_people(viewer_of(request), found.membership.segment),
        "seconds": _seconds(found, now) if found.state in WAITING else 0,
        "words": "Writing the file" if found.state == RunState.RUNNING else "Waiting for a worker",
        "file_name": file_name(found),
    }
    return render_page(
        request, "catalogue/export.html", context, fragment="catalogue/_export_state.html"
    )


@never_cache
@require_POST
def export_cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the writing; nothing of it is kept."""
    found = cancel_export(_mine(request, number))
    if found.state == RunState.CANCELLED:
        messages.success(request, "The export was cancelled before it began.")
    elif found.cancel_asked:
        messages.success(request, "The export stops in a moment; nothing of it is kept.")
    return redirect("export", number=number)


@never_cache
@require_safe
def export_download(request: HttpRequest, number: int) -> HttpResponseBase:
    """The file, for who asked for it, while they may see people and its time is not over."""
    found = _mine(request, number)
    try:
        path = file_of(found, viewer=viewer_of(request), now=timezone.now())
        file = path.open("rb")
    except (ExportRefused, FileNotFoundError) as refused:
        said = str(refused) if isinstance(refused, ExportRefused) else "The file is gone."
        context = {"title": "The file is not there", "sentence": said, "export": found}
        return render(request, "catalogue/export_gone.html", context, status=410)
    return FileResponse(file, as_attachment=True, filename=file_name(found))


def _mine(request: HttpRequest, number: int) -> Export:
    found = export_of(number, viewer=viewer_of(request))
    if found is None:
        raise Http404("There is no export of this number among yours.")
    return found


def _seconds(export: Export, now: datetime) -> int:
    waited = (now - export.created_at).total_seconds()
    return next((every for until, every in PATIENCE if waited < until), SLOWEST)
