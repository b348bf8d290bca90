"""/teams/, /traits/, /events/ and /me/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.facts import (
    EventPage,
    EventShape,
    MeShape,
    TeamPage,
    TeamShape,
    TraitPage,
    TraitShape,
    TraitsQuery,
)
from catalogue.api.throttling import LIMITS, limit
from catalogue.models import ApiKey, EventEntry, Scope, Segment, Status, Team, TraitEntry, User

LISTS = ("unknown-parameter", "invalid-parameter", "bad-cursor")


class Teams(Resource):
    """The teams."""

    @operation(
        "teams_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: TeamPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List the teams by their slugs, with how many segments each has."""
        rows = Team.objects.order_by("slug")
        return self.page("teams", rows, self._show)

    def _show(self, rows: Sequence[Team]) -> list[dict[str, Any]]:
        visible = Segment.objects.visible_to(self.actor).exclude(status=Status.ARCHIVED)
        counted = Count("segments", filter=Q(segments__in=visible.values("pk")))
        counts = Team.objects.filter(pk__in=[row.pk for row in rows]).annotate(held=counted)
        held = dict(counts.values_list("pk", "held"))
        whole = [
            {
                "id": row.slug,
                "object": "team",
                "slug": row.slug,
                "name": row.name,
                "html_url": link(self.request, "team", row.slug),
                "segments": held.get(row.pk, 0),
            }
            for row in rows
        ]
        return list(TeamShape(whole, many=True).data)


class Traits(Resource):
    """The traits of customers, or of accounts."""

    @operation(
        "traits_list",
        scope=Scope.SEGMENTS_READ,
        query=TraitsQuery,
        answers={200: TraitPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List the traits of the dictionary by name: what definitions may ask of customers, or
        with `subject=account` of accounts."""
        rows = TraitEntry.objects.filter(subject=self.asked["subject"]).order_by("name")
        return self.page("traits", rows, _traits)


class Events(Resource):
    """The events of customers."""

    @operation(
        "events_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: EventPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List the events of the dictionary by name, with their properties."""
        rows = EventEntry.objects.prefetch_related("properties").order_by("name")
        return self.page("events", rows, _events)


class Me(Resource):
    """Who asks."""

    @operation("me_retrieve", scope=None, answers={200: MeShape, 304: None}, has_etag=True)
    def get(self, request: Request) -> Response:
        """Read who you are, what you may do, and how often."""
        actor = self.actor
        whole = {
            **(_key(actor) if isinstance(actor, ApiKey) else _login(actor)),
            "limits": [{"name": name, "requests_per_minute": limit(name)} for name in LIMITS],
            "changes_kept_days": settings.CHANGES_KEPT_DAYS,
        }
        data = MeShape(whole).data
        return self.answer(data, etag=etags.strong(etags.content_of(data)))


def _traits(rows: Sequence[TraitEntry]) -> list[dict[str, Any]]:
    whole = [
        {
            "name": row.name,
            "object": "trait",
            "subject": row.subject,
            "label": row.label,
            "description": row.description,
            "type": row.type or None,
            "null_share": row.null_share,
            "first_seen_at": row.first_seen_at,
        }
        for row in rows
    ]
    return list(TraitShape(whole, many=True).data)


def _events(rows: Sequence[EventEntry]) -> list[dict[str, Any]]:
    whole = [
        {
            "name": row.name,
            "object": "event",
            "label": row.label,
            "description": row.description,
            "event_count": row.event_count,
            "last_at": row.last_at,
            "properties": [
                {"name": one.name, "label": one.label, "type": one.type or None}
                for one in sorted(row.properties.all(), key=lambda one: one.name)
            ],
            "first_seen_at": row.first_seen_at,
        }
        for row in rows
    ]
    return list(EventShape(whole, many=True).data)


def _key(key: ApiKey) -> dict[str, Any]:
    only = list(key.segments.order_by("key").values_list("key", flat=True))
    return {
        "kind": "key",
        "name": key.name,
        "prefix": f"segc_{key.prefix}",
        "team": key.team.slug,
        "scopes": key.scopes,
        "segments": only or None,
        "expires_at": key.expires_at,
        "seats": [],
        "is_site_admin": False,
    }


def _login(user: User) -> dict[str, Any]:
    seats = user.seats.select_related("team").order_by("team__slug")
    return {
        "kind": "login",
        "name": user.label,
        "prefix": None,
        "team": None,
        "scopes": None,
        "segments": None,
        "expires_at": None,
        "seats": [
            {"team": seat.team.slug, "role": seat.role, "see_people": seat.see_people}
            for seat in seats
        ],
        "is_site_admin": user.is_superuser,
    }
