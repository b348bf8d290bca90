"""ETags: what a caller has read, and whether that is still so.

An ETag is made from content alone, so it is the same for whoever asks. That of a segment has two
parts, `"<state>:<content>"`. The state is what an edit may name in `If-Match`: it moves when the
segment or its draft is changed by somebody, and not when a refresh finds other members. The whole
moves with everything the answer shows.

A list says when it was read (`as_of`), and its cursors are the caller's own; neither is content, so
lists have weak ETags.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from catalogue.api.problems import Problem
from catalogue.models import Segment
from catalogue.segments.documents import token_of

TAG = re.compile(r'\s*(?:W/)?"([^"]*)"\s*(?:,|$)')
NOT_CONTENT = ("as_of", "next", "changes_cursor")


def content_of(data: object, leave_out: Collection[str] = ()) -> str:
    """A short text that is another one as soon as the content is."""
    if isinstance(data, Mapping):
        data = {name: value for name, value in data.items() if name not in leave_out}
    text = json.dumps(data, cls=JSONEncoder, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def strong(content: str, *, state: str = "") -> str:
    """The ETag of one thing; `state` is the token that an edit names."""
    return f'"{state}:{content}"' if state else f'"{content}"'


def weak(data: Mapping[str, Any]) -> str:
    """The ETag of a list."""
    return f'W/"{content_of(data, NOT_CONTENT)}"'


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has this already (`If-None-Match`, compared weakly)."""
    header = request.headers.get("If-None-Match", "")
    if header.strip() == "*":
        return True
    return etag.removeprefix("W/").strip('"') in TAG.findall(header)


def token_named(request: Request, segment: Segment, *, needed: bool = True) -> str:
    """The state that an edit of the segment was made from, by `If-Match`: the part of its ETag
    before the colon. `*`, or no header where none is needed, is the state there is now. Raises
    Problem when it is missing."""
    return state_named(request, token_of(segment), "segment", needed=needed)


def state_named(request: Request, now: str, noun: str, *, needed: bool = True) -> str:
    """The same of anything that is edited, whose state is `now`."""
    header = request.headers.get("If-Match", "").strip()
    if not header and needed:
        raise Problem(
            "precondition-required",
            f"Read the {noun} first, and send its ETag in the header If-Match.",
        )
    if header in ("", "*"):
        return now
    states = [tag.split(":")[0] for tag in TAG.findall(header)]
    return now if now in states else next(iter(states), "")
