"""What one method of one path is: written once beside the method, it guards the request and
describes it in the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rest_framework import serializers

from catalogue.models import Scope

Shape = type[serializers.Serializer[Any]]
Method = TypeVar("Method", bound=Callable[..., Any])


class Nothing(serializers.Serializer[Any]):
    """A query without parameters, or a body without fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`id` is for ever: generated clients call their functions after it.

    `scope` is what a key needs; None: any valid key. `query` and `body` are all there may be.
    `answers`: by status, the shape, or None for an answer without a body; `answers_text` lists the
    media types that answer 200 with text instead. `problems`: slugs of errors worth telling of.
    `personal`: it names people. `limit`: which count of requests a minute it falls under.
    `open_body`: the body may hold more than its shape says, which the view then checks."""

    id: str
    scope: Scope | None
    query: Shape = Nothing
    body: Shape | None = None
    answers: Mapping[int, Shape | None] = field(default_factory=dict)
    answers_text: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    personal: bool = False
    limit: str = "default"
    has_etag: bool = False
    needs_match: bool = False
    takes_match: bool = False
    is_idempotent: bool = False
    tag: str = ""


def operation(id: str, *, scope: Scope | None, **facts: Any) -> Callable[[Method], Method]:
    """Say what a method is."""
    described = Operation(id=id, scope=scope, **facts)

    def mark(method: Method) -> Method:
        method.operation = described  # type: ignore[attr-defined]
        return method

    return mark


def operation_of(view: object, method: str | None) -> Operation | None:
    """What the method of a view is; None when it has no such method."""
    return getattr(getattr(view, (method or "").lower(), None), "operation", None)
