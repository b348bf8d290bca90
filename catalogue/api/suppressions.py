"""/suppressions/ and /suppressions/{number}/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.privacy import (
    LiftShape,
    NewSuppressionShape,
    SuppressionPage,
    SuppressionShape,
    SuppressionsQuery,
)
from catalogue.models import Scope, Suppression, SuppressionSource, Via
from catalogue.privacy.rights import check_can_see_suppressions
from catalogue.privacy.suppressing import Entry, lift, suppress
from catalogue.privacy.suppressions import of_somebody

ONCE = ("idempotency-conflict", "request-in-progress")
WRITES = ("malformed-body", "invalid-body", "forbidden", "refused", "damaged-version", *ONCE)


class Suppressions(Resource):
    """Everybody who must never be used."""

    @operation(
        "suppressions_list",
        scope=Scope.SUPPRESSIONS_READ,
        query=SuppressionsQuery,
        answers={200: SuppressionPage, 304: None},
        problems=("unknown-parameter", "invalid-parameter", "bad-cursor", "forbidden"),
        personal=True,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List suppressions, the newest first; those of one person by `customer_id` or `email`."""
        check_can_see_suppressions(self.actor)
        rows = _asked_for(_rows(), self.asked).order_by("-pk")
        return self.page("suppressions", rows, lambda some: _data(request, some))

    @operation(
        "suppressions_create",
        scope=Scope.SUPPRESSIONS_WRITE,
        body=NewSuppressionShape,
        answers={201: SuppressionShape},
        problems=WRITES,
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Suppress somebody. From the answer on they are in no members, feed, export or sync; whom
        tools hold already is taken off their lists. Somebody who is suppressed so already stays as
        they are."""
        body = self.body()
        entry = Entry(
            customer_id=body["customer_id"],
            address=body["email"],
            purpose=body["purpose"],
            reason=body["reason"],
        )

        def act() -> Response:
            source = SuppressionSource.API
            now = timezone.now()
            row = suppress(entry=entry, source=source, now=now, by=self.actor, via=Via.API)
            return suppression_answer(self, row.pk, status=201)

        return once(request, act)


class OneSuppression(Resource):
    """One suppression."""

    @operation(
        "suppressions_retrieve",
        scope=Scope.SUPPRESSIONS_READ,
        answers={200: SuppressionShape, 304: None},
        problems=("not-found", "forbidden"),
        has_etag=True,
    )
    def get(self, request: Request, number: int) -> Response:
        """Read a suppression."""
        check_can_see_suppressions(self.actor)
        return suppression_answer(self, number)


class LiftSuppression(Resource):
    """Letting somebody be used again."""

    @operation(
        "suppressions_lift",
        scope=Scope.SUPPRESSIONS_WRITE,
        body=LiftShape,
        answers={200: SuppressionShape},
        problems=(*WRITES, "not-found"),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, number: int) -> Response:
        """Lift a suppression. It stays on the list, with who lifted it and why. That of an erasure
        is never lifted."""
        body = self.body()

        def act() -> Response:
            now, reason = timezone.now(), body["reason"]
            lift(number=number, reason=reason, now=now, by=self.actor, via=Via.API)
            return suppression_answer(self, number)

        return once(request, act)


def suppression_answer(view: Resource, number: int, *, status: int = 200) -> Response:
    """The suppression as it is now."""
    row = _rows().filter(pk=number).first()
    if row is None:
        raise Problem("not-found", f"There is no suppression {number}.")
    data = _data(view.request, [row])[0]
    headers = {"Location": data["url"]} if status == 201 else {}
    etag = etags.strong(etags.content_of(data))
    return view.answer(data, etag=etag, status=status, headers=headers)


def _rows() -> QuerySet[Suppression]:
    return Suppression.objects.annotate(people_count=Count("people"))


def _asked_for(rows: QuerySet[Suppression], asked: dict[str, Any]) -> QuerySet[Suppression]:
    customer_id, address = asked.get("customer_id", ""), asked.get("email", "")
    if customer_id or address:
        rows = rows.filter(of_somebody(customer_id, address))
    if asked.get("in_force") is not None:
        rows = rows.filter(lifted_at__isnull=asked["in_force"])
    return rows


def _data(request: Request, some: Sequence[Suppression]) -> list[dict[str, Any]]:
    return [dict(SuppressionShape(_whole(request, row)).data) for row in some]


def _whole(request: Request, row: Suppression) -> dict[str, Any]:
    kinds = {"customer_id": row.customer_fingerprint, "email": row.address_fingerprint}
    return {
        "id": f"sup_{row.pk}",
        "object": "suppression",
        "number": row.pk,
        "url": link(request, "api:suppression", row.pk),
        "purpose": row.purpose or None,
        "source": row.source,
        "reason": row.reason,
        "recognised_by": [kind for kind, fingerprint in kinds.items() if fingerprint],
        "customers": getattr(row, "people_count", 0),
        "since": row.since,
        "added_by": row.added_by,
        "lifted_at": row.lifted_at,
        "lifted_by": row.lifted_by or None,
        "lifted_because": row.lifted_because or None,
    }
