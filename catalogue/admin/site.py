"""The admin's site: who may enter it, by which door, and what it shows first."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from catalogue.admin.rights import may_enter, user_of


class CatalogueSite(UnfoldAdminSite):
    """Admins of teams and of the site enter; nobody has to be staff. One signs in and out through
    the doors of the house."""

    index_title = "What needs you"
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody is an admin of a team or of the site."""
        return may_enter(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the login of the house; somebody who is signed in is told whom to ask."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied(
                "The admin is for admins of teams and of the site. Everything about segments is"
                " also on the pages; ask an admin of your team for what you miss."
            )
        wanted = request.GET.get("next") or reverse("admin:index")
        if request.user.is_authenticated:
            return redirect("admin:index")
        return redirect_to_login(wanted, str(settings.LOGIN_URL))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page is given."""
        # Colours are in our style sheet: the theme would write them into each page, which the
        # content security policy refuses.
        return {**super().each_context(request), "colors": None}

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """What waits for an admin."""
        from catalogue.admin.waiting import waiting

        context = {**(extra_context or {}), "waiting": waiting(user_of(request))}
        return super().index(request, context)
