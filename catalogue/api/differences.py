"""/segments/{key}/versions/diff/: how two versions differ, in words and in people."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.resource import Resource
from catalogue.api.segment_data import shows_drafts
from catalogue.api.shapes.versions import DifferenceQuery, DifferenceShape
from catalogue.membership.comparing import moved_between
from catalogue.membership.effect import effect_of
from catalogue.models import Draft, Scope, Segment
from catalogue.segments.documents import token_of
from catalogue.segments.refusals import NoSuchVersion
from catalogue.segments.sides import DRAFT, Comparison, compare
from catalogue.segments.vocabulary import stored_labels


class Difference(Resource):
    """Two versions side by side."""

    @operation(
        "segments_versions_diff",
        scope=Scope.SEGMENTS_READ,
        query=DifferenceQuery,
        answers={200: DifferenceShape, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "not-ready"),
        has_etag=True,
        limit="estimates",
        tag="versions",
    )
    def get(self, request: Request, key: str) -> Response:
        """Compare two versions: in English, as YAML, and in people who enter and leave. `draft`
        stands for the change that waits, and is counted against what is live now."""
        segment = self.segment(key)
        names = [self._name(segment, self.asked[side]) for side in ("from", "to")]
        compared = compare(segment, names[0], names[1], labels=stored_labels(self.actor))
        whole = {
            "from": names[0],
            "to": names[1],
            "english": compared.english,
            "yaml": compared.yaml,
            "fields": compared.fields,
            "people": self._people(segment, compared),
        }
        data = DifferenceShape(whole).data
        etag = etags.strong(etags.content_of(data), state=token_of(segment))
        return self.answer(data, etag=etag)

    def _name(self, segment: Segment, said: str) -> str:
        """The version as it is stored: the draft may be named by its number too."""
        if not shows_drafts(self.request):
            if said == DRAFT:
                raise NoSuchVersion(f"No draft of “{segment.name}” waits.")
            return said
        draft = Draft.objects.filter(segment=segment).first()
        return DRAFT if draft is not None and said == str(draft.number) else said

    def _people(self, segment: Segment, compared: Comparison) -> dict[str, Any] | None:
        before, after = compared.before, compared.after
        if before.is_draft or after.is_draft:
            return self._estimated(segment, compared)
        if before.number == after.number:
            return None
        earlier, later = sorted((before.number, after.number))
        found = moved_between(segment, earlier, later)
        if found is None:
            return None
        sides = (found.before, found.after, found.entered, found.left)
        if before.number > after.number:
            sides = (found.after, found.before, found.left, found.entered)
        one, other, entering, leaving = sides
        return {
            "method": "published",
            "entering": entering,
            "leaving": leaving,
            "before": one.size,
            "after": other.size,
            "from_membership_version": one.membership,
            "to_membership_version": other.membership,
            "as_of": other.now,
        }

    def _estimated(self, segment: Segment, compared: Comparison) -> dict[str, Any] | None:
        """What publishing the draft would do, from what is live: no other pair can be judged."""
        if not (compared.before.is_newest and compared.after.is_draft and compared.after.tree):
            return None
        found = effect_of(
            key=segment.key,
            definition=compared.after.tree,
            now=timezone.now(),
            viewer=self.actor,
        )
        return {
            "method": "estimate",
            "entering": len(found.own.entering),
            "leaving": len(found.own.leaving),
            "before": found.own.before,
            "after": found.own.after,
            "from_membership_version": None,
            "to_membership_version": None,
            "as_of": found.now,
        }
