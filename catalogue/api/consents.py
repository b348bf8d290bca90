"""/consents/ and /consents/purposes/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.problems import Problem
from catalogue.api.resource import Resource
from catalogue.api.shapes.privacy import (
    ConsentPage,
    ConsentShape,
    ConsentsQuery,
    NewConsentShape,
    PurposesShape,
)
from catalogue.models import Consent, Scope, Via
from catalogue.privacy.consenting import Word, say
from catalogue.privacy.consents import words_of
from catalogue.privacy.purposes import purposes
from catalogue.privacy.rights import check_can_see_consents

ONCE = ("idempotency-conflict", "request-in-progress")


class Consents(Resource):
    """What customers said."""

    @operation(
        "consents_list",
        scope=Scope.CONSENTS_READ,
        query=ConsentsQuery,
        answers={200: ConsentPage, 304: None},
        problems=("unknown-parameter", "invalid-parameter", "bad-cursor", "forbidden", "not-found"),
        personal=True,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List what one customer said, the newest word first; of each purpose that one counts."""
        asked = self.asked["customer_id"]
        rows = words_of(asked, viewer=self.actor)
        if rows is None:
            raise Problem("not-found", f"There is no customer “{asked}”.")
        return self.page("consents", rows, _data)

    @operation(
        "consents_create",
        scope=Scope.CONSENTS_WRITE,
        body=NewConsentShape,
        answers={201: ConsentShape},
        problems=("malformed-body", "invalid-body", "forbidden", "refused", *ONCE),
        personal=True,
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Note that a customer gave or withdrew consent. Their newest word counts, also when an
        older one is noted later."""
        body, now = self.body(), timezone.now()
        word = Word(
            customer_id=body["customer_id"],
            purpose=body["purpose"],
            is_given=body["given"],
            source=body["source"],
            at=body.get("at") or now,
            expires_at=body["expires_at"],
        )

        def act() -> Response:
            row = say(word=word, now=now, by=self.actor, via=Via.API)
            data = _data([row])[0]
            return self.answer(data, etag=etags.strong(etags.content_of(data)), status=201)

        return once(request, act)


class ConsentPurposes(Resource):
    """What people may be used for."""

    @operation(
        "consents_purposes",
        scope=Scope.CONSENTS_READ,
        answers={200: PurposesShape, 304: None},
        problems=("forbidden",),
        has_etag=True,
        tag="consents",
    )
    def get(self, request: Request) -> Response:
        """List every purpose, whether it needs consent, and the trait that says so too."""
        check_can_see_consents(self.actor)
        rules = [
            {"purpose": one.purpose, "is_needed": one.is_needed, "trait": one.trait or None}
            for one in purposes()
        ]
        data = PurposesShape({"object": "purposes", "purposes": rules}).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


def _data(some: Sequence[Consent]) -> list[dict[str, Any]]:
    return [
        dict(
            ConsentShape(
                {
                    "id": f"con_{row.pk}",
                    "object": "consent",
                    "purpose": row.purpose,
                    "given": row.is_given,
                    "source": row.source,
                    "at": row.at,
                    "expires_at": row.expires_at,
                    "added_by": row.added_by,
                }
            ).data
        )
        for row in some
    ]
