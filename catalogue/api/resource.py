"""The ground of every resource: parse → who may → one service or query → answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from catalogue.api import etags, parsing
from catalogue.api.authentication import actor_of
from catalogue.api.errors import MEDIA_TYPE
from catalogue.api.operations import Nothing, Operation, operation_of
from catalogue.api.paging import links_of, listed, page_of
from catalogue.api.problems import Problem
from catalogue.api.rendering import ProblemJson
from catalogue.api.requests import request_id_of
from catalogue.api.throttling import PerCaller
from catalogue.models import ApiKey, Segment, User
from catalogue.permissions import check_scope

NO_SEGMENT = "There is no segment “{key}”."


class Resource(APIView):
    """A path. Its methods are marked with `operation`; `asked` holds the query parameters."""

    # Query parameters that something other than the operation's shape reads (a FilterSet).
    also_asked: tuple[str, ...] = ()
    throttle: PerCaller | None = None
    asked: dict[str, Any]

    @property
    def actor(self) -> User | ApiKey:
        """Who asks."""
        return actor_of(self.request)

    @property
    def limit(self) -> str:
        """Which count of requests a minute this one falls under."""
        found = operation_of(self, self.request.method)
        return found.limit if found else "default"

    def get_throttles(self) -> list[BaseThrottle]:
        """Keep the count, to tell the caller what is left."""
        self.throttle = PerCaller()
        return [self.throttle]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Everything that can be refused before anything is looked up."""
        super().initial(request, *args, **kwargs)
        found = operation_of(self, request.method)
        if found is None:
            raise MethodNotAllowed(request.method or "")
        if found.scope is not None:
            check_scope(self.actor, found.scope)
        self.asked = parsing.read_query(request.query_params, found.query, self.also_asked)
        parsing.check_sent(request)

    def body(self) -> dict[str, Any]:
        """The body by the operation's shape. Raises Problem."""
        found = operation_of(self, self.request.method)
        return parsing.read_body(self.request, found.body if found and found.body else Nothing)

    @property
    def sent(self) -> dict[str, Any]:
        """The body as it was sent: a document, whose fields something else looks at."""
        return dict(self.request.data)

    def segment(self, key: str) -> Segment:
        """The segment, if it exists for who asks. Raises Problem: 404 in either case."""
        found = None
        if not _has_nul(key):
            rows = Segment.objects.visible_to(self.actor)
            found = rows.select_related("team", "definition", "owner").filter(key=key).first()
        if found is None:
            raise Problem("not-found", NO_SEGMENT.format(key=key))
        return found

    def answer(
        self, data: Any, *, etag: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """The data with its ETag; 304 without it when the caller has it already."""
        if self.request.method in ("GET", "HEAD") and etags.is_known(self.request, etag):
            return self.not_modified(etag)
        return Response(data, status, headers={"ETag": etag, **(headers or {})})

    def page(
        self,
        name: str,
        rows: QuerySet[Any],
        show: Callable[[Any], list[dict[str, Any]]],
        *,
        now: datetime | None = None,
    ) -> Response:
        """The page of these rows that was asked for, shown; its cursors are good for `name`."""
        page = page_of(self.request, name, rows, self.asked)
        data = listed(self.request, page, show, as_of=now or timezone.now())
        return self.answer(data, etag=etags.weak(data), headers=links_of(data))

    def not_modified(self, etag: str) -> Response:
        """304. It costs the caller nothing."""
        if self.throttle is not None:
            self.throttle.give_back()
        return Response(status=304, headers={"ETag": etag})

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """Headers that every answer has; errors in the one shape they have."""
        response = super().finalize_response(request, response, *args, **kwargs)
        if response.exception:
            response.accepted_renderer = ProblemJson()
            response.accepted_media_type = MEDIA_TYPE
        response["Request-Id"] = request_id_of(request)
        found = operation_of(self, request.method)
        response["Cache-Control"] = f"private, {'no-store' if _is_personal(found) else 'no-cache'}"
        patch_vary_headers(response, ["Authorization", "Cookie"])
        for name, value in (self.throttle.headers() if self.throttle else {}).items():
            response[name] = value
        return response


def _is_personal(found: Operation | None) -> bool:
    return found is not None and found.personal


def _has_nul(text: str) -> bool:
    return "\x00" in text
