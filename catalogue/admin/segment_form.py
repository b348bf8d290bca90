"""The form of a segment: the same builder, fields and YAML as on the pages, under tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from catalogue.admin.base import Headed
from catalogue.admin.pages import publish_page
from catalogue.admin.rights import user_of
from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment, Status, Via
from catalogue.permissions import Actor
from catalogue.segments.editing import create_segment
from catalogue.segments.refusals import SegmentRefused, StaleEdit
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.editor.comparing import compare
from catalogue.web.editor.conflict import NOT_TYPED
from catalogue.web.editor.desk import Desk, desk_for
from catalogue.web.editor.edited import Edited, open_edited, take_edited
from catalogue.web.editor.faces import ROWS
from catalogue.web.editor.page import form_context
from catalogue.web.editor.stored import NothingChanged, save, stored_of
from catalogue.web.views.new import desk_to_make, first_of

if TYPE_CHECKING:
    from catalogue.admin.segment import SegmentAdmin

SAVING = ("save", "publish")
# The tabs: what each part of the form is called in addresses, and for people.
PARTS = (
    ("story", "Story"),
    ("definition", "Definition"),
    ("goal", "Goal & metrics"),
    ("playbook", "Playbook"),
    ("sync", "Sync"),
    ("review", "Review"),
)


def edit_view(noun: SegmentAdmin, request: HttpRequest, segment: Segment | None) -> HttpResponse:
    """The form of a segment, or of a new one. Nothing is stored until it is said to be saved."""
    if segment is None:
        desk = desk_to_make(request)
        stored = first_of(request, desk)
    else:
        desk, stored = desk_for(user_of(request), segment), stored_of(segment)
    if request.method != "POST":
        edited = open_edited(stored, desk, shown=request.GET.get("face", ROWS))
        return _show(noun, request, segment, edited, desk)
    edited = take_edited(request.POST, stored, desk)
    if request.POST.get("do") not in SAVING:
        return _show(noun, request, segment, edited, desk)
    return _save(noun, request, segment, edited, desk)


def _save(
    noun: SegmentAdmin,
    request: HttpRequest,
    segment: Segment | None,
    edited: Edited,
    desk: Desk,
) -> HttpResponse:
    if not edited.is_sound:
        return _show(noun, request, segment, edited.with_facts_checked(), desk, status=422)
    try:
        saved = store(segment, edited, by=user_of(request))
    except StaleEdit as stale:
        return _show_conflict(noun, request, segment, stale)
    except NothingChanged as same:
        assert segment is not None  # noqa: S101 (a new one always changes something)
        return _go_on(noun, request, segment, edited, str(same))
    except DefinitionError as error:
        return _show(noun, request, segment, edited.refused(error.faults), desk, status=422)
    except SegmentRefused as refused:
        said = str(refused)
        told = edited.with_problem(said) if segment else edited.with_key_refused(said)
        return _show(noun, request, segment, told, desk, status=422)
    return _go_on(noun, request, saved, edited, _said(saved, is_new=segment is None))


def store(segment: Segment | None, edited: Edited, *, by: Actor) -> Segment:
    """Keep what the form says: a new segment and a draft segment at once, a live one as its draft.
    Raises what the services raise, and NothingChanged."""
    if segment is not None:
        return save(segment, edited, by=by, via=Via.ADMIN)
    return create_segment(
        document=edited.document(),
        by=by,
        via=Via.ADMIN,
        is_private=bool(edited.facts.cleaned_data.get("is_private")),
    )


def _said(segment: Segment, *, is_new: bool) -> str:
    if is_new:
        return f"“{segment.name}” is saved as a draft. Nobody is served it yet."
    if segment.status == Status.LIVE:
        return f"The draft of “{segment.name}” is saved. What is live stays until you publish."
    return f"“{segment.name}” is saved."


def _go_on(
    noun: SegmentAdmin, request: HttpRequest, segment: Segment, edited: Edited, sentence: str
) -> HttpResponse:
    if request.POST.get("do") == "publish":
        return redirect(publish_page(segment.key))
    messages.success(request, sentence)
    face = edited.faces.shown if edited.faces is not None else ROWS
    return redirect(noun.url_of(segment) + (f"?face={face}" if face != ROWS else ""))


def _show(
    noun: SegmentAdmin,
    request: HttpRequest,
    segment: Segment | None,
    edited: Edited,
    desk: Desk,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        **noun.admin_site.each_context(request),
        **form_context(request, edited, desk, segment),
        "opts": noun.opts,
        "title": f"Edit {segment.name}" if segment else "A new segment",
        "subtitle": segment.name if segment else None,
        "original": Headed(segment, segment.name) if segment else None,
        "segment": segment,
        "parts": PARTS,
        "is_refused": status == 422,
        "buttons": noun.shown_buttons(request, segment) if segment else [],
    }
    return _answer(noun, request, "admin/segment_form.html", context, status)


def _show_conflict(
    noun: SegmentAdmin, request: HttpRequest, segment: Segment | None, stale: StaleEdit
) -> HttpResponse:
    """Both versions, and what was typed carried along: taking it over is a deliberate act."""
    typed = [(n, v) for n, values in request.POST.lists() if n not in NOT_TYPED for v in values]
    labels = stored_labels(user_of(request))
    context = {
        **noun.admin_site.each_context(request),
        "opts": noun.opts,
        "title": "Somebody was faster",
        "segment": segment,
        "original": Headed(segment, segment.name) if segment else None,
        "stale": stale,
        "typed": typed,
        "difference": compare(
            stale.theirs, stale.yours, labels=labels, timezone=settings.WORKSPACE_TIME_ZONE
        ),
    }
    return _answer(noun, request, "admin/segment_conflict.html", context, 409)


def _answer(
    noun: SegmentAdmin, request: HttpRequest, template: str, context: dict[str, Any], status: int
) -> HttpResponse:
    request.current_app = noun.admin_site.name
    return TemplateResponse(request, template, context, status=status)
