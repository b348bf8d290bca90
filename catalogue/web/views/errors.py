"""What somebody reads when there is no answer: what happened, what still holds, what to do.

HTMX is answered with the sentence alone, which the page shows in its line for problems."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from catalogue.models import Role, Segment, Team, TeamMember, Theme, User
from catalogue.web.fragments import wants_fragment
from catalogue.web.nearest import nearest_to, words_of
from catalogue.web.theme import COOKIE

logger = logging.getLogger(__name__)

UNREADABLE = (
    "What was sent could not be read: it was too large, or damaged on its way. Nothing was changed."
    " Go back and send it once more, or less of it."
)
NOT_YOURS = "This is not yours to see or do. Ask an admin of your team."
NOTHING_HERE = "No page has this address. It may have been typed wrongly, or lead to what is gone."
STALE_FORM = (
    "Your form was not taken, and nothing was changed: the page it stands on is from before you"
    " signed in, or was open for too long. Load it again and send the form once more."
)
NO_COOKIE = (
    "Your form was not taken, and nothing was changed: your browser sent no cookie, by which forms"
    " are known to come from you. Allow cookies for this site, load the page again and send the"
    " form once more."
)
BROKEN = "This could not be answered, and the fault is ours. Nothing was half stored."


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what was wrong with the request, if we said so."""
    said = str(exception) if isinstance(exception, BadRequest) else ""
    return _answer(request, "400.html", {"sentence": said or UNREADABLE}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: what somebody may not do, and who can change that."""
    context = {"sentence": str(exception or "") or NOT_YOURS}
    if not wants_fragment(request):
        context |= _who_decides(request)
    return _answer(request, "403.html", context, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: what there is that is called nearly so."""
    context: dict[str, Any] = {"sentence": _said(exception) or NOTHING_HERE}
    viewer = getattr(request, "user", None)
    if isinstance(viewer, User) and not wants_fragment(request):
        context |= {"near": nearest_to(request.path, viewer), "words": words_of(request.path)}
    return _answer(request, "404.html", context, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: an incident id that is in the log too. Asks nothing of the database, and of no file but
    this one's template, for any of them may be what is broken."""
    incident = secrets.token_hex(4)
    logger.error("incident %s: %s %s", incident, request.method, request.path, exc_info=True)
    theme = request.COOKIES.get(COOKIE, "")
    context = {
        "sentence": BROKEN,
        "incident": incident,
        "theme": theme if theme in Theme.values else "",
        "folder": f"{settings.STATIC_URL}catalogue/",
    }
    template = "catalogue/_problem.html" if wants_fragment(request) else "500.html"
    return HttpResponse(render_to_string(template, context), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form that is stale, or did not come from one of our pages."""
    sentence = NO_COOKIE if reason == REASON_NO_CSRF_COOKIE else STALE_FORM
    context = {"sentence": sentence, "page": _page_before(request)}
    return _answer(request, "stale_form.html", context, status=403)


def _answer(
    request: HttpRequest, page: str, context: dict[str, Any], *, status: int
) -> HttpResponse:
    template = "catalogue/_problem.html" if wants_fragment(request) else page
    answer = render(request, template, context, status=status)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _said(exception: Exception | None) -> str:
    """The sentence of an Http404 that one of our pages raised; those of Django are not for people,
    and hold more than a text or no sentence."""
    said = exception.args[0] if exception is not None and exception.args else ""
    is_ours = isinstance(said, str) and said.endswith((".", "?")) and "matches the" not in said
    return said if is_ours else ""


def _who_decides(request: HttpRequest) -> dict[str, Any]:
    """Admins of the team in question, or else of the teams somebody sits in; and site admins."""
    viewer = getattr(request, "user", None)
    if not isinstance(viewer, User):
        return {}
    teams = _teams_asked(request, viewer) or list(Team.objects.filter(members__user=viewer.pk))
    seats = TeamMember.objects.filter(team__in=teams, role=Role.ADMIN, user__is_active=True)
    site_admins = User.objects.filter(is_superuser=True, is_active=True)
    return {
        "admins": seats.select_related("user", "team").order_by("team__name", "user__username"),
        "site_admins": site_admins.order_by("username"),
    }


def _teams_asked(request: HttpRequest, viewer: User) -> list[Team]:
    """The team of the segment, or the team, that the address names."""
    match = request.resolver_match
    named = match.kwargs if match else {}
    segments = Segment.objects.visible_to(viewer).filter(key=named.get("key", ""))
    return list(Team.objects.filter(segments__in=segments)) or list(
        Team.objects.filter(slug=named.get("slug", ""))
    )


def _page_before(request: HttpRequest) -> str:
    """The page that the form stood on, if it is one of ours."""
    referer = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(referer, allowed_hosts={request.get_host()})
    return referer if ours else ""
