"""Rows of the rights table: one route and method each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.rights.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One route and method. `rule`: who may. `arguments`: of the path, with {key} where the object
    stands; `body` of a POST; `json` bodies are sent as JSON; `query` is added to the path."""

    route: str
    method: str
    rule: Rule
    arguments: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    query: str = ""
    of_segment: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.method} {self.route}"


def page(route: str, rule: Rule, **more: Any) -> Row:
    """A page to read."""
    return Row(route=route, method="GET", rule=rule, **more)


def act(route: str, rule: Rule, **more: Any) -> Row:
    """A form to send."""
    return Row(route=route, method="POST", rule=rule, **more)


def of_segment(row: Callable[..., Row], route: str, rule: Rule, **more: Any) -> Row:
    """A row of one segment, whose key is in the path."""
    arguments = {"key": "{key}", **more.pop("arguments", {})}
    return row(route, rule, arguments=arguments, of_segment=True, **more)


def patch(route: str, rule: Rule, **more: Any) -> Row:
    """A change of some fields."""
    return Row(route=route, method="PATCH", rule=rule, **more)


def put(route: str, rule: Rule, **more: Any) -> Row:
    """A whole in the place of another."""
    return Row(route=route, method="PUT", rule=rule, **more)


def json_body(row: Row) -> str:
    """The body as a program sends it."""
    return json.dumps(row.body)
