"""What every request is known by: its id, and the addresses it was made to."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlencode

from django.urls import reverse
from rest_framework.request import Request

SHAPE = re.compile(r"[A-Za-z0-9._:-]{8,128}")


def request_id_of(request: Request) -> str:
    """The caller's own `Request-Id` when it is a harmless one, else one of ours; always the same
    for one request."""
    http = request._request
    found: str | None = getattr(http, "request_id", None)
    if found is None:
        given = http.headers.get("Request-Id", "")
        found = given if SHAPE.fullmatch(given) else f"req_{secrets.token_hex(12)}"
        http.request_id = found  # type: ignore[attr-defined]
    return found


def link(request: Request, name: str, *args: object, **query: str) -> str:
    """The whole address of a route of the API, or of a page, on the host that was asked."""
    path = reverse(name, args=args)
    return request.build_absolute_uri(f"{path}?{urlencode(query)}" if query else path)
