"""/destinations/, /destinations/{key}/ and /destinations/{key}/syncs/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.models import Scope, Segment
from integrations import registry
from integrations.api.shapes import DestinationPage, DestinationShape, SyncPage, SyncShape
from integrations.errors import ConfigError
from integrations.models import Destination, SyncRun

LISTS = ("unknown-parameter", "invalid-parameter", "bad-cursor")
HEAVY = ("audience__acknowledged", "audience__uncertain", "audience__sent")


class DestinationResource(Resource):
    """What the paths about tools share."""

    @property
    def visible(self) -> QuerySet[Segment, str]:
        """The keys of the segments that exist for who asks."""
        rows: QuerySet[Segment] = Segment.objects.visible_to(self.actor)
        return rows.values_list("key", flat=True)

    def destination(self, key: str) -> Destination:
        """The tool of that name. Raises Problem."""
        has_nul = "\x00" in key
        found = None if has_nul else Destination.objects.filter(key=key).first()
        if found is None:
            raise Problem("not-found", f"There is no destination “{key}”.")
        return found

    def show(self, rows: Sequence[Destination]) -> list[dict[str, Any]]:
        """The tools as answers."""
        held = Count("audiences", filter=Q(audiences__segment_key__in=self.visible))
        some = Destination.objects.filter(pk__in=[row.pk for row in rows]).annotate(held=held)
        counts = dict(some.values_list("pk", "held"))
        whole = [_destination(self.request, row, counts.get(row.pk, 0)) for row in rows]
        return list(DestinationShape(whole, many=True).data)


class Destinations(DestinationResource):
    """The tools."""

    @operation(
        "destinations_list",
        scope=Scope.DESTINATIONS_READ,
        query=Paged,
        answers={200: DestinationPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List the tools by name. Secrets and options are never shown."""
        rows = Destination.objects.order_by("key")
        return self.page("destinations", rows, self.show)


class OneDestination(DestinationResource):
    """One tool."""

    @operation(
        "destinations_retrieve",
        scope=Scope.DESTINATIONS_READ,
        answers={200: DestinationShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, key: str) -> Response:
        """Read one tool."""
        data = self.show([self.destination(key)])[0]
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


class Syncs(DestinationResource):
    """What was sent to a tool."""

    @operation(
        "destinations_syncs_list",
        scope=Scope.DESTINATIONS_READ,
        query=Paged,
        answers={200: SyncPage, 304: None},
        problems=(*LISTS, "not-found"),
        has_etag=True,
    )
    def get(self, request: Request, key: str) -> Response:
        """List the syncs of a tool, the newest first: planned, confirmed and rejected."""
        runs = SyncRun.objects.filter(
            audience__destination=self.destination(key), audience__segment_key__in=self.visible
        )
        rows = runs.select_related("audience__destination").defer(*HEAVY).order_by("-id")
        return self.page("syncs", rows, _syncs)


def _destination(request: Request, row: Destination, lists: int) -> dict[str, Any]:
    title, function = _about(row.connector)
    return {
        "id": row.key,
        "object": "destination",
        "key": row.key,
        "url": link(request, "integrations-api:destination", row.key),
        "connector": row.connector,
        "title": title,
        "function": function,
        "is_on": not row.off_reason,
        "off_reason": row.off_reason or None,
        "lists": lists,
        "created_at": row.created_at,
    }


def _about(connector: str) -> tuple[str, str]:
    try:
        manifest = registry.manifest(connector)
    except ConfigError:
        # Its folder is gone, but what it holds is still known.
        return connector, connector
    return manifest.title, manifest.function


def _syncs(rows: Sequence[SyncRun]) -> list[dict[str, Any]]:
    return list(SyncShape([_sync(row) for row in rows], many=True).data)


def _sync(row: SyncRun) -> dict[str, Any]:
    return {
        "id": row.pk,
        "object": "sync",
        "destination": row.audience.destination.key,
        "segment": row.audience.segment_key,
        "state": row.state,
        "sentence": row.sentence,
        "from_membership_version": row.from_version,
        "to_membership_version": row.to_version,
        "to_add": row.to_add,
        "to_remove": row.to_remove,
        "added": row.added,
        "removed": row.removed,
        "rejected": row.rejected,
        "started_at": row.started_at,
        "finished_at": row.finished_at,
    }
