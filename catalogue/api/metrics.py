"""/metrics/ and /metrics/{key}/"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import Nothing, operation
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.metrics import (
    EditMetricShape,
    MetricPage,
    MetricShape,
    MetricsQuery,
    NewMetricShape,
)
from catalogue.metrics.defining import (
    archive_metric,
    define_metric,
    edit_metric,
    token_of,
    unarchive_metric,
)
from catalogue.metrics.registry import Registered, find, own_rows, registered
from catalogue.models import Scope, Via
from catalogue.segments.vocabulary import stored_labels

KEPT = ("idempotency-conflict", "request-in-progress")
WRITES = ("malformed-body", "invalid-body", "forbidden", "refused", "invalid-definition")


class Metrics(Resource):
    """All metrics."""

    @operation(
        "metrics_list",
        scope=Scope.METRICS_READ,
        query=MetricsQuery,
        answers={200: MetricPage, 304: None},
        problems=("unknown-parameter", "invalid-parameter"),
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List all metrics on one page: those of every workspace, then the company's own."""
        found = registered(stored_labels(self.actor), archived=self.asked["archived"])
        data = {
            "results": [metric_data(request, one) for one in found],
            "next": None,
            "has_more": False,
            "as_of": timezone.now(),
        }
        return self.answer(data, etag=etags.weak(data))

    @operation(
        "metrics_create",
        scope=Scope.METRICS_WRITE,
        body=NewMetricShape,
        answers={201: MetricShape},
        problems=(*WRITES, *KEPT),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Define a metric of the company's own. It is measured from the next measuring on."""
        body = self.body()

        def act() -> Response:
            made = define_metric(document=body, by=self.actor, via=Via.API)
            return metric_answer(self, made.key, status=201)

        return once(request, act)


class OneMetric(Resource):
    """One metric."""

    @operation(
        "metrics_retrieve",
        scope=Scope.METRICS_READ,
        answers={200: MetricShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, key: str) -> Response:
        """Read a metric. Its ETag is what an edit sends as `If-Match`."""
        return metric_answer(self, key)

    @operation(
        "metrics_update",
        scope=Scope.METRICS_WRITE,
        body=EditMetricShape,
        answers={200: MetricShape},
        problems=(*WRITES, "not-found", "stale-version", "precondition-required"),
        has_etag=True,
        needs_match=True,
    )
    def patch(self, request: Request, key: str) -> Response:
        """Change fields of a metric of the company's own. Those left out stay; readings taken until
        now stay as they are."""
        _check_there(self, key)
        body = self.body()
        stored = own_rows().filter(key=key).first()
        now = "" if stored is None else token_of(stored)
        token = etags.state_named(request, now, "metric")
        edit_metric(key=key, document=body, token=token, by=self.actor, via=Via.API)
        return metric_answer(self, key)


class ArchiveMetric(Resource):
    """Measuring a metric no more."""

    @operation(
        "metrics_archive",
        scope=Scope.METRICS_WRITE,
        body=Nothing,
        answers={200: MetricShape},
        problems=("malformed-body", "invalid-body", "forbidden", "not-found", "refused", *KEPT),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, key: str) -> Response:
        """Measure a metric no more. Its readings stay, and it can be brought back."""
        _check_there(self, key)
        self.body()

        def act() -> Response:
            archive_metric(key=key, by=self.actor, via=Via.API)
            return metric_answer(self, key)

        return once(request, act)


class UnarchiveMetric(Resource):
    """Measuring it again."""

    @operation(
        "metrics_unarchive",
        scope=Scope.METRICS_WRITE,
        body=Nothing,
        answers={200: MetricShape},
        problems=("malformed-body", "invalid-body", "forbidden", "not-found", "refused", *KEPT),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, key: str) -> Response:
        """Measure an archived metric again, from the next measuring on."""
        _check_there(self, key)
        self.body()

        def act() -> Response:
            unarchive_metric(key=key, by=self.actor, via=Via.API)
            return metric_answer(self, key)

        return once(request, act)


def _check_there(view: Resource, key: str) -> Registered:
    found = None if "\x00" in key else find(key, stored_labels(view.actor))
    if found is None:
        raise Problem("not-found", f"There is no metric “{key}”.")
    return found


def metric_answer(view: Resource, key: str, *, status: int = 200) -> Response:
    """The metric as it is now."""
    data = metric_data(view.request, _check_there(view, key))
    stored = own_rows().filter(key=key).first()
    state = "" if stored is None else token_of(stored)
    etag = etags.strong(etags.content_of(data), state=state)
    headers = {"Location": data["url"]} if status == 201 else {}
    return view.answer(data, etag=etag, status=status, headers=headers)


def metric_data(request: Request, found: Registered) -> dict[str, Any]:
    """A metric as the API says it."""
    whole = {
        "id": found.key,
        "object": "metric",
        "key": found.key,
        "kind": found.kind,
        "name": found.name,
        "meaning": found.meaning,
        "unit": found.unit,
        "direction": found.direction,
        "source": found.source,
        "definition": found.formula,
        "english": found.says,
        "owner": found.owner or None,
        "archived_at": found.archived_at,
        "url": link(request, "api:metric", found.key),
        "html_url": link(request, "metric", found.key),
    }
    return dict(MetricShape(whole).data)
