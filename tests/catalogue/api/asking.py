"""Programs with keys, and what they ask."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client

from catalogue.models import Scope, Segment
from catalogue.segments.keys import create_key
from tests.catalogue.segments.ground import team

API = "/api/v1/"
EVERYTHING = tuple(scope.value for scope in Scope)


def key_text(
    *scopes: str, at: str = "growth", segments: tuple[Segment, ...] = (), **facts: Any
) -> str:
    """The text of a new key of a team, with these scopes, or with all."""
    _, text = create_key(
        team=team(at),
        name="crm",
        scopes=scopes or EVERYTHING,
        segments=segments,
        by=None,
        via="command",
        **facts,
    )
    return text


class Program:
    """A program that knows the address of the API and a key."""

    def __init__(self, text: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {text}"} if text else {})
        self.client.raise_request_exception = True

    def get(self, path: str, **headers: str) -> Any:
        """GET a path below the API, or a whole address."""
        return self.client.get(_address(path), headers=_named(headers))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Send JSON."""
        data = json.dumps({} if body is None else body)
        return self.raw(method, path, data, **headers)

    def raw(
        self,
        method: str,
        path: str,
        data: str | bytes,
        *,
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        """Send anything at all."""
        return self.client.generic(
            method, _address(path), data, content_type=content_type, headers=_named(headers)
        )

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST JSON."""
        return self.send("POST", path, body, **headers)

    def etag(self, key: str) -> str:
        """The ETag of a segment."""
        return str(self.get(f"segments/{key}/")["ETag"])


def program(*scopes: str, **facts: Any) -> Program:
    """A program with a new key."""
    return Program(key_text(*scopes, **facts))


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The error that an answer is; fails when it is another one, or not in the one shape."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    data: dict[str, Any] = answer.json()
    assert data["code"] == code, data
    assert data["status"] == status
    assert data["type"] == f"/api/v1/docs/problems/{code.replace('_', '-')}/"
    assert data["detail"].endswith((".", "…", "?", "/")), data["detail"]
    assert data["request_id"] == answer["Request-Id"]
    return data


def _address(path: str) -> str:
    return path if path.startswith(("/", "http")) else f"{API}{path}"


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
