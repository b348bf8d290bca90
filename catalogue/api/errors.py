"""Whatever goes wrong becomes application/problem+json (RFC 9457): one shape for every error."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404
from django.http.request import UnreadablePostError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.problems import Flaw, Problem
from catalogue.api.requests import request_id_of
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.engine.inputs import ScanFailed
from catalogue.ideas.refusals import IdeaRefused, StaleIdea
from catalogue.membership.estimating import NoDataYet
from catalogue.membership.leaving import NothingToForetell
from catalogue.membership.overlap import NeverRefreshed, NoSuchSegment
from catalogue.membership.refresh import UnknownSegment
from catalogue.membership.versions import DamagedVersion
from catalogue.models import Idea, Suppression
from catalogue.permissions import MissingScope
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.research.answers import NoSummary
from catalogue.research.refusals import ResearchRefused
from catalogue.segments.changes import changed_fields
from catalogue.segments.refusals import (
    GateRefused,
    NeedsSecondPerson,
    NoSuchVersion,
    SegmentRefused,
    StaleEdit,
)
from catalogue.segments.reports import FilesRefused
from catalogue.warehouse.finding import Unreadable

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
BUSY_SECONDS = 5


def answer_problem(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to an error, of whatever kind. What nobody foresaw is logged in full, and tells
    the caller nothing but where to find it."""
    request: Request = context["request"]
    problem = problem_of(error)
    if problem.type.slug == "internal-error":
        logger.error("request %s failed", request_id_of(request), exc_info=error)
        got_request_exception.send(sender=None, request=request._request)
    headers = {**problem.headers, **_challenge(error)}
    return Response(problem_data(problem, request), problem.type.status, headers=headers)


def problem_data(problem: Problem, request: Request) -> dict[str, Any]:
    """A problem as its answer's body."""
    return {
        "type": problem.type.uri,
        "title": problem.type.title,
        "status": problem.type.status,
        "code": problem.type.code,
        "detail": problem.sentence,
        "instance": request.path,
        "request_id": request_id_of(request),
        "errors": [flaw.as_data() for flaw in problem.flaws],
        **problem.more,
    }


def problem_of(error: Exception) -> Problem:
    """The problem that stands for an error."""
    if isinstance(error, Problem):
        return error
    for kind, make in ANSWERS:
        if isinstance(error, kind):
            return make(error)
    return Problem("internal-error", "Something went wrong on our side. Nothing was half stored.")


def refused_definition(faults: Iterable[Fault], *, cut: str = "", put: str = "") -> Problem:
    """A refused document. Pointers that begin with `cut` begin with `put` instead: where in the
    request's body it stands."""
    flaws = [
        Flaw(
            code=str(fault.code),
            detail=fault.message,
            pointer=put + fault.pointer.removeprefix(cut) if cut else fault.pointer,
            suggestion=fault.suggestion,
        )
        for fault in faults
    ]
    is_slow = any(flaw.code == Code.TOO_EXPENSIVE for flaw in flaws)
    count = "a problem" if len(flaws) == 1 else f"{len(flaws)} problems"
    detail = flaws[0].detail if len(flaws) == 1 else f"The document has {count}; see errors."
    return Problem("too-expensive" if is_slow else "invalid-definition", detail, flaws=flaws)


def _stale(error: StaleEdit) -> Problem:
    return Problem(
        "stale-version",
        str(error),
        etag=f'"{error.token}"',
        changed_by=error.who or None,
        differences=changed_fields(error.theirs, error.yours),
        theirs=error.theirs,
        yours=error.yours,
    )


def _not_live_yet(error: GateRefused) -> Problem:
    flaws = [
        Flaw(code=lack.code, detail=lack.sentence, fix=lack.fix, pointer=lack.pointer)
        for lack in error.lacks
    ]
    return Problem("refused", str(error), flaws=flaws)


def _idea(error: IdeaRefused) -> Problem:
    if not error.pointer:
        return Problem("refused", str(error))
    flaw = Flaw(code="invalid", detail=str(error), pointer=error.pointer)
    return Problem("invalid-body", str(error), flaws=[flaw])


def _research(error: ResearchRefused) -> Problem:
    flaws = [
        Flaw(code="invalid", detail=f"{row.sentence()}.", pointer=error.pointer)
        for row in error.rows
    ]
    if not error.pointer:
        return Problem("refused", str(error))
    whole = Flaw(code="invalid", detail=str(error), pointer=error.pointer)
    return Problem("invalid-body", str(error), flaws=flaws or [whole])


def _privacy(error: PrivacyRefused) -> Problem:
    if not error.pointer:
        return Problem("refused", str(error))
    flaw = Flaw(code="invalid", detail=str(error), pointer=error.pointer)
    return Problem("invalid-body", str(error), flaws=[flaw])


def _missing_scope(error: MissingScope) -> Problem:
    return Problem("missing-scope", str(error), scope=error.scope.value)


def _throttled(error: exceptions.Throttled) -> Problem:
    wait: float | None = getattr(error, "wait", None)
    seconds = max(1, math.ceil(wait or 1))
    unit = "second" if seconds == 1 else "seconds"
    return Problem(
        "rate-limited",
        f"These are more requests than a minute allows. Wait {seconds} {unit}.",
        headers={"Retry-After": str(seconds)},
    )


def _busy(_: Exception) -> Problem:
    sentence = f"The database is busy. Nothing was stored; repeat this in {BUSY_SECONDS} seconds."
    return Problem("busy", sentence, headers={"Retry-After": str(BUSY_SECONDS)})


def _plain(slug: str, sentence: str = "") -> Callable[[Any], Problem]:
    return lambda error: Problem(slug, sentence or str(error))


def _not_authenticated(_: Exception) -> Problem:
    return Problem(
        "not-authenticated", "Send a key in the header “Authorization: Bearer segc_…”, or sign in."
    )


def _challenge(error: Exception) -> dict[str, str]:
    header = getattr(error, "auth_header", None)
    return {"WWW-Authenticate": header} if header else {}


# The first kind that fits; a subclass stands before its base.
ANSWERS: list[tuple[type[Exception], Callable[[Any], Problem]]] = [
    (DefinitionError, lambda error: refused_definition(error.faults)),
    (
        FilesRefused,
        lambda error: refused_definition(problem.fault for problem in error.problems),
    ),
    (StaleEdit, _stale),
    (ResearchRefused, _research),
    (NoSummary, _plain("not-ready")),
    (StaleIdea, _plain("stale-version")),
    (IdeaRefused, _idea),
    (PrivacyRefused, _privacy),
    (Suppression.DoesNotExist, _plain("not-found", "There is no such suppression.")),
    (Unreadable, _plain("damaged-version")),
    (Idea.DoesNotExist, _plain("not-found", "There is no such idea.")),
    (NoSuchVersion, _plain("not-found")),
    (NoSuchSegment, _plain("not-found")),
    (NothingToForetell, _plain("not-ready")),
    (NeverRefreshed, _plain("not-ready")),
    (GateRefused, _not_live_yet),
    (NeedsSecondPerson, _plain("needs-second-person")),
    (SegmentRefused, _plain("refused")),
    (UnknownSegment, _plain("refused")),
    (NoDataYet, _plain("not-ready")),
    (DamagedVersion, _plain("damaged-version")),
    (ScanFailed, _plain("damaged-version")),
    (MissingScope, _missing_scope),
    (PermissionDenied, _plain("forbidden")),
    (exceptions.AuthenticationFailed, _plain("invalid-key")),
    (exceptions.NotAuthenticated, _not_authenticated),
    (exceptions.PermissionDenied, _plain("forbidden")),
    (exceptions.Throttled, _throttled),
    (exceptions.MethodNotAllowed, _plain("method-not-allowed")),
    (exceptions.NotAcceptable, _plain("not-acceptable", "This path does not have that format.")),
    (
        exceptions.UnsupportedMediaType,
        _plain("unsupported-media-type", "Send the body as application/json in UTF-8."),
    ),
    (exceptions.ParseError, _plain("malformed-body")),
    (RequestDataTooBig, _plain("body-too-large", "The body is larger than 1 MiB.")),
    (UnreadablePostError, _plain("malformed-body", "The body ended before it was complete.")),
    (Http404, _plain("not-found", "There is nothing at this address.")),
    (exceptions.NotFound, _plain("not-found", "There is nothing at this address.")),
    (OperationalError, _busy),
]
