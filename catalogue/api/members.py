"""/segments/{key}/members/: everybody in a segment, and staying in step with it."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue import published
from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.paging import address_of_page, bad_cursor, read_cursor, write_cursor
from catalogue.api.parsing import invalid_parameter
from catalogue.api.problems import Problem
from catalogue.api.requests import link
from catalogue.api.resource import Resource
from catalogue.api.shapes.members import (
    ChangesQuery,
    ChangesShape,
    CheckedShape,
    IdsShape,
    MembersQuery,
    MembersShape,
)
from catalogue.definitions.nodes import Subject
from catalogue.definitions.pieces import nearest
from catalogue.membership.changes import BadCursor
from catalogue.models import Scope, Segment, TraitEntry
from catalogue.permissions import check_can_check_members, check_can_see_people
from catalogue.published import MembersPage, Place, PublishedVersion
from catalogue.segments.subjects import subject_of

MOST_TRAITS = 50
CHANGES = "changes"
LATEST = "latest"
PAGES = ("not-found", "forbidden", "unknown-parameter", "invalid-parameter", "bad-cursor")


class Members(Resource):
    """A full pull."""

    @operation(
        "segments_members_list",
        scope=Scope.MEMBERS_READ,
        query=MembersQuery,
        answers={200: MembersShape, 304: None},
        problems=(*PAGES, "not-ready"),
        personal=True,
        has_etag=True,
        tag="members",
    )
    def get(self, request: Request, key: str) -> Response:
        """Pull all members, page by page: the ids of customers, or of accounts, as `subject` says.
        Every page is of the same membership version, however
        many refreshes happen meanwhile. Afterwards follow `members/changes/` from
        `changes_cursor`, and pull no more."""
        segment = self.segment(key)
        check_can_see_people(self.actor, segment)
        traits = trait_names(self.asked["traits"], subject_of(segment.definition))
        place = self._place()
        version = _version(segment, place["version"] if place else self.asked["version"])
        etag = self._etag(version, traits)
        if etags.is_known(request, etag):
            return self.not_modified(etag)
        now = timezone.now()
        page = published.members_page(
            version,
            viewer=self.actor,
            after=place["after"] if place else -1,
            size=self.asked["page_size"],
            traits=traits,
            now=now,
        )
        data = self._data(version, page, told=place["told"] if place else page.told)
        headers = {"Link": f'<{data["next"]}>; rel="next"'} if data["next"] else {}
        return Response(data, headers={"ETag": etag, **headers})

    def _place(self) -> dict[str, Any] | None:
        text = self.asked.get("cursor")
        return read_cursor(self.request, "members", text) if text else None

    def _etag(self, version: PublishedVersion, traits: Sequence[str]) -> str:
        """Known before any member is read: of the version, who is deleted, and the page."""
        page = [self.request.path, self.asked.get("cursor"), self.asked["page_size"]]
        data = published.data_state() if traits else ""
        state = [published.members_state(version), version.definition_version, data, *traits]
        return etags.strong(etags.content_of([page, state]))

    def _data(self, version: PublishedVersion, page: MembersPage, *, told: str) -> dict[str, Any]:
        cursor = None
        if page.last is not None:
            place = {"version": version.membership_version, "after": page.last, "told": told}
            cursor = write_cursor(self.request, "members", place)
        feed = write_place(self.request, published.place_after(version, told), version.key)
        whole = {
            **_facts(version),
            "count": page.count,
            "checksum": page.checksum,
            "changes_cursor": feed,
            "results": [
                {"id": one.id, "since": one.since, "traits": plain(one.traits)}
                for one in page.members
            ],
            "next": address_of_page(self.request, cursor),
            "has_more": cursor is not None,
        }
        return dict(MembersShape(whole).data)


class Changes(Resource):
    """Staying in step."""

    @operation(
        "segments_members_changes",
        scope=Scope.MEMBERS_READ,
        query=ChangesQuery,
        answers={200: ChangesShape},
        problems=(*PAGES, "not-ready", "cursor-expired"),
        personal=True,
        tag="members",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read who entered and left since a cursor, in order and without a gap. Whoever applies
        every change, and asks on while `has_more` is true, holds exactly what a full pull would
        give. Removing somebody you do not hold, or adding somebody you do, is no error."""
        segment = self.segment(key)
        check_can_see_people(self.actor, segment)
        try:
            found = published.changes_after(
                segment,
                read_place(request, self.asked.get("cursor"), key),
                viewer=self.actor,
                limit=self.asked["page_size"],
                now=timezone.now(),
                kept=timedelta(days=settings.CHANGES_KEPT_DAYS),
            )
        except published.NothingPublished:
            raise _never_refreshed(segment) from None
        except published.PlaceExpired:
            raise _expired(request, segment) from None
        except BadCursor:
            raise bad_cursor() from None
        whole = {
            **_facts(found.version),
            "count": found.count,
            "checksum": found.checksum,
            "results": [_change(step) for step in found.steps],
            "next_cursor": write_place(request, found.place, key),
            "has_more": found.has_more,
        }
        return Response(ChangesShape(whole).data)


class Check(Resource):
    """Asking about some customers only."""

    @operation(
        "segments_members_check",
        scope=None,
        body=IdsShape,
        answers={200: CheckedShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "missing-scope",
            "forbidden",
            "not-found",
            "not-ready",
        ),
        personal=True,
        tag="members",
    )
    def post(self, request: Request, key: str) -> Response:
        """Ask whether up to 1,000 customers are in the segment; of a segment that holds accounts,
        whether accounts are. A key needs the scope `members:check` or `members:read`."""
        segment = self.segment(key)
        check_can_check_members(self.actor, segment)
        ids = self.body()["ids"]
        version = _version(segment, LATEST)
        found = published.check(version, ids, viewer=self.actor)
        whole = {
            **_facts(version),
            "results": [{"id": one, "standing": found[one]} for one in ids],
        }
        return Response(CheckedShape(whole).data)


def trait_names(text: str, subject: Subject = "customer") -> list[str]:
    """The names of a list with commas between, of traits of customers or of accounts. Raises
    Problem for a trait that nobody has."""
    names = list(dict.fromkeys(next(csv.reader([text]), []))) if text else []
    if len(names) > MOST_TRAITS:
        raise invalid_parameter("traits", f"At most {MOST_TRAITS} traits are sent along.")
    known = set(TraitEntry.objects.filter(subject=subject).values_list("name", flat=True))
    for name in names:
        if name not in known:
            near = nearest(name, known)
            hint = f" Did you mean “{near}”?" if near else ""
            raise invalid_parameter("traits", f"There is no trait “{name}”.{hint}", near)
    return names


def plain(values: Any) -> Any:
    """Values as JSON can say them: what is no number is unknown."""
    if isinstance(values, dict):
        return {name: plain(value) for name, value in values.items()}
    if isinstance(values, list):
        return [plain(value) for value in values]
    return None if isinstance(values, float) and not math.isfinite(values) else values


def write_place(request: Request, place: Place, key: str) -> str:
    """A cursor for the feed of a segment."""
    return write_cursor(request, f"{CHANGES}:{key}", asdict(place), is_anywhere=True)


def read_place(request: Request, text: str | None, key: str) -> Place:
    """The place of a cursor; without one, the beginning. Raises Problem."""
    if not text:
        return Place()
    return Place(**read_cursor(request, f"{CHANGES}:{key}", text, is_anywhere=True))


def _version(segment: Segment, asked: str | int) -> PublishedVersion:
    if asked == LATEST:
        found = published.newest(segment.key)
        if found is None:
            raise _never_refreshed(segment)
        return found
    numbered = published.version(segment.key, int(asked))
    if numbered is None:
        raise Problem("not-found", f"“{segment.name}” has no membership version m{asked}.")
    return numbered


def _facts(version: PublishedVersion) -> dict[str, Any]:
    return {
        "segment": version.key,
        "subject": version.subject,
        "membership_version": version.membership_version,
        "definition_version": version.definition_version,
        "as_of": version.now,
    }


def _change(step: published.Step) -> dict[str, Any]:
    before, after = step.definition or (None, None)
    return {
        "op": step.op,
        "id": step.id,
        "at": step.at,
        "membership_version": step.membership_version,
        "reason": step.reason or None,
        "definition": {"before": before, "after": after} if step.definition else None,
    }


def _never_refreshed(segment: Segment) -> Problem:
    return Problem(
        "not-ready", f"“{segment.name}” was never refreshed, so nobody knows yet who is in it."
    )


def _expired(request: Request, segment: Segment) -> Problem:
    return Problem(
        "cursor-expired",
        f"Changes are kept for {settings.CHANGES_KEPT_DAYS} days. Pull all members anew.",
        restart=link(request, "api:members", segment.key, version=LATEST),
    )
