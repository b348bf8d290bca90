"""/segments/{key}/runs/, /segments/{key}/refresh/ and /runs/{id}/"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import Nothing, operation
from catalogue.api.paging import Paged
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.runs import RunPage, RunShape
from catalogue.membership.publishing import request_refresh_by
from catalogue.models import RefreshRun, Scope, Segment
from catalogue.tasks import refresh_run, ring


class SegmentRuns(Resource):
    """The runs that judge a segment."""

    @operation(
        "segments_runs_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: RunPage, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
        tag="runs",
    )
    def get(self, request: Request, key: str) -> Response:
        """List the runs that judge this segment, the newest first; those of all segments too."""
        segment = self.segment(key)
        return self.page(
            "runs", _runs_of(segment), lambda rows: _runs_data(request, rows, {segment.key})
        )


class Refresh(Resource):
    """Asking for a refresh."""

    @operation(
        "segments_refresh",
        scope=Scope.SEGMENTS_REFRESH,
        body=Nothing,
        answers={202: RunShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "idempotency-conflict",
            "request-in-progress",
        ),
        is_idempotent=True,
        tag="runs",
    )
    def post(self, request: Request, key: str) -> Response:
        """Ask for a refresh. The answer is the run, to be looked at until it has ended; one that
        waits already is not doubled."""
        self.segment(key)
        self.body()

        def act() -> Response:
            run = request_refresh_by(key=key, by=self.actor)
            transaction.on_commit(lambda: ring(refresh_run, run.pk))
            data = _runs_data(request, [run], {key})[0]
            return Response(data, 202, headers={"Location": data["url"]})

        return once(request, act)


class OneRun(Resource):
    """One run."""

    @operation(
        "runs_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: RunShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, run_id: int) -> Response:
        """Read how far a run is, and what it found."""
        run = RefreshRun.objects.filter(pk=run_id).first()
        visible = _visible(self.actor, [run] if run else [])
        # A run of segments that do not exist for who asks does not exist either.
        if run is None or (run.keys and not visible & set(run.keys)):
            raise Problem("not-found", f"There is no run {run_id}.")
        data = _runs_data(request, [run], visible)[0]
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


def _runs_of(segment: Segment) -> QuerySet[RefreshRun]:
    """Runs that were asked for this segment, or for all since it is there."""
    rows = RefreshRun.objects.annotate(asked=Cast("keys", TextField()))
    # Keys hold nothing that JSON or LIKE would read as anything but itself.
    named = Q(asked__contains=f'"{segment.key}"')
    every = Q(asked="[]", created_at__gte=segment.created_at)
    return rows.filter(named | every).order_by("-id")


def _visible(actor: Any, runs: Iterable[RefreshRun]) -> set[str]:
    """The keys in these runs of segments that exist for who asks."""
    keys = {key for run in runs for key in _named(run)}
    rows = Segment.objects.visible_to(actor).filter(key__in=keys)
    return set(rows.values_list("key", flat=True))


def _named(run: RefreshRun) -> list[str]:
    different = run.check_result["different"] if run.check_result else []
    return [*run.keys, *(one["key"] for one in run.results), *different]


def _runs_data(
    request: Request, runs: Sequence[RefreshRun], visible: set[str]
) -> list[dict[str, Any]]:
    return list(RunShape([_row(request, run, visible) for run in runs], many=True).data)


def _row(request: Request, run: RefreshRun, visible: set[str]) -> dict[str, Any]:
    return {
        "id": run.pk,
        "object": "run",
        "url": link(request, "api:run", run.pk),
        "state": run.state,
        "as_of": run.now,
        "progress": {"done": run.progress_done, "total": run.progress_total},
        "error": run.error or None,
        "results": [_result(one) for one in run.results if one["key"] in visible],
        "scans": [_scan(scan) for scan in run.scans],
        "self_check": run.check_result and _check(run.check_result, visible),
        "created_at": run.created_at,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
    }


def _result(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "segment": one["key"],
        "membership_version": one.get("version"),
        "size": one.get("size"),
        "entered": one.get("entered"),
        "left": one.get("left"),
        "milliseconds": one.get("milliseconds"),
        "error": one.get("error") or None,
        "code": one.get("code") or None,
    }


def _scan(scan: dict[str, Any]) -> dict[str, Any]:
    return {**scan, "only_new": scan["update"], "error": scan["error"] or None}


def _check(found: dict[str, Any], visible: set[str]) -> dict[str, Any]:
    return {
        "segments": found["segments"],
        "different_count": len(found["different"]),
        "different": [key for key in found["different"] if key in visible],
        "milliseconds": found["milliseconds"],
    }
