"""/discoveries/: groups that reach a goal more or less often."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.ideas import ONCE, WRITTEN, idea_answer
from catalogue.api.idempotency import once
from catalogue.api.operations import Nothing, operation
from catalogue.api.paging import Paged
from catalogue.api.problems import Problem
from catalogue.api.research import LISTS
from catalogue.api.research_data import discoveries_data
from catalogue.api.resource import Resource
from catalogue.api.shapes.ideas import IdeaShape
from catalogue.api.shapes.research import DiscoveryPage, DiscoveryShape, NewDiscoveryShape
from catalogue.models import DiscoveredGroup, Scope, Via
from catalogue.research.discovering import cancel_discovery, discoveries_for, request_discovery
from catalogue.research.saving import save_group
from catalogue.tasks import discover, ring


class Discoveries(Resource):
    """All searches that exist for who asks."""

    @operation(
        "discoveries_list",
        scope=Scope.IDEAS_READ,
        query=Paged,
        answers={200: DiscoveryPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List searches with what they found, the newest first."""
        rows = discoveries_for(self.actor).prefetch_related("groups")
        return self.page("discoveries", rows, lambda some: discoveries_data(request, some))

    @operation(
        "discoveries_create",
        scope=Scope.IDEAS_WRITE,
        body=NewDiscoveryShape,
        answers={202: DiscoveryShape},
        problems=("malformed-body", "invalid-body", "forbidden", *ONCE),
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Have groups looked for: of a segment among those who entered it, from when they did; of
        everyone from so many days ago. The answer is the search as it waits; read it until it is
        done. No groups then means that nothing stands out."""
        body = self.body()

        def act() -> Response:
            asked: dict[str, Any] = {**body, "by": self.actor, "via": Via.API}
            made = request_discovery(**asked, now=timezone.now())
            data = _shown(self, made.pk)
            return Response(data, 202, headers={"Location": data["url"]})

        answer = once(request, act)
        ring(discover, int(answer.data["number"]))
        return answer


class OneDiscovery(Resource):
    """One search."""

    @operation(
        "discoveries_retrieve",
        scope=Scope.IDEAS_READ,
        answers={200: DiscoveryShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, number: int) -> Response:
        """Read a search: how far it is, and what it found."""
        data = _shown(self, number)
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


class CancelDiscovery(Resource):
    """Stopping a search."""

    @operation(
        "discoveries_cancel",
        scope=Scope.IDEAS_WRITE,
        body=Nothing,
        answers={200: DiscoveryShape},
        problems=(*WRITTEN, *ONCE),
        is_idempotent=True,
    )
    def post(self, request: Request, number: int) -> Response:
        """Stop a search; nothing of it is kept. One that is done stays as it is."""
        _shown(self, number)
        self.body()

        def act() -> Response:
            cancel_discovery(number=number, by=self.actor)
            return Response(_shown(self, number))

        return once(request, act)


class SaveGroup(Resource):
    """A group as an idea."""

    @operation(
        "discoveries_groups_save",
        scope=Scope.IDEAS_WRITE,
        body=Nothing,
        answers={201: IdeaShape},
        problems=(*WRITTEN, *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, number: int, position: int) -> Response:
        """Save a group as an idea with the analysis as evidence; one that was saved before is
        answered with its idea."""
        _shown(self, number)
        self.body()
        group = DiscoveredGroup.objects.filter(discovery=number, position=position).first()
        if group is None:
            raise Problem("not-found", f"Discovery {number} found no group {position}.")

        def act() -> Response:
            now = timezone.now()
            idea = save_group(group_id=group.pk, by=self.actor, via=Via.API, now=now)
            return idea_answer(self, idea.pk, status=201)

        return once(request, act)


def _shown(view: Resource, number: int) -> dict[str, Any]:
    rows = discoveries_for(view.actor).prefetch_related("groups").filter(pk=number)
    found = rows.first()
    if found is None:
        raise Problem("not-found", f"There is no discovery {number}.")
    return discoveries_data(view.request, [found])[0]
