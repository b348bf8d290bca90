"""What the pages with the form of a segment show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Segment
from catalogue.web.builder.acts import ACTS, Acted, act
from catalogue.web.builder.rows import Complaint
from catalogue.web.builder.show import RowCount, Shown, show
from catalogue.web.components.structure import Tab
from catalogue.web.editor.desk import Desk
from catalogue.web.editor.edited import Edited
from catalogue.web.editor.effect import Effect, counted, said
from catalogue.web.editor.faces import ROWS, YAML, Faces, read_rows
from catalogue.web.editor.facts import REFRESHES
from catalogue.web.editor.stored import draft_of, live_of

# What is not finished is complained about only when somebody says to be finished.
FINISHING = ("save", "publish", "update", "face")
FACES = {ROWS: "Builder", YAML: "YAML"}


def acted_on(edited: Edited, do: str, desk: Desk) -> tuple[Edited, Acted | None]:
    """The form after a button of the builder was pressed; (form, None) after any other."""
    faces = edited.faces
    if faces is None or faces.shown != ROWS or do.partition(":")[0] not in ACTS:
        return edited, None
    acted = act(faces.rules, do, desk.words)
    return edited.with_faces(read_rows(acted.rules)), acted


def builder_of(
    edited: Edited,
    desk: Desk,
    do: str,
    *,
    acted: Acted | None = None,
    counts: Mapping[str, RowCount] | None = None,
) -> Shown | None:
    """The builder of the form; None where there is none to be shown."""
    faces = edited.faces
    if faces is None or faces.shown != ROWS:
        return None
    complaints = faces.complaints if do.partition(":")[0] in FINISHING else ()
    if acted is not None and acted.problem:
        complaints = (*complaints, Complaint(message=acted.problem))
    focus = acted.focus if acted is not None else ("", "")
    return show(faces.rules, desk.words, complaints=complaints, focus=focus, counts=counts)


def effect_of_form(
    edited: Edited, desk: Desk, segment: Segment | None, *, with_counts: bool
) -> Effect | None:
    """What the form comes to; None of a list kept by hand."""
    if edited.faces is None:
        return None
    key = segment.key if segment else ""
    if not with_counts:
        return said(edited.faces, desk.words, key=key)
    live = live_of(segment) if segment else None
    now = timezone.now()
    return counted(edited.faces, desk.words, key=key, viewer=desk.writer, now=now, live=live)


def form_context(
    request: HttpRequest, edited: Edited, desk: Desk, segment: Segment | None
) -> dict[str, Any]:
    """Everything that the page with the form needs, after whatever button was pressed."""
    do = request.POST.get("do", "")
    edited, acted = acted_on(edited, do, desk)
    # Without a script nobody asks for the numbers later.
    effect = effect_of_form(edited, desk, segment, with_counts=request.method == "POST")
    counts = effect.counts if effect else None
    return {
        "edited": edited,
        "desk": desk,
        "refreshes": REFRESHES,
        "builder": builder_of(edited, desk, do, acted=acted, counts=counts),
        "builder_url": preview_url(segment),
        "effect": effect,
        "faces": face_tabs(edited.faces),
        "draft": draft_of(segment) if segment else None,
        "suggested": None if segment else suggested_key(edited),
    }


def preview_url(segment: Segment | None) -> str:
    """Where the form is posted to be looked at only."""
    if segment is None:
        return reverse("segment-new-preview")
    return reverse("segment-preview", args=[segment.key])


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedKey:
    """The key that a new segment would get; `is_taken` by another one."""

    key: str
    is_taken: bool


def suggested_key(edited: Edited) -> SuggestedKey:
    """The key that is typed, else the one that the name makes."""
    key = str(edited.document().get("key", ""))
    return SuggestedKey(key=key, is_taken=Segment.objects.filter(key=key).exists())


def face_tabs(faces: Faces | None) -> list[Tab]:
    """The faces of the definition; `url` is the word of the button."""
    if faces is None:
        return []
    return [
        Tab(label=label, url=f"face:{name}", current=name == faces.shown)
        for name, label in FACES.items()
    ]
