"""/erasures/ and /erasures/{number}/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.privacy import ErasurePage, ErasureShape, NewErasureShape
from catalogue.models import Erasure, Scope, Via
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.privacy.rights import check_can_see_erasures
from catalogue.tasks import erase, ring

ONCE = ("idempotency-conflict", "request-in-progress")


class Erasures(Resource):
    """Everybody who is being erased, or was."""

    @operation(
        "erasures_list",
        scope=Scope.ERASURES_READ,
        query=Paged,
        answers={200: ErasurePage, 304: None},
        problems=("unknown-parameter", "invalid-parameter", "bad-cursor", "forbidden"),
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List erasures with their evidence, the newest first."""
        check_can_see_erasures(self.actor)
        rows = Erasure.objects.prefetch_related("steps").order_by("-pk")
        return self.page("erasures", rows, lambda some: _data(request, some))

    @operation(
        "erasures_create",
        scope=Scope.ERASURES_WRITE,
        body=NewErasureShape,
        answers={202: ErasureShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "refused",
            "damaged-version",
            *ONCE,
        ),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Have a customer erased, with all who were merged into them or whom they were merged into.
        Nobody can undo it. From the answer on they are suppressed; the rest is done by a worker,
        and `steps` say how far it is. Whoever is being erased already stays so."""
        body = self.body()

        def act() -> Response:
            asked = request_erasure(
                customer_id=body["customer_id"],
                reason=body["reason"],
                now=timezone.now(),
                by=self.actor,
                via=Via.API,
            )
            transaction.on_commit(lambda: ring(erase, asked.pk))
            return erasure_answer(self, asked.pk, status=202)

        return once(request, act)


class OneErasure(Resource):
    """One erasure."""

    @operation(
        "erasures_retrieve",
        scope=Scope.ERASURES_READ,
        answers={200: ErasureShape, 304: None},
        problems=("not-found", "forbidden"),
        has_etag=True,
    )
    def get(self, request: Request, number: int) -> Response:
        """Read how far an erasure is, and what proves each step."""
        check_can_see_erasures(self.actor)
        return erasure_answer(self, number)


def erasure_answer(view: Resource, number: int, *, status: int = 200) -> Response:
    """The erasure as it stands."""
    row = Erasure.objects.filter(pk=number).first()
    if row is None:
        raise Problem("not-found", f"There is no erasure {number}.")
    data = _data(view.request, [row])[0]
    headers = {"Location": data["url"]} if status == 202 else {}
    etag = etags.strong(etags.content_of(data))
    return view.answer(data, etag=etag, status=status, headers=headers)


def _data(request: Request, some: Sequence[Erasure]) -> list[dict[str, Any]]:
    return [dict(ErasureShape(_whole(request, row)).data) for row in some]


def _whole(request: Request, row: Erasure) -> dict[str, Any]:
    return {
        "id": f"era_{row.pk}",
        "object": "erasure",
        "number": row.pk,
        "url": link(request, "api:erasure", row.pk),
        "state": row.state,
        "reason": row.reason,
        "asked_by": row.asked_by,
        "asked_at": row.asked_at,
        "due_at": row.due_at,
        "done_at": row.done_at,
        "steps": [
            {
                "name": step.name,
                "place": step.place or None,
                "done": step.is_done,
                "count": step.count,
                "evidence": step.answer,
                "at": step.at,
            }
            for step in row.steps.all()
        ],
    }
