"""Every kind of error the API answers with. Slug, code and meaning are part of the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rest_framework.exceptions import APIException

DOCUMENTED_AT = "/api/v1/docs/problems/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemType:
    """One kind: `title` says it in a few words, `meaning` what happened and what to do."""

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        """Its name in `type`, which is also where it is explained."""
        return f"{DOCUMENTED_AT}{self.slug}/"

    @property
    def code(self) -> str:
        """Its name for programs."""
        return self.slug.replace("-", "_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One thing that is wrong with a request: at a JSON pointer into its body, or in a query
    parameter. `suggestion` is the nearest right spelling, `fix` a sentence that says what to do."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    suggestion: str | None = None
    fix: str | None = None

    def as_data(self) -> dict[str, str]:
        """Without what does not apply; the pointer "" is the whole body."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Problem(APIException):
    """A request is answered with an error. `more` are further members of the answer."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        flaws: Sequence[Flaw] = (),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.type = PROBLEMS[slug]
        self.sentence = detail
        self.flaws = tuple(flaws)
        self.headers = dict(headers or {})
        self.more = more


def _types(*rows: tuple[int, str, str, str]) -> dict[str, ProblemType]:
    return {
        slug: ProblemType(slug=slug, status=status, title=title, meaning=meaning)
        for status, slug, title, meaning in rows
    }


PROBLEMS = _types(
    (
        400,
        "malformed-body",
        "The body cannot be read",
        "The body is no JSON object in UTF-8, or holds what JSON does not have: a key given twice,"
        " NaN, an absurdly long number, more than 100 levels. Send what a JSON library writes.",
    ),
    (
        400,
        "invalid-body",
        "The body does not fit",
        "A field is unknown, missing or of the wrong type. `errors` names each by its JSON pointer"
        " and, where one is near, the right name.",
    ),
    (
        400,
        "unknown-parameter",
        "There is no such parameter",
        "A query parameter is not one of this path. Nothing is ignored silently: a mistyped filter"
        " would answer with too much. `errors` holds the nearest name.",
    ),
    (
        400,
        "invalid-parameter",
        "A parameter has no such value",
        "A query parameter or header has a value it cannot have, or is given twice where one is"
        " wanted.",
    ),
    (
        400,
        "bad-cursor",
        "The cursor is not one of ours",
        "A cursor was changed, cut, or belongs to another path, other filters, or another team."
        " Pass on exactly what `next`, `next_cursor` or `changes_cursor` held, with the same"
        " parameters.",
    ),
    (
        401,
        "not-authenticated",
        "Who is asking?",
        "Send `Authorization: Bearer segc_…`, or sign in.",
    ),
    (
        401,
        "invalid-key",
        "The key is not valid",
        "It was mistyped, cut, revoked or has expired. A team admin can make a new one.",
    ),
    (
        403,
        "missing-scope",
        "The key lacks a scope",
        "`scope` names it. Ask an admin of the key's team for a key that has it.",
    ),
    (
        403,
        "forbidden",
        "You may not do this",
        "The right is missing; `detail` says who has it.",
    ),
    (
        403,
        "csrf-failed",
        "The form token is missing",
        "Whoever uses the API with a browser session sends the token of the cookie `csrftoken` in"
        " the header `X-CSRFToken`. Programs use a key and need none.",
    ),
    (
        404,
        "not-found",
        "There is nothing here",
        "There is no such thing, or you may not know of it; the answers are the same.",
    ),
    (
        405,
        "method-not-allowed",
        "The path has no such method",
        "The header `Allow` lists those it has. Nothing is ever deleted: segments are archived.",
    ),
    (
        406,
        "not-acceptable",
        "Not in this format",
        "`Accept` asks for a format that this path does not have. All have application/json.",
    ),
    (
        409,
        "refused",
        "It cannot be done as things stand",
        "The request is right, but the segment is not: it is archived, lacks something, or the key"
        " is taken. `detail` says what to do first. Of a segment that may not go live yet, `errors`"
        " lists everything that keeps it, each with a code, a sentence, a fix and a pointer into"
        " the segment's document.",
    ),
    (
        409,
        "needs-second-person",
        "A second person publishes",
        "In this team, whoever edited a segment last does not publish it as well. Ask a second"
        " person: POST the message to `request/` of the version.",
    ),
    (
        409,
        "not-ready",
        "There is no answer yet",
        "The segment was never refreshed, or no customers were loaded. Refresh, then ask again.",
    ),
    (
        409,
        "request-in-progress",
        "The same request is being worked on",
        "A request with this Idempotency-Key is not finished. Repeat it after `Retry-After`.",
    ),
    (
        410,
        "cursor-expired",
        "The cursor is too old",
        "What happened since is not kept that long. `restart` is the full pull to begin anew with.",
    ),
    (
        411,
        "length-required",
        "The length of the body is missing",
        "Send the header Content-Length; bodies in chunks are not read.",
    ),
    (
        412,
        "stale-version",
        "Somebody was faster",
        "The segment has changed since the ETag in `If-Match` was given. Nothing was stored."
        " `theirs` is what is there, `yours` what you sent, `differences` where they differ; decide"
        ", then send again with `etag`.",
    ),
    (
        413,
        "body-too-large",
        "The body is too large",
        "At most 1 MiB is read.",
    ),
    (
        415,
        "unsupported-media-type",
        "Not in this format",
        "Bodies are `application/json` in UTF-8, not compressed.",
    ),
    (
        422,
        "invalid-definition",
        "The definition is refused",
        "`errors` holds everything that is wrong with the document, each by its JSON pointer into"
        " the request's body.",
    ),
    (
        422,
        "too-expensive",
        "It takes too long",
        "Judging the definition took longer than a request may. Narrow its windows.",
    ),
    (
        422,
        "idempotency-conflict",
        "The Idempotency-Key was used for something else",
        "Within 24 hours a key stands for one request: method, path and body. Make a new key for"
        " each new request.",
    ),
    (
        428,
        "precondition-required",
        "Which version was edited?",
        "Send `If-Match` with the ETag that the segment was read with, so that nobody's change is"
        " overwritten unseen.",
    ),
    (
        429,
        "rate-limited",
        "Too many requests",
        "Wait for the seconds in `Retry-After`. `RateLimit` says how many are left.",
    ),
    (
        500,
        "internal-error",
        "That was our mistake",
        "It is in the log under `request_id`. Nothing was half stored.",
    ),
    (
        500,
        "damaged-version",
        "What is stored cannot be trusted",
        "A membership version or the data does not read back as it was written, so nothing of it"
        " is served. The operator has to restore it.",
    ),
    (
        503,
        "busy",
        "The database is busy",
        "Repeat the request after `Retry-After`.",
    ),
)
