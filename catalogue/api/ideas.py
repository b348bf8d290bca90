"""/ideas/ and /ideas/{number}/. Ideas are never deleted."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.filtering import check_filter, parameters_of
from catalogue.api.idea_data import ideas_data
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.problems import Problem
from catalogue.api.resource import Resource
from catalogue.api.shapes.ideas import EditIdeaShape, IdeaPage, IdeaShape, NewIdeaShape
from catalogue.filtersets import IdeaFilter
from catalogue.ideas.queries import idea_rows
from catalogue.ideas.writing import Said, add_idea, edit_idea
from catalogue.models import Idea, Scope, Via

WRITTEN = ("malformed-body", "invalid-body", "forbidden", "not-found", "refused")
ONCE = ("idempotency-conflict", "request-in-progress")


class Ideas(Resource):
    """All ideas that exist for who asks."""

    also_asked = tuple(IdeaFilter.base_filters)

    @staticmethod
    def filter_parameters() -> list[OpenApiParameter]:
        """The filters, for the OpenAPI document."""
        return parameters_of(IdeaFilter)

    @operation(
        "ideas_list",
        scope=Scope.IDEAS_READ,
        query=Paged,
        answers={200: IdeaPage, 304: None},
        problems=("unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List ideas, the newest first. Several values of one filter are alternatives, several
        filters narrow."""
        rows = idea_rows(self.actor).order_by("-pk")
        found = IdeaFilter(request.query_params, viewer=self.actor, queryset=rows)
        check_filter(found, request.query_params)
        return self.page("ideas", found.qs, lambda some: ideas_data(request, some))

    @operation(
        "ideas_create",
        scope=Scope.IDEAS_WRITE,
        body=NewIdeaShape,
        answers={201: IdeaShape},
        problems=("malformed-body", "invalid-body", "forbidden", *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Add an idea. Its team is that of the key unless the body names it; of a login, that of
        the segment."""
        said = Said(**_fields(self.body()))

        def act() -> Response:
            idea = add_idea(said=said, by=self.actor, via=Via.API, now=timezone.now())
            return idea_answer(self, idea.pk, status=201)

        return once(request, act)


class OneIdea(Resource):
    """One idea."""

    @operation(
        "ideas_retrieve",
        scope=Scope.IDEAS_READ,
        answers={200: IdeaShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, number: int) -> Response:
        """Read an idea. Its ETag is what an edit sends as `If-Match`."""
        return idea_answer(self, number)

    @operation(
        "ideas_update",
        scope=Scope.IDEAS_WRITE,
        body=EditIdeaShape,
        answers={200: IdeaShape},
        problems=(*WRITTEN, "stale-version", "precondition-required"),
        has_etag=True,
        needs_match=True,
    )
    def patch(self, request: Request, number: int) -> Response:
        """Change what an idea says. Where it stands is moved: `move/`, `park/`, `merge/`."""
        idea = idea_of(self, number)
        changes = _fields(self.body())
        named = etags.state_named(request, str(idea.revision), "idea")
        edit_idea(
            number=number,
            changes=changes,
            revision=int(named) if named.isdecimal() else 0,
            by=self.actor,
            via=Via.API,
        )
        return idea_answer(self, number)


def idea_of(view: Resource, number: int) -> Idea:
    """The idea, if it exists for who asks. Raises Problem: 404 in either case."""
    found: Idea | None = idea_rows(view.actor).filter(pk=number).first()
    if found is None:
        raise Problem("not-found", f"There is no idea {number}.")
    return found


def idea_answer(view: Resource, number: int, *, status: int = 200) -> Response:
    """The idea as it is now."""
    idea = idea_of(view, number)
    (data,) = ideas_data(view.request, [idea])
    etag = etags.strong(etags.content_of(data), state=str(idea.revision))
    headers = {"Location": data["url"]} if status == 201 else {}
    return view.answer(data, etag=etag, status=status, headers=headers)


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    """The body with the names that services have."""
    return {"is_private" if name == "private" else name: value for name, value in body.items()}
