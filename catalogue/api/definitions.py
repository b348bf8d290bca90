"""/definitions/validate/, render/ and estimate/: a definition that is not stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.errors import refused_definition
from catalogue.api.operations import operation
from catalogue.api.resource import Resource
from catalogue.api.shapes.definitions import (
    AskShape,
    EstimateShape,
    RenderedShape,
    ValidShape,
)
from catalogue.definitions.canonical import definition_hash, to_data
from catalogue.definitions.describe import describe, one_line, sentences
from catalogue.definitions.english.wording import Labels
from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition, where_pointer
from catalogue.definitions.places import ROOT
from catalogue.definitions.validate import validate
from catalogue.membership.estimating import NodeEstimate, estimate, steady
from catalogue.models import Scope, Segment
from catalogue.permissions import check_can_estimate
from catalogue.segments.documents import to_yaml
from catalogue.segments.vocabulary import stored_labels, stored_vocabulary

IN_BODY = "/definition"
PROBLEMS = ("malformed-body", "invalid-body", "invalid-definition")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The definition of a body, and where in it its tree stands."""

    tree: Definition
    root: str
    key: str | None
    warnings: list[Fault]


class DefinitionResource(Resource):
    """A POST that changes nothing."""

    def asked_definition(self) -> Asked:
        """The definition, checked against the dictionary and the segments that exist for who asks.
        Raises DefinitionError with pointers into the body."""
        body = self.body()
        key = body.get("key")
        tree = parse_definition(
            body["definition"], pointer=IN_BODY, default_timezone=settings.WORKSPACE_TIME_ZONE
        )
        root = where_pointer(body["definition"], IN_BODY)
        visible = Segment.objects.visible_to(self.actor).values_list("key", flat=True)
        words = stored_vocabulary()
        known = replace(words, segments=[one for one in visible if one in words.segments])
        return Asked(
            tree=tree,
            root=root,
            # Of a segment that does not exist for who asks, nothing is said.
            key=key if key in known.segments else None,
            warnings=validate(tree, known, pointer=root),
        )

    @property
    def labels(self) -> Labels:
        """What people call things."""
        return stored_labels(self.actor)


class Validate(DefinitionResource):
    """Is it right?"""

    @operation(
        "definitions_validate",
        scope=Scope.SEGMENTS_READ,
        body=AskShape,
        answers={200: ValidShape},
        problems=PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        """Check a definition. What is wrong with it is answered as 422, with everything found."""
        asked = self.asked_definition()
        whole = {
            "valid": True,
            "definition": to_data(asked.tree),
            "definition_hash": f"sha256:{definition_hash(asked.tree)}",
            "english": one_line(asked.tree, labels=self.labels),
            "warnings": [
                {
                    "code": str(fault.code),
                    "pointer": fault.pointer,
                    "detail": fault.message,
                    "suggestion": fault.suggestion,
                }
                for fault in asked.warnings
            ],
        }
        return Response(ValidShape(whole).data)


class Render(DefinitionResource):
    """What does it say?"""

    @operation(
        "definitions_render",
        scope=Scope.SEGMENTS_READ,
        body=AskShape,
        answers={200: RenderedShape},
        problems=PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        """Say a definition in English, as YAML and as canonical JSON."""
        asked = self.asked_definition()
        tree, labels = asked.tree, self.labels
        data = to_data(tree)
        whole = {
            "english": str(describe(tree, labels=labels)),
            "one_line": one_line(tree, labels=labels),
            "lines": [
                {
                    "pointer": _in_body(one.pointer, asked),
                    "depth": one.depth,
                    "text": one.text,
                }
                for one in sentences(tree, labels=labels)
                if not one.folded
            ],
            "yaml": to_yaml(data),
            "definition": data,
            "definition_hash": f"sha256:{definition_hash(tree)}",
        }
        return Response(RenderedShape(whole).data)


class EstimateSize(DefinitionResource):
    """How many would that be?"""

    @operation(
        "definitions_estimate",
        scope=Scope.SEGMENTS_WRITE,
        body=AskShape,
        answers={200: EstimateShape},
        problems=(*PROBLEMS, "forbidden", "too-expensive", "not-ready"),
        limit="estimates",
    )
    def post(self, request: Request) -> Response:
        """Count a definition and each of its conditions on the newest data: exactly, or where that
        takes too long in a sample, as `method` says. A key needs the scope `segments:write`,
        because a number may tell of one person."""
        check_can_estimate(self.actor)
        asked = self.asked_definition()
        try:
            found = estimate(
                asked.tree,
                key=asked.key,
                now=steady(timezone.now()),
                labels=self.labels,
                viewer=self.actor,
                may_sample=True,
            )
        except DefinitionError as error:
            raise refused_definition(error.faults, cut=ROOT, put=asked.root) from error
        whole = {
            "total": {
                "subject": found.subject,
                "value": found.size,
                "method": found.method,
                "margin": found.margin,
                "population": found.population,
            },
            "conditions": _counted(found.nodes, asked),
            "english": one_line(asked.tree, labels=self.labels),
            "as_of": found.now,
            "data_as_of": found.data_as_of,
            "milliseconds": found.milliseconds,
        }
        return Response(EstimateShape(whole).data)


def _counted(nodes: Iterable[NodeEstimate], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "pointer": _in_body(node.pointer, asked),
            "depth": node.depth,
            "text": node.text,
            "subject": node.about,
            "alone": node.alone,
            "remaining": node.remaining,
            "null_share": node.null_share,
        }
        for node in nodes
        if not node.folded
    ]


def _in_body(pointer: str, asked: Asked) -> str:
    return asked.root + pointer.removeprefix(ROOT)
