"""What one function says across all segments, to be read, copied and printed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.segments.queries.playbooks import all_functions, playbook_of, words_of
from catalogue.web.components.structure import Tab
from catalogue.web.sign_in import viewer_of


@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    """The functions, and of how many segments each says something."""
    functions = [
        (function, words_of(function), count)
        for function, count in all_functions(viewer_of(request))
    ]
    return render(request, "catalogue/playbooks.html", {"functions": functions})


@require_safe
def playbook(request: HttpRequest, function: str) -> HttpResponse:
    """What one function says of every live segment."""
    viewer = viewer_of(request)
    known = all_functions(viewer)
    if function not in dict(known):
        raise Http404(f"There is no function “{function[:60]}”.")
    guides = playbook_of(function, viewer)
    context = {
        "function": function,
        "label": words_of(function),
        "guides": [one for one in guides if one.text],
        "silent": [one for one in guides if not one.text],
        "now": timezone.now(),
        "functions": [
            Tab(
                label=words_of(name),
                url=reverse("playbook", args=[name]),
                current=name == function,
                count=f"{count:,}",
            )
            for name, count in known
        ],
    }
    return render(request, "catalogue/playbook.html", context)
