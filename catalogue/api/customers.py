"""/segments/{key}/explain/, /customers/{id}/segments/ and /accounts/{id}/segments/: about one
customer, or account."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue import published
from catalogue.api.operations import operation
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.members import (
    AccountSegmentsShape,
    CustomerSegmentsShape,
    ExplanationShape,
    IdShape,
)
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Subject
from catalogue.membership.explaining import Explained
from catalogue.models import Scope
from catalogue.permissions import Actor, check_can_see_people
from catalogue.published import Belonging, CustomerExplained
from catalogue.segments.vocabulary import stored_labels

NOBODY = (
    "There is no {subject} “{id}”. Write the id exactly as it was loaded, with its capital letters"
    " and zeros in front."
)


class Explain(Resource):
    """Why, or why not."""

    @operation(
        "segments_explain",
        scope=Scope.MEMBERS_READ,
        body=IdShape,
        answers={200: ExplanationShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "invalid-definition",
        ),
        personal=True,
        limit="estimates",
        tag="members",
    )
    def post(self, request: Request, key: str) -> Response:
        """Ask why a customer is in the segment or not: the tree of its definition with yes or no at
        each node, and the value that decided it, judged now on the newest data. Of a segment that
        holds accounts, `id` is that of an account."""
        segment = self.segment(key)
        check_can_see_people(self.actor, segment)
        asked = self.body()["id"]
        found = published.explain(
            key,
            asked,
            viewer=self.actor,
            now=timezone.now(),
            labels=stored_labels(self.actor),
        )
        if found.customer_id is None:
            raise Problem("not-found", NOBODY.format(subject=found.subject, id=asked))
        explained = found.segments.get(key)
        if explained is None or isinstance(explained, DefinitionError):
            raise Problem("refused", f"“{segment.name}” is archived: nobody is in it any more.")
        return Response(ExplanationShape(_explanation(found, explained)).data)


class CustomerSegments(Resource):
    """Where somebody is in."""

    @operation(
        "customers_segments",
        scope=Scope.MEMBERS_READ,
        answers={200: CustomerSegmentsShape},
        problems=("forbidden", "not-found"),
        personal=True,
        tag="customers",
    )
    def get(self, request: Request, customer_id: str) -> Response:
        """List the segments of customers that one is in by their newest membership versions, and
        since when; of those whose people you may see."""
        whole = _whole(request, customer_id, "customer", self.actor)
        return Response(CustomerSegmentsShape(whole).data)


class AccountSegments(Resource):
    """Where an account is in."""

    @operation(
        "accounts_segments",
        scope=Scope.MEMBERS_READ,
        answers={200: AccountSegmentsShape},
        problems=("forbidden", "not-found"),
        personal=True,
        tag="accounts",
    )
    def get(self, request: Request, account_id: str) -> Response:
        """List the segments of accounts that one is in by their newest membership versions, and
        since when; of those whose members you may see."""
        whole = _whole(request, account_id, "account", self.actor)
        return Response(AccountSegmentsShape(whole).data)


def _whole(request: Request, asked_id: str, subject: Subject, actor: Actor) -> dict[str, Any]:
    has_nul = "\x00" in asked_id
    found = None if has_nul else published.segments_of(asked_id, viewer=actor, subject=subject)
    if found is None:
        raise Problem("not-found", NOBODY.format(subject=subject, id=asked_id))
    return {
        "id": asked_id,
        "results": [_belonging(request, one) for one in found],
        "as_of": timezone.now(),
    }


def _belonging(request: Request, one: Belonging) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "url": link(request, "api:segment", one.key),
        "since": one.since,
        "membership_version": one.version.membership_version,
        "definition_version": one.version.definition_version,
        "as_of": one.version.now,
    }


def _explanation(found: CustomerExplained, explained: Explained) -> dict[str, Any]:
    return {
        "segment": explained.key,
        "subject": found.subject,
        "id": found.customer_id,
        "asked_id": found.asked_id,
        "is_in": explained.is_in,
        "by_hand": explained.by_hand,
        "note": explained.note or found.sentence,
        "conditions": explained.nodes,
        "flips_at": explained.flips_at,
        "as_of": explained.now,
        "data_as_of": found.data_as_of,
    }
