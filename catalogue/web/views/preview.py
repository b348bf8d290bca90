"""A form looked at while it is written: nothing is stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django_htmx.http import trigger_client_event

from catalogue.models import Segment
from catalogue.permissions import check_can_write
from catalogue.web.editor.desk import Desk, desk_for
from catalogue.web.editor.edited import Edited, take_edited
from catalogue.web.editor.page import (
    acted_on,
    builder_of,
    effect_of_form,
    face_tabs,
    preview_url,
    suggested_key,
)
from catalogue.web.editor.stored import stored_of
from catalogue.web.segment_of import of_segment
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.new import desk_to_make, first_of


@require_POST
@of_segment(archived=False)
def preview(request: HttpRequest, segment: Segment) -> HttpResponse:
    """What the posted form of a segment comes to, or its builder after a button was pressed."""
    check_can_write(viewer_of(request), segment)
    desk = desk_for(viewer_of(request), segment)
    return _answer(request, take_edited(request.POST, stored_of(segment), desk), desk, segment)


@require_POST
def new_preview(request: HttpRequest) -> HttpResponse:
    """The same of a segment that is not stored yet."""
    desk = desk_to_make(request)
    edited = take_edited(request.POST, first_of(request, desk), desk)
    return _answer(request, edited, desk, None)


def _answer(
    request: HttpRequest, edited: Edited, desk: Desk, segment: Segment | None
) -> HttpResponse:
    do = request.POST.get("do", "")
    verb = do.partition(":")[0]
    if verb == "count":
        effect = effect_of_form(edited, desk, segment, with_counts=True)
        builder = builder_of(edited, desk, do, counts=effect.counts if effect else None)
        context: dict[str, Any] = {
            "edited": edited,
            "effect": effect,
            "builder": builder,
            "builder_url": preview_url(segment),
        }
        return render(request, "catalogue/editor/preview.html", context)
    if verb == "key":
        return render(request, "catalogue/editor/key.html", {"suggested": suggested_key(edited)})
    edited, acted = acted_on(edited, do, desk)
    context = {
        "edited": edited,
        "builder": builder_of(edited, desk, do, acted=acted),
        "builder_url": preview_url(segment),
        "faces": face_tabs(edited.faces),
    }
    # A row pressed or chosen replaces the rows, another face the whole definition.
    is_rows = context["builder"] is not None and verb != "face"
    part = "catalogue/builder/builder.html" if is_rows else "catalogue/editor/face.html"
    answer = render(request, part, context)
    # The page counts anew when it hears of it.
    return trigger_client_event(answer, "rules-changed", after="settle")
