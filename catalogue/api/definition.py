"""/segments/{key}/definition/: who belongs, in three of its four faces."""

from __future__ import annotations

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.errors import refused_definition
from catalogue.api.operations import operation
from catalogue.api.problems import Problem
from catalogue.api.rendering import Json, PlainText, Yaml
from catalogue.api.resource import Resource
from catalogue.api.shapes.definitions import DefinitionShape
from catalogue.definitions.canonical import from_canonical
from catalogue.definitions.describe import describe
from catalogue.definitions.errors import DefinitionError
from catalogue.models import Draft, Scope, Segment, Status, Via
from catalogue.segments.documents import definition_data, document_of, token_of
from catalogue.segments.editing import save_draft
from catalogue.segments.vocabulary import stored_labels

IN_DOCUMENT = "/definition"


class SegmentDefinition(Resource):
    """The newest definition of a segment."""

    renderer_classes = [Json, Yaml, PlainText]

    @operation(
        "segments_definition_retrieve",
        scope=Scope.SEGMENTS_READ,
        answers={200: DefinitionShape, 304: None},
        answers_text=("application/yaml", "text/plain"),
        problems=("not-found", "not-acceptable"),
        has_etag=True,
        tag="segments",
    )
    def get(self, request: Request, key: str) -> Response:
        """Read the definition: by `Accept` as JSON, as YAML (application/yaml) or in English
        (text/plain). It is the newest that counts people; a draft is read at `versions/`."""
        segment = self.segment(key)
        version = segment.definition
        data = definition_data(version)
        if version is None or data is None:
            raise Problem(
                "not-found",
                f"“{segment.name}” has no definition: it is a list kept by hand, or still empty.",
            )
        shown: object = data
        if isinstance(request.accepted_renderer, PlainText):
            tree = from_canonical(str(version.canonical))
            shown = str(describe(tree, labels=stored_labels(self.actor)))
        content = etags.content_of([request.accepted_renderer.format, shown])
        return self.answer(shown, etag=etags.strong(content, state=token_of(segment)))

    @operation(
        "segments_definition_update",
        scope=Scope.SEGMENTS_WRITE,
        body=DefinitionShape,
        answers={200: DefinitionShape},
        problems=(
            "malformed-body",
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
        """Save another definition: of a live segment as its draft, of a draft at once. Pointers in
        errors point into the body."""
        segment = self.segment(key)
        token = etags.token_named(request, segment)
        document = {**waiting_document(segment), "definition": self.sent}
        try:
            with transaction.atomic():
                saved = save_draft(
                    key=key, document=document, token=token, by=self.actor, via=Via.API
                )
                return self._saved(saved)
        except DefinitionError as error:
            raise refused_definition(error.faults, cut=IN_DOCUMENT) from error

    def _saved(self, segment: Segment) -> Response:
        is_live = segment.status == Status.LIVE
        data = self.sent if is_live else definition_data(segment.definition)
        content = etags.content_of(["json", data])
        return self.answer(data, etag=etags.strong(content, state=token_of(segment)))


def waiting_document(segment: Segment) -> dict[str, object]:
    """What a further edit is made to: the draft that waits, else the segment."""
    draft = Draft.objects.filter(segment=segment).first()
    return dict(draft.document) if draft else document_of(segment)
