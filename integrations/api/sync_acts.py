"""/segments/{key}/syncs/{tool}/…/: what people and programs ask of a segment's list in a tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Task
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.idempotency import once
from catalogue.api.operations import Nothing, Shape, operation
from catalogue.api.problems import Problem
from catalogue.api.resource import Resource
from catalogue.models import Scope, Segment, Via
from catalogue.tasks import ring
from integrations.api.shapes import ApproveShape, PauseShape, TruthShape
from integrations.models import Audience
from integrations.sync.asking import AskRefused, approve_removals, sync_now
from integrations.sync.copies import lists_of
from integrations.sync.rights import check_can_sync
from integrations.sync.steering import cancel, go_on, pause, send_everybody
from integrations.sync.truth import truths
from integrations.tasks import sync_audience

PROBLEMS = (
    "malformed-body",
    "invalid-body",
    "missing-scope",
    "forbidden",
    "not-found",
    "refused",
    "idempotency-conflict",
    "request-in-progress",
)
# What a service is given: the segment and the id of its list.
Ask = Callable[[Segment, int], Audience]


def _act(id: str, body: Shape = Nothing) -> Any:
    """What all of these are: the answer is the list, and a worker follows."""
    return operation(
        f"segments_syncs_{id}",
        scope=Scope.SYNCS_WRITE,
        body=body,
        answers={202: TruthShape},
        problems=PROBLEMS,
        is_idempotent=True,
        tag="syncs",
    )


class SyncAct(Resource):
    """What these paths share."""

    def ask(
        self, key: str, tool: str, service: Ask, *, task: Task[..., Any] | None = sync_audience
    ) -> Response:
        """Ask a service, ring for the list, and answer with it as it stands. Raises Problem."""
        segment = self.segment(key)
        self.body()
        check_can_sync(self.actor, segment)

        def act() -> Response:
            try:
                audience = service(segment, _list_id(segment, tool))
            except AskRefused as refused:
                raise Problem("refused", str(refused)) from None
            if task is not None:
                transaction.on_commit(lambda: ring(task, audience.pk))
            (found,) = truths(lists_of([segment.key], tool=tool))
            return Response(TruthShape(found).data, 202)

        return once(self.request, act)


def _list_id(segment: Segment, tool: str) -> int:
    """The segment's list in the tool of that name. Raises Problem."""
    rows = [] if "\x00" in tool else lists_of([segment.key], tool=tool)
    if not rows:
        raise Problem("not-found", f"“{segment.name}” has no list in a tool “{tool}”.")
    return rows[0].pk


class SyncNow(SyncAct):
    """Syncing at once."""

    @_act("now")
    def post(self, request: Request, key: str, tool: str) -> Response:
        """Sync the list without waiting for the timetable. The brake still stops it."""

        def service(segment: Segment, number: int) -> Audience:
            return sync_now(segment=segment, audience_id=number, by=self.actor, via=Via.API)

        return self.ask(key, tool, service)


class PauseSync(SyncAct):
    """Sending nothing for now."""

    @_act("pause", PauseShape)
    def post(self, request: Request, key: str, tool: str) -> Response:
        """Send nothing to the list until somebody lets it go on."""
        why = self.body()["reason"]

        def service(segment: Segment, number: int) -> Audience:
            return pause(
                segment=segment, audience_id=number, reason=why, by=self.actor, via=Via.API
            )

        return self.ask(key, tool, service, task=None)


class ResumeSync(SyncAct):
    """Going on."""

    @_act("resume")
    def post(self, request: Request, key: str, tool: str) -> Response:
        """Let a paused list go on."""

        def service(segment: Segment, number: int) -> Audience:
            return go_on(segment=segment, audience_id=number, by=self.actor, via=Via.API)

        return self.ask(key, tool, service)


class FullSync(SyncAct):
    """Sending everybody again."""

    @_act("full")
    def post(self, request: Request, key: str, tool: str) -> Response:
        """Have the next sync send every member again, confirmed or not."""

        def service(segment: Segment, number: int) -> Audience:
            return send_everybody(segment=segment, audience_id=number, by=self.actor, via=Via.API)

        return self.ask(key, tool, service)


class CancelSync(SyncAct):
    """Stopping a sync."""

    @_act("cancel")
    def post(self, request: Request, key: str, tool: str) -> Response:
        """Ask the sync that goes on now to stop before its next batch. What the tool confirmed
        stays, and the list waits for a person."""

        def service(segment: Segment, number: int) -> Audience:
            return cancel(segment=segment, audience_id=number, by=self.actor, via=Via.API)

        return self.ask(key, tool, service, task=None)


class ApproveSync(SyncAct):
    """Letting a sync past the brake."""

    @_act("approve", ApproveShape)
    def post(self, request: Request, key: str, tool: str) -> Response:
        """Let the sync to this membership version past the brake, once. A key needs the scope
        `segments:publish` as well."""
        version = self.body()["membership_version"]

        def service(segment: Segment, number: int) -> Audience:
            return approve_removals(
                segment=segment, audience_id=number, version=version, by=self.actor, via=Via.API
            )

        return self.ask(key, tool, service)
