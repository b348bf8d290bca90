"""/schema/ for programs and /docs/ for people."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from catalogue.api import etags
from catalogue.api.examples import Examples
from catalogue.api.operations import operation
from catalogue.api.paging import MOST, PAGE_SIZE
from catalogue.api.problems import PROBLEMS, Problem
from catalogue.api.reference import named_shapes, paths_by_tag
from catalogue.api.resource import Resource
from catalogue.api.shapes.fields import OpenApiDocument
from catalogue.api.shapes.members import MOST_IDS, MOST_MEMBERS
from catalogue.api.throttling import limit
from catalogue.models import Scope


class Open(Resource):
    """What answers without a key."""

    authentication_classes = ()
    permission_classes = ()

    def get_throttles(self) -> list[BaseThrottle]:
        """Nobody is known, so nobody is counted."""
        return []


class Schema(Open):
    """The OpenAPI document."""

    @operation(
        "schema_retrieve", scope=None, answers={200: OpenApiDocument, 304: None}, has_etag=True
    )
    def get(self, request: Request) -> Response:
        """Read this document: OpenAPI 3.1, as JSON. It needs no key."""
        document = openapi_document()
        return self.answer(document, etag=_etag_of_document())


class UnknownPath(Open):
    """Whatever else is asked for under /api/."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """There is nothing here, whatever the method."""
        sentence = "There is nothing at this address; /api/v1/docs/ lists what there is."
        if not request.path.endswith("/") and _exists(f"{request.path}/"):
            sentence = f"Addresses end with a slash: {request.path}/"
        raise Problem("not-found", sentence)


@lru_cache(maxsize=1)
def openapi_document() -> dict[str, Any]:
    """The document; it changes only with the code."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    document["info"]["version"] = settings.VERSION
    return document


@lru_cache(maxsize=1)
def _etag_of_document() -> str:
    return etags.strong(etags.content_of(openapi_document()))


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """What somebody has to know who writes a program against the API."""
    host = f"{request.scheme}://{request.get_host()}"
    context = {
        "host": host,
        "examples": Examples(api=f"{host}/api/v1/"),
        "scopes": [(scope.value, scope.label) for scope in Scope],
        "problems": list(PROBLEMS.values()),
        "page_size": PAGE_SIZE,
        "most": MOST,
        "most_members": MOST_MEMBERS,
        "most_ids": MOST_IDS,
        "requests": limit("default"),
        "estimates": limit("estimates"),
        "kept_days": settings.CHANGES_KEPT_DAYS,
    }
    return render(request, "catalogue/api/docs.html", context)


@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """Every path with what it takes and answers."""
    document = openapi_document()
    context = {
        "tags": paths_by_tag(document, host=f"{request.scheme}://{request.get_host()}"),
        "shapes": named_shapes(document),
    }
    return render(request, "catalogue/api/reference.html", context)


@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """One kind of error: where `type` leads to."""
    found = PROBLEMS.get(slug)
    if found is None:
        raise Http404("There is no such kind of error.")
    return render(request, "catalogue/api/problem.html", {"problem": found})


def _exists(path: str) -> bool:
    try:
        return resolve(path).func.__name__ != UnknownPath.__name__
    except Resolver404:
        return False
