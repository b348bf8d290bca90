"""/segments/{key}/playbook/ and what is noted of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.playbooks import NewNoteShape, NoteShape, PlaybookShape
from catalogue.models import Scope, Via
from catalogue.segments.guides import acknowledge
from catalogue.segments.queries.playbooks import GuideShown, guides_of


class Playbook(Resource):
    """What every function says."""

    @operation(
        "segments_playbook_retrieve",
        scope=Scope.PLAYBOOKS_READ,
        answers={200: PlaybookShape, 304: None},
        problems=("not-found",),
        has_etag=True,
        tag="playbooks",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read what each function says to these people, and whether it has taken note of the newest
        change. It is written as `messages` of the segment: PATCH that."""
        segment = self.segment(key)
        whole = {
            "segment": segment.key,
            "html_url": link(request, "segment-playbook", key),
            "guides": [_guide(one) for one in guides_of(segment)],
        }
        data = PlaybookShape(whole).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


class Notes(Resource):
    """Taking note of a change."""

    @operation(
        "segments_playbook_acknowledge",
        scope=Scope.SEGMENTS_WRITE,
        body=NewNoteShape,
        answers={201: NoteShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "idempotency-conflict",
            "request-in-progress",
        ),
        has_etag=True,
        is_idempotent=True,
        tag="playbooks",
    )
    def post(self, request: Request, key: str) -> Response:
        """Say for a function that it has taken note of the segment as it is now: of its definition
        and of what the function says."""
        self.segment(key)
        function = self.body()["function"]

        def act() -> Response:
            note = acknowledge(
                key=key, function=function, now=timezone.now(), by=self.actor, via=Via.API
            )
            whole = {
                "segment": key,
                "function": note.function,
                "definition_version": note.definition,
                "guide_version": note.guide,
                "by": note.who,
                "at": note.at,
            }
            data = NoteShape(whole).data
            return self.answer(data, etag=etags.strong(etags.content_of(data)), status=201)

        return once(request, act)


def _guide(one: GuideShown) -> dict[str, Any]:
    return {
        "function": one.function,
        "version": one.number,
        "message": one.text,
        "parts": one.said,
        "approved_by": one.approver or None,
        "approved_at": one.approved_at,
        "noted": {"asked": one.noted.is_asked, "by": one.noted.who or None, "at": one.noted.at},
    }
