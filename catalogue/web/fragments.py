"""Pages that can also be asked for in part, by HTMX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers

View = Callable[..., HttpResponse]


def wants_fragment(request: HttpRequest) -> bool:
    """Whether a part of the page is asked for: by HTMX, and not to restore a page of the past."""
    headers = request.headers
    return "HX-Request" in headers and "HX-History-Restore-Request" not in headers


def render_page(
    request: HttpRequest,
    page: str,
    context: Mapping[str, Any],
    *,
    fragment: str,
    status: int = 200,
) -> HttpResponse:
    """The template `page`, or only `fragment` of it when that is what is asked for."""
    template = fragment if wants_fragment(request) else page
    response = render(request, template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def fragment_of(page: Callable[..., str]) -> Callable[[View], View]:
    """A view that answers HTMX alone; whoever opens its address is led to the page it is part of.

    `page` gives that page's address from the arguments of the view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if wants_fragment(request):
                response = view(request, *args, **kwargs)
            else:
                response = redirect(page(*args, **kwargs))
            patch_vary_headers(response, ["HX-Request"])
            return response

        return answer

    return decorate
