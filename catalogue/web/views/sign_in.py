"""The page to sign in on."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth import views
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from catalogue.web.fragments import wants_fragment


class SignIn(views.LoginView):
    """Django's own. Whose visit ended while a page was open is led here with the whole page,
    instead of finding this form in the place of a part of it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; to HTMX the order to come back with the whole page."""
        if not wants_fragment(request):
            return super().get(request, *args, **kwargs)
        place = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = f"{place.path or '/'}{f'?{place.query}' if place.query else ''}"
        address = f"{reverse('login')}?{urlencode({'next': back})}"
        return HttpResponse(headers={"HX-Redirect": address})
