"""The state of a segment that a form begins with, and how a form is stored."""

from __future__ import annotations

from catalogue.models import Draft, Segment, Status
from catalogue.permissions import Actor
from catalogue.segments.documents import SegmentDocument, document_of, token_of
from catalogue.segments.editing import edit_segment, save_draft
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.editor.edited import Edited, Stored
from catalogue.web.editor.effect import Live


class NothingChanged(SegmentRefused):
    """The form says what is stored already."""


def draft_of(segment: Segment) -> Draft | None:
    """The draft that waits."""
    return Draft.objects.filter(segment=segment).select_related("created_by").first()


def proposed_of(segment: Segment) -> SegmentDocument:
    """The document that would be published: the draft's, else the segment's own."""
    draft = draft_of(segment)
    return document_of(segment) if draft is None else dict(draft.document)


def stored_of(segment: Segment) -> Stored:
    """What the form of a segment begins with."""
    definition = segment.definition
    return Stored(
        document=proposed_of(segment),
        token=token_of(segment),
        may_be_private=segment.status == Status.DRAFT,
        is_private=segment.is_private,
        is_list=definition is not None and definition.canonical is None,
    )


def live_of(segment: Segment) -> Live | None:
    """The newest size of the segment; None before its first refresh."""
    membership = segment.membership
    if membership is None:
        return None
    return Live(size=membership.size, as_of=segment.refreshed_at or membership.now)


def save(segment: Segment, edited: Edited, *, by: Actor, via: str = "web") -> Segment:
    """Store the form: a draft segment at once, a live one as its draft. Raises NothingChanged, and
    what `save_draft` and `edit_segment` raise."""
    document = edited.document()
    if segment.status == Status.DRAFT:
        return edit_segment(
            key=segment.key,
            document=document,
            token=edited.token,
            by=by,
            via=via,
            is_private=bool(edited.facts.cleaned_data.get("is_private")),
        )
    # A stale form is never the same as what it began with: `save_draft` says so.
    if edited.token == token_of(segment) and document == proposed_of(segment):
        raise NothingChanged(f"This is what “{segment.name}” says already; nothing was stored.")
    return save_draft(key=segment.key, document=document, token=edited.token, by=by, via=via)
