"""/segments/{key}/goal/: what a segment should come to, and who has."""

from __future__ import annotations

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.errors import refused_definition
from catalogue.api.operations import operation
from catalogue.api.parsing import check_names
from catalogue.api.resource import Resource
from catalogue.api.shapes.goal import GoalShape
from catalogue.api.shapes.segments import GoalFields
from catalogue.definitions.errors import DefinitionError
from catalogue.goals.reading import report_of, row_of
from catalogue.models import GoalSplit, Scope, Segment, Via
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import edit_segment
from catalogue.segments.vocabulary import stored_labels

IN_DOCUMENT = "/goal"
HEAVY = tuple(f"goal_split__{state}" for state in GoalSplit.STATES)


class SegmentGoal(Resource):
    """The goal of a segment and how its people stand to it: how many, never who."""

    @operation(
        "segments_goal_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: GoalShape, 304: None},
        problems=("not-found",),
        has_etag=True,
        tag="segments",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read the goal: its state, the split of everybody who entered, the share with its
        interval, the time it takes, the weeks and the steps. Who they are is read as members of a
        segment that is built on one of the parts."""
        return self._answer(self.segment(key))

    @operation(
        "segments_goal_update",
        scope=Scope.SEGMENTS_WRITE,
        body=GoalFields,
        answers={200: GoalShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "stale-version",
            "invalid-definition",
            "precondition-required",
        ),
        has_etag=True,
        needs_match=True,
        tag="segments",
    )
    def put(self, request: Request, key: str) -> Response:
        """Set another goal, at once; an empty object takes it away. `If-Match` is the ETag of the
        goal or of the segment. Pointers in errors point into the body."""
        return self._store(request, self.segment(key), self.sent)

    @operation(
        "segments_goal_change",
        scope=Scope.SEGMENTS_WRITE,
        body=GoalFields,
        answers={200: GoalShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "not-found",
            "refused",
            "stale-version",
            "invalid-definition",
            "precondition-required",
        ),
        has_etag=True,
        needs_match=True,
        tag="segments",
    )
    def patch(self, request: Request, key: str) -> Response:
        """Change fields of the goal, at once. Those left out stay, null takes one away."""
        segment = self.segment(key)
        changed = {**(segment.goal or {}), **self.sent}
        kept = {name: value for name, value in changed.items() if value is not None}
        return self._store(request, segment, kept)

    def _store(self, request: Request, segment: Segment, goal: dict[str, object]) -> Response:
        check_names(self.sent, GoalFields().fields)
        token = etags.token_named(request, segment)
        document = {**document_of(segment), "goal": goal or None}
        try:
            with transaction.atomic():
                edit_segment(
                    key=segment.key, document=document, token=token, by=self.actor, via=Via.API
                )
                return self._answer(self.segment(segment.key))
        except DefinitionError as error:
            raise refused_definition(error.faults, cut=IN_DOCUMENT) from error

    def _answer(self, segment: Segment) -> Response:
        related = ("definition", "membership", "goal_split__membership")
        rows = Segment.objects.select_related(*related).defer(*HEAVY)
        report = report_of(rows.get(pk=segment.pk), labels=stored_labels(self.actor))
        data = GoalShape(row_of(report)).data
        etag = etags.strong(etags.content_of(data), state=token_of(segment))
        return self.answer(data, etag=etag)
