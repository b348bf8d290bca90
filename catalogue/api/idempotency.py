"""`Idempotency-Key`: a request that is sent again does nothing again, and has the same answer.

Kept for 24 hours, of each caller by itself, and only answers that did something: whatever was
refused changed nothing, and may be sent again with the same key. What a request does and its answer
are committed together. A row that is still running when its process has died is taken over; the
fence keeps the old one, should it be alive after all, from storing anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from catalogue.api.authentication import actor_of, owner_of
from catalogue.api.problems import Flaw, Problem
from catalogue.models import KeptAnswer

KEPT = timedelta(hours=24)
# A request that runs for longer has died: nothing here takes that long.
RUNNING = timedelta(seconds=120)
SHAPE = re.compile(r"[\x21-\x7e]{1,255}")
HEADERS = ("ETag", "Location")
HEADER = "Idempotency-Key"
RETRY_SECONDS = 2


def once(request: Request, act: Callable[[], Response]) -> Response:
    """Answer with `act`, or with what it answered before to the same key. What `act` does stays
    only if it comes to an answer. Raises Problem when the key was used for something else or is in
    use."""
    key = request.headers.get(HEADER)
    if key is None:
        with transaction.atomic():
            return act()
    if not SHAPE.fullmatch(key):
        sentence = "An Idempotency-Key has 1 to 255 printable characters, best a random UUID."
        flaw = Flaw(code="invalid", detail=sentence, parameter=HEADER)
        raise Problem("invalid-parameter", sentence, flaws=[flaw])
    now = timezone.now()
    row = _reserve(owner_of(actor_of(request)), key, _digest(request), now)
    return _answer_again(row) if row.status is not None else _act(row, act)


def _reserve(owner: str, key: str, digest: str, now: datetime) -> KeptAnswer:
    """The row of this request: a new one, one taken over, or one that has its answer."""
    KeptAnswer.objects.filter(started_at__lt=now - KEPT).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(owner=owner, key=key, digest=digest, started_at=now)
    except IntegrityError:
        row = KeptAnswer.objects.filter(owner=owner, key=key).first()
    if row is None:  # it failed and was let go just now
        raise _in_progress()
    if row.digest != digest:
        raise Problem(
            "idempotency-conflict",
            "This Idempotency-Key was used for another request within the last 24 hours.",
        )
    if row.status is None:
        _take_over(row, now)
    return row


def _take_over(row: KeptAnswer, now: datetime) -> None:
    dead = KeptAnswer.objects.filter(pk=row.pk, fence=row.fence, started_at__lt=now - RUNNING)
    if not dead.update(fence=row.fence + 1, started_at=now):
        raise _in_progress()
    row.fence += 1


def _act(row: KeptAnswer, act: Callable[[], Response]) -> Response:
    mine = KeptAnswer.objects.filter(pk=row.pk, fence=row.fence, status=None)
    try:
        with transaction.atomic():
            response = act()
            kept = mine.update(
                status=response.status_code,
                headers={name: response[name] for name in HEADERS if name in response},
                body=json.loads(json.dumps(response.data, cls=JSONEncoder)),
            )
            if not kept:
                raise _in_progress()
    except BaseException:
        mine.delete()
        raise
    return response


def _answer_again(row: KeptAnswer) -> Response:
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return Response(row.body, row.status, headers=headers)


def _digest(request: Request) -> str:
    body = json.dumps(request.data, sort_keys=True)
    text = "\n".join((request.method or "", request.path, body))
    return hashlib.sha256(text.encode()).hexdigest()


def _in_progress() -> Problem:
    return Problem(
        "request-in-progress",
        "A request with this Idempotency-Key is being worked on. Ask again in a moment.",
        headers={"Retry-After": str(RETRY_SECONDS)},
    )
