"""Making and changing segments by hand: on pages, in the admin, through the API.

Every edit is a changed document (catalogue.segments.documents) and names the token of the state it
was made from; if that has moved on, it is refused with both versions. A segment of status draft
takes a definition at once as its next version, because nobody is served it. A change to a live one
waits as a `Draft` until it is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from catalogue.definitions.errors import Code, DefinitionError, Fault, refuse
from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import Change, Draft, Segment, Status, Team, User
from catalogue.permissions import Actor, check_can_write, check_can_write_for, label_of
from catalogue.segments import storing
from catalogue.segments.changes import changed_fields, record
from catalogue.segments.checking import check_edit
from catalogue.segments.documents import (
    HEAD,
    SegmentDocument,
    document_of,
    etag_of,
    read_document,
    tests_in,
    tests_of,
    token_of,
)
from catalogue.segments.gate import check_stays_live
from catalogue.segments.refusals import SegmentRefused, StaleEdit
from catalogue.segments.texts import keep_text


def create_segment(
    *,
    document: Mapping[str, Any],
    by: Actor,
    via: str,
    message: str = "",
    is_private: bool = False,
) -> Segment:
    """A new segment, of status draft, from its document. Raises DefinitionError with every fault,
    PermissionDenied, and SegmentRefused when the key is taken."""
    file = read_document({**document, "status": Status.DRAFT.value})
    team = team_named(file.team)
    check_can_write_for(by, team)
    check_edit(file, by=by)
    if Segment.objects.filter(key=file.key).exists():
        raise _taken(file.key)
    try:
        with transaction.atomic():
            segment = Segment.objects.create(
                key=file.key, name=file.name, team=team, is_private=is_private
            )
            store(segment, file, by=by, message=message)
            record("segment.created", segment=segment, by=by, via=via, message=message)
    except IntegrityError as error:
        raise _taken(file.key) from error
    return segment


def edit_segment(
    *,
    key: str,
    document: Mapping[str, Any],
    token: str,
    by: Actor,
    via: str,
    message: str = "",
    is_private: bool | None = None,
) -> Segment:
    """Store what a document says at once: everything of a draft, all but the definition of a live
    segment (SegmentRefused: publish that). Unchanged: nothing is written. Raises DefinitionError,
    StaleEdit, PermissionDenied."""
    with transaction.atomic():
        segment = lock(key)
        check_can_write(by, segment)
        check_token(segment, token, document)
        file = _read_edit(segment, document, by)
        if segment.status == Status.LIVE and _has_new_definition(segment, file):
            raise SegmentRefused(
                f"“{segment.name}” is live, so a new definition is published with a message. Save"
                " it as a draft, then publish."
            )
        check_stays_live(segment, file)
        _store_edit(segment, file, by=by, via=via, message=message, is_private=is_private)
    return segment


def save_draft(
    *, key: str, document: Mapping[str, Any], token: str, by: Actor, via: str
) -> Segment:
    """Keep a changed document: of a live segment as its draft, of a draft segment at once. The
    segment returned has the newest state; `token_of` names it. Raises DefinitionError, StaleEdit,
    PermissionDenied."""
    with transaction.atomic():
        segment = lock(key)
        check_can_write(by, segment)
        check_token(segment, token, document)
        file = _read_edit(segment, document, by)
        if segment.status == Status.DRAFT:
            _store_edit(segment, file, by=by, via=via)
        else:
            _keep_draft(segment, document, by=by, via=via)
    return Segment.objects.get(pk=segment.pk)


def discard_draft(*, key: str, by: Actor, via: str) -> Segment:
    """Throw the waiting draft away; nothing happens when there is none."""
    with transaction.atomic():
        segment = lock(key)
        check_can_write(by, segment)
        if Draft.objects.filter(segment=segment).delete()[0]:
            record("segment.draft_discarded", segment=segment, by=by, via=via)
    return Segment.objects.get(pk=segment.pk)


def duplicate_segment(*, key: str, new_key: str, new_name: str, by: Actor, via: str) -> Segment:
    """A draft that says what another segment says, without its tools and its hand-kept lists."""
    segment = Segment.objects.visible_to(by).get(key=key)
    if segment.definition is not None and segment.definition.canonical is None:
        raise SegmentRefused(
            f"“{segment.name}” is a list kept by hand. Export it, and apply it under another key."
        )
    document = {**document_of(segment), "key": new_key, "name": new_name}
    document.pop("sync", None)
    message = f"Made from “{segment.name}”"
    return create_segment(document=document, by=by, via=via, message=message)


def set_owner(*, key: str, owner: User, by: Actor, via: str) -> Segment:
    """Give the segment to somebody, who can then change it."""
    segment = Segment.objects.get(key=key)
    document = {**document_of(segment), "owner": owner.email}
    return edit_segment(key=key, document=document, token=token_of(segment), by=by, via=via)


def lock(key: str) -> Segment:
    """The segment, held by this transaction until it ends."""
    # Only its own row: what it points to may be missing, and PostgreSQL locks no outer joins.
    segment: Segment = Segment.objects.select_for_update().get(key=key)
    if segment.status == Status.ARCHIVED:
        raise SegmentRefused(
            f"“{segment.name}” is archived and is not changed any more. Bring it back first."
        )
    return segment


def check_token(segment: Segment, token: str, yours: Mapping[str, Any]) -> None:
    """Raises StaleEdit when `token` does not name the segment's state."""
    now = token_of(segment)
    if token == now:
        return
    draft = Draft.objects.filter(segment=segment).select_related("created_by").first()
    theirs = dict(draft.document) if draft else document_of(segment)
    raise StaleEdit(yours=yours, theirs=theirs, token=now, who=_who_changed(segment, draft))


def _who_changed(segment: Segment, draft: Draft | None) -> str:
    # A draft that is saved again makes no further row of the log.
    if draft is not None and draft.created_by is not None:
        return label_of(draft.created_by)
    newest = Change.objects.filter(segment=segment).order_by("-pk").first()
    return newest.actor if newest else ""


def team_named(slug: str) -> Team:
    """The team of a document. Raises DefinitionError when there is none of that name."""
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        known = ", ".join(Team.objects.order_by("slug").values_list("slug", flat=True))
        said = f"There is no team “{slug}”." if slug else "A segment belongs to a team."
        raise refuse(Code.BAD_VALUE, f"{said} There are: {known or 'none yet'}.", "/team")
    return team


def store(segment: Segment, file: SegmentFile, *, by: Actor, message: str = "") -> bool:
    """Make the rows what the file says; whether that changed anything. The caller holds the
    transaction and has checked everything."""
    team = team_named(file.team or segment.team.slug)
    changed = [storing.set_facts(segment, storing.facts_of(file, team=team, owner=_owner(file)))]
    if file.definition is not None or file.static is not None:
        changed.append(storing.set_definition(segment, file, by=by, message=message))
    changed.append(storing.note_live(segment))
    changed += [storing.set_evidence(segment, file), storing.set_messages(segment, file, by=by)]
    changed.append(tests_of(segment) != tests_in(file))
    if any(changed):
        keep_text(segment, file)
        segment.save()
    return any(changed)


def _taken(key: str) -> SegmentRefused:
    return SegmentRefused(
        f"The key “{key}” is taken, and a key is never used again. Choose another one."
    )


def _owner(file: SegmentFile) -> User | None:
    return User.objects.filter(email__iexact=file.owner).first() if file.owner else None


def _read_edit(segment: Segment, document: Mapping[str, Any], by: Actor) -> SegmentFile:
    """The document as a file that fits the segment: its key and status stay, and it goes only to a
    team that `by` may write for."""
    fixed = {name: value for name, value in document_of(segment).items() if name in HEAD}
    if document.get("key", segment.key) != segment.key:
        raise refuse(Code.BAD_VALUE, "The key of a segment is for ever.", "/key", segment.key)
    file = read_document({**document, **fixed, "status": str(segment.status)}, segment)
    if file.team and file.team != segment.team.slug:
        check_can_write_for(by, team_named(file.team))
    check_edit(file, by=by, stored=segment.definition)
    return file


def _has_new_definition(segment: Segment, file: SegmentFile) -> bool:
    stored = segment.definition.definition_hash if segment.definition is not None else None
    has_one = file.definition is not None or file.static is not None
    if not has_one:
        pointer, message = (
            "/definition",
            "A segment needs a definition. Write at least one condition.",
        )
        raise DefinitionError(Fault(code=Code.EMPTY_DEFINITION, message=message, pointer=pointer))
    return storing.hash_of(file) != stored


def _store_edit(
    segment: Segment,
    file: SegmentFile,
    *,
    by: Actor,
    via: str,
    message: str = "",
    is_private: bool | None = None,
) -> None:
    before, number = document_of(segment), _number(segment)
    _has_new_definition(segment, file)
    wants_privacy = is_private is not None and is_private != segment.is_private
    if is_private is not None:
        segment.is_private = is_private
    if wants_privacy:
        segment.save()
    if store(segment, file, by=by, message=message) or wants_privacy:
        details = edit_details(before, segment, number)
        record("segment.edited", segment=segment, by=by, via=via, message=message, details=details)


def edit_details(before: SegmentDocument, segment: Segment, number: int) -> dict[str, Any]:
    """What the log keeps of an edit: the fields that changed, and d7 → d8."""
    details: dict[str, Any] = {"fields": changed_fields(before, document_of(segment))}
    if _number(segment) != number:
        details["definition"] = [number or None, _number(segment)]
    return details


def _number(segment: Segment) -> int:
    return segment.definition.number if segment.definition is not None else 0


def _keep_draft(segment: Segment, document: Mapping[str, Any], *, by: Actor, via: str) -> None:
    draft = Draft.objects.filter(segment=segment).first()
    is_new = draft is None
    draft = draft or Draft(segment=segment, revision=0)
    kept = {**document, **{k: v for k, v in document_of(segment).items() if k in HEAD}}
    draft.document = {**kept, "status": str(segment.status)}
    draft.base, draft.base_number = etag_of(segment), _number(segment)
    draft.revision += 1
    draft.created_by = by if isinstance(by, User) else None
    draft.save()
    if is_new:
        details = {"definition": [draft.base_number, draft.number]}
        record("segment.drafted", segment=segment, by=by, via=via, details=details)
