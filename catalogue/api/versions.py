"""/segments/{key}/versions/ and what is done with one version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.definition import waiting_document
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged, address_of_page, links_of, read_cursor, write_cursor
from catalogue.api.parsing import check_names
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.versions import (
    MessageShape,
    NewVersionShape,
    PublishedShape,
    PublishRequestShape,
    VersionPage,
    VersionShape,
    WholeVersionShape,
)
from catalogue.api.version_data import (
    draft_data,
    lines_data,
    versions_below,
    waiting_draft,
    whole_draft_data,
    whole_version_data,
)
from catalogue.membership.publishing import publish_and_refresh, restore_and_refresh
from catalogue.models import Draft, RefreshRun, Scope, Segment, Status, Via
from catalogue.segments.documents import token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.publishing import ask_to_publish, version_numbered
from catalogue.segments.refusals import NoSuchVersion
from catalogue.segments.vocabulary import stored_labels
from catalogue.tasks import refresh_run, ring

WRITING = (
    "malformed-body",
    "invalid-body",
    "forbidden",
    "not-found",
    "refused",
    "stale-version",
    "invalid-definition",
    "precondition-required",
    "idempotency-conflict",
    "request-in-progress",
)


class Versions(Resource):
    """The definition versions of a segment."""

    @operation(
        "segments_versions_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: VersionPage, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
        tag="versions",
    )
    def get(self, request: Request, key: str) -> Response:
        """List the definition versions, the newest first. A draft that waits comes before them;
        a key sees it with the scope `segments:draft`."""
        segment = self.segment(key)
        below, size = self._below(), self.asked["page_size"]
        draft = waiting_draft(request, segment) if below is None else None
        rows = versions_below(segment, below, size + 1)
        some = rows[: size - (1 if draft else 0)]
        lines = [draft_data(request, segment, draft)] if draft else []
        lines += lines_data(request, segment, some)
        has_more = len(rows) > len(some)
        cursor = {"below": lines[-1]["number"]} if has_more and lines else None
        following = write_cursor(request, "versions", cursor) if cursor else None
        data: dict[str, Any] = {
            "results": VersionShape(lines, many=True).data,
            "next": address_of_page(request, following),
            "has_more": has_more,
            "as_of": timezone.now(),
        }
        if self.asked["with_count"]:
            waits = waiting_draft(request, segment) is not None
            data["count"] = segment.definitions.count() + waits
        return self.answer(data, etag=etags.weak(data), headers=links_of(data))

    def _below(self) -> int | None:
        text = self.asked.get("cursor")
        if not text:
            return None
        return int(read_cursor(self.request, "versions", text)["below"])

    @operation(
        "segments_versions_create",
        scope=Scope.SEGMENTS_WRITE,
        body=NewVersionShape,
        answers={201: WholeVersionShape},
        problems=WRITING,
        has_etag=True,
        takes_match=True,
        is_idempotent=True,
        tag="versions",
    )
    def post(self, request: Request, key: str) -> Response:
        """Draft the next version. The body holds the fields that are to be different, mostly
        `definition`. Nobody is served a draft before it is published. `If-Match` is needed when a
        draft waits already, so that nobody's is overwritten unseen."""
        segment = self.segment(key)
        check_names(self.sent, NewVersionShape().fields)

        def act() -> Response:
            waits = Draft.objects.filter(segment=segment).exists()
            token = etags.token_named(request, segment, needed=waits)
            document = {**waiting_document(segment), **self.sent}
            saved = save_draft(key=key, document=document, token=token, by=self.actor, via=Via.API)
            return self._saved(saved)

        return once(request, act)

    def _saved(self, segment: Segment) -> Response:
        draft = Draft.objects.filter(segment=segment).first()
        number = draft.number if draft else segment.definition.number if segment.definition else 0
        answer = version_answer(self, segment, number, draft=draft)
        answer.status_code = 201
        answer["Location"] = answer.data["url"]
        return answer


class OneVersion(Resource):
    """One definition version."""

    @operation(
        "segments_versions_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: WholeVersionShape, 304: None},
        problems=("not-found",),
        has_etag=True,
        tag="versions",
    )
    def get(self, request: Request, key: str, number: int) -> Response:
        """Read a version: who belongs, as JSON, YAML and English. A draft also holds the whole
        segment as it would be."""
        segment = self.segment(key)
        draft = waiting_draft(request, segment)
        is_it = draft is not None and draft.number == number
        return version_answer(self, segment, number, draft=draft if is_it else None)


class Publish(Resource):
    """Letting a draft go live."""

    @operation(
        "segments_versions_publish",
        scope=Scope.SEGMENTS_PUBLISH,
        body=MessageShape,
        answers={200: PublishedShape},
        problems=(*WRITING, "needs-second-person"),
        has_etag=True,
        needs_match=True,
        is_idempotent=True,
        tag="versions",
    )
    def post(self, request: Request, key: str, number: int) -> Response:
        """Publish the draft of this number. From then on it is what is served, once the refresh
        that is asked for at the same time has found its members."""

        def act(segment: Segment, token: str, message: str) -> tuple[Segment, RefreshRun]:
            _check_waits(segment, number)
            return publish_and_refresh(
                key=key, message=message, token=token, by=self.actor, via=Via.API
            )

        return _going_live(self, key, act)


class PublishRequests(Resource):
    """Asking a second person to publish."""

    @operation(
        "segments_versions_request",
        scope=Scope.SEGMENTS_PUBLISH,
        body=MessageShape,
        answers={201: PublishRequestShape},
        problems=WRITING,
        has_etag=True,
        needs_match=True,
        is_idempotent=True,
        tag="versions",
    )
    def post(self, request: Request, key: str, number: int) -> Response:
        """Ask a second person to publish the draft of this number, with this message. It stands on
        the home page of everybody who may."""
        segment = self.segment(key)
        message = self.body()["message"]

        def act() -> Response:
            token = etags.token_named(request, segment)
            _check_waits(segment, number)
            asked = ask_to_publish(
                key=key, message=message, token=token, by=self.actor, via=Via.API
            )
            whole = {
                "definition_version": number,
                "message": asked.message,
                "asked_by": asked.asker,
                "asked_at": asked.asked_at,
                "html_url": link(request, "segment-publish", key),
            }
            data = PublishRequestShape(whole).data
            return self.answer(data, etag=etags.strong(etags.content_of(data)), status=201)

        return once(request, act)


class Restore(Resource):
    """Bringing an older version back."""

    @operation(
        "segments_versions_restore",
        scope=Scope.SEGMENTS_PUBLISH,
        body=MessageShape,
        answers={200: PublishedShape},
        problems=WRITING,
        has_etag=True,
        needs_match=True,
        is_idempotent=True,
        tag="versions",
    )
    def post(self, request: Request, key: str, number: int) -> Response:
        """Make an older definition the newest again, as a further version."""

        def act(segment: Segment, token: str, message: str) -> tuple[Segment, RefreshRun]:
            if segment.status != Status.LIVE:
                raise Problem(
                    "refused", "Only a live segment gets an earlier version back. Edit this one."
                )
            return restore_and_refresh(
                key=key, number=number, message=message, token=token, by=self.actor, via=Via.API
            )

        return _going_live(self, key, act)


def version_answer(
    view: Resource, segment: Segment, number: int, *, draft: Draft | None
) -> Response:
    """A version, or the draft, with all it says."""
    labels = stored_labels(view.actor)
    if draft is not None:
        whole = whole_draft_data(view.request, segment, draft, labels)
    else:
        version = version_numbered(segment, number)
        whole = whole_version_data(view.request, segment, version, labels)
    data = WholeVersionShape(whole).data
    etag = etags.strong(etags.content_of(data), state=token_of(segment))
    return view.answer(data, etag=etag)


def _going_live(
    view: Resource,
    key: str,
    go: Callable[[Segment, str, str], tuple[Segment, RefreshRun]],
) -> Response:
    """Do `go` with the state and the message of the request, and say what is live."""
    request, segment = view.request, view.segment(key)
    message = view.body()["message"]

    def act() -> Response:
        published, run = go(segment, etags.token_named(request, segment), message)
        transaction.on_commit(lambda: ring(refresh_run, run.pk))
        number = published.definition.number if published.definition else 0
        whole = {
            "definition_version": number,
            "state": "live",
            "url": link(request, "api:version", key, number),
            "run": link(request, "api:run", run.pk),
        }
        data = PublishedShape(whole).data
        etag = etags.strong(etags.content_of(data), state=token_of(published))
        return view.answer(data, etag=etag)

    return once(request, act)


def _check_waits(segment: Segment, number: int) -> None:
    """Refuse the number of anything but what waits to be published."""
    draft = Draft.objects.filter(segment=segment).first()
    newest = segment.definition.number if segment.definition else 0
    waits = draft.number if draft else newest if segment.status == Status.DRAFT else None
    if number == waits:
        return
    if waits is None:
        version_numbered(segment, number)
        raise Problem("refused", f"No draft of “{segment.name}” waits to be published.")
    raise NoSuchVersion(f"What waits to be published of “{segment.name}” is d{waits}.")
