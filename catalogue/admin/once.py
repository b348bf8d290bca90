"""Forms that do something once, however often they are sent."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

KEPT = "admin_forms"
# Forms that somebody opened and did not send; more than these are forgotten.
MOST = 20


def issue(request: HttpRequest) -> str:
    """A token for a form that is shown now."""
    token = secrets.token_urlsafe(12)
    request.session[KEPT] = [*request.session.get(KEPT, []), token][-MOST:]
    return token


def take(request: HttpRequest, token: str) -> bool:
    """Whether this form is sent for the first time. To be asked inside a transaction that holds a
    lock on what the form is about, so that of two at once the second one waits."""
    # Read again: the other one may have been answered since this request began.
    session = type(request.session)(request.session.session_key)
    waiting = list(session.get(KEPT, []))
    if token not in waiting:
        return False
    waiting.remove(token)
    session[KEPT] = request.session[KEPT] = waiting
    session.save()
    return True
