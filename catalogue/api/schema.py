"""The OpenAPI 3.1 document, made from the operations beside the views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from catalogue.api.errors import MEDIA_TYPE
from catalogue.api.operations import Nothing, Operation, operation_of
from catalogue.api.problems import PROBLEMS
from catalogue.api.shapes.problem import ProblemShape

HEADER: Literal["header"] = "header"
PATH_PARAMETERS: Mapping[str, tuple[dict[str, Any], str]] = {
    "key": (
        {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,79}$"},
        "The key, which is for ever.",
    ),
    "number": (
        {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
        "The number of a definition version (d7 is 7).",
    ),
    "experiment": (
        {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
        "The number of an experiment (EXP-31 is 31).",
    ),
    "run_id": (
        {"type": "integer", "minimum": 1, "maximum": 2_147_483_647},
        "The number of a run.",
    ),
    "customer_id": (
        {"type": "string", "minLength": 1, "maxLength": 500},
        "The customer's id, exactly as it was loaded.",
    ),
}
ALWAYS = ("not-authenticated", "invalid-key", "rate-limited")


class OperationSchema(AutoSchema):
    """Describes a method by its `Operation`, and nothing by guessing."""

    @property
    def described(self) -> Operation:
        """The operation of this path and method."""
        found = operation_of(self.view, self.method)
        if found is None:
            raise TypeError(f"{self.method} {self.path} has no operation")
        return found

    def is_excluded(self) -> bool:
        """Methods without an operation are no part of the API."""
        return operation_of(self.view, self.method) is None

    def get_operation_id(self) -> str:
        """The id written beside the method."""
        return self.described.id

    def get_tags(self) -> list[str]:
        """The first part of the path."""
        return [self.described.tag or super().get_tags()[0]]

    def get_summary(self) -> str:
        """The first sentence of the method's docstring."""
        return self._said()[0]

    def get_description(self) -> str:  # type: ignore[override]
        """The whole docstring, and the scope a key needs."""
        scope = self.described.scope
        needs = f"A key needs the scope `{scope.value}`." if scope else ""
        return "\n\n".join(part for part in (*self._said()[1:], needs) if part)

    def _said(self) -> tuple[str, str]:
        doc = " ".join((getattr(self.view, self.method.lower()).__doc__ or "").split())
        first, mark, rest = doc.partition(". ")
        return first.removesuffix("."), rest if mark else ""

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """A shape's name as clients see it: SegmentShape is Segment."""
        return str(super().get_serializer_name(serializer, direction)).removesuffix("Shape")

    def get_request_serializer(self) -> Any:
        """The shape of the body."""
        body = self.described.body
        return None if body is Nothing else body

    def get_override_parameters(self) -> list[Any]:
        """Path, query and headers."""
        found = self.described
        return [
            *(
                OpenApiParameter(name, schema, OpenApiParameter.PATH, description=about)
                for name, (schema, about) in PATH_PARAMETERS.items()
                if f"{{{name}}}" in self.path
            ),
            *([found.query] if found.query is not Nothing else []),
            *self._filters(),
            *_request_headers(found, self.method),
            *_response_headers(found),
        ]

    def _filters(self) -> list[OpenApiParameter]:
        described = getattr(self.view, "filter_parameters", None)
        return list(described()) if described else []

    def get_response_serializers(self) -> Any:
        """The answers, and the errors worth telling of; any other error has the same shape."""
        found = self.described
        responses: dict[Any, Any] = {
            (status, "application/json"): shape
            for status, shape in found.answers.items()
            if shape is not None
        }
        for status in (status for status, shape in found.answers.items() if shape is None):
            responses[status] = OpenApiResponse(description=_without_body(status))
        for media_type in found.answers_text:
            responses[200, media_type] = OpenApiTypes.STR
        slugs = [*ALWAYS, *found.problems, *(["missing-scope"] if found.scope else [])]
        by_status: dict[int, list[str]] = {}
        for slug in slugs:
            by_status.setdefault(PROBLEMS[slug].status, []).append(slug)
        for status, some in sorted(by_status.items()):
            responses[status, MEDIA_TYPE] = OpenApiResponse(
                ProblemShape, description=", ".join(f"`{slug}`" for slug in dict.fromkeys(some))
            )
        responses["default", MEDIA_TYPE] = OpenApiResponse(
            ProblemShape, description="Any other error."
        )
        return responses


class BearerKeyScheme(OpenApiAuthenticationExtension):
    """How the document says what a key is."""

    target_class = "catalogue.api.authentication.BearerKey"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "segc_<prefix>_<secret>"}


class SignedInScheme(OpenApiAuthenticationExtension):
    """How the document says what a browser session is."""

    target_class = "catalogue.api.authentication.SignedIn"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """A cookie; whatever writes also needs X-CSRFToken."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


def _request_headers(found: Operation, method: str) -> list[OpenApiParameter]:
    headers = []
    if found.has_etag and method == "GET":
        about = "An ETag this answer had before: 304 when it is still the same."
        headers.append(OpenApiParameter("If-None-Match", str, HEADER, description=about))
    if found.needs_match or found.takes_match:
        about = "The ETag the segment was read with."
        headers.append(
            OpenApiParameter("If-Match", str, HEADER, required=found.needs_match, description=about)
        )
    if found.is_idempotent:
        about = "A text of your own, best a random UUID: sent again, the request does nothing more."
        headers.append(
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
                HEADER,
                description=about,
            )
        )
    return headers


def _response_headers(found: Operation) -> list[OpenApiParameter]:
    headers = [
        OpenApiParameter(
            "Request-Id", str, HEADER, response=True, description="Name it when you report."
        )
    ]
    if found.has_etag:
        codes = [status for status in found.answers if status != 202]
        headers.append(
            OpenApiParameter("ETag", str, HEADER, response=codes, description="Of this content.")
        )
    if 201 in found.answers or 202 in found.answers:
        headers.append(
            OpenApiParameter(
                "Location", str, HEADER, response=[201, 202], description="Where it is."
            )
        )
    return headers


def _without_body(status: int) -> str:
    return "Still the same." if status == 304 else "Done."
