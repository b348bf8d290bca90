"""Adding an idea, and changing what one says; what is nearly the same is shown while one types."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalogue.ideas.near import near_ideas
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import check_can_steer
from catalogue.ideas.writing import Said, add_idea, edit_idea, said_of
from catalogue.web.fragments import fragment_of
from catalogue.web.idea_forms import IdeaForm, add_refusal
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.idea import idea_named


@require_http_methods(["GET", "HEAD", "POST"])
def idea_new(request: HttpRequest) -> HttpResponse:
    """An empty form, and the idea that comes of it. `segment` and `title` may be given."""
    viewer = viewer_of(request)
    if request.method != "POST":
        form = IdeaForm(viewer=viewer, initial=_initial(request))
        return _show(request, form)
    form = IdeaForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        said = Said(**form.cleaned_data)
        idea = add_idea(said=said, by=viewer, via="web", now=timezone.now())
    except IdeaRefused as refused:
        add_refusal(form, refused)
        return _show(request, form, status=422)
    messages.success(request, "The idea is kept. Everybody can vote for it now.")
    return redirect("idea", number=idea.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def idea_edit(request: HttpRequest, number: int) -> HttpResponse:
    """The form of an idea, and what is changed by it."""
    viewer = viewer_of(request)
    idea = idea_named(number, viewer)
    check_can_steer(viewer, idea)
    if request.method != "POST":
        form = IdeaForm(viewer=viewer, initial=said_of(idea))
        return _show(request, form, idea=idea, revision=idea.revision)
    form = IdeaForm(request.POST, viewer=viewer)
    revision = request.POST.get("revision", "")
    again: dict[str, Any] = {"idea": idea, "revision": revision, "status": 422}
    if not form.is_valid():
        return _show(request, form, **again)
    try:
        edit_idea(
            number=number,
            changes=form.cleaned_data,
            revision=int(revision) if revision.isdecimal() else 0,
            by=viewer,
            via="web",
        )
    except IdeaRefused as refused:
        add_refusal(form, refused)
        return _show(request, form, **again)
    return redirect("idea", number=number)


@fragment_of(lambda: reverse("idea-new"))
@require_safe
def idea_near(request: HttpRequest) -> HttpResponse:
    """Ideas that say nearly what is typed as the title."""
    found = near_ideas(request.GET.get("title", "")[:200], actor=viewer_of(request))
    return render(request, "catalogue/_ideas_near.html", {"near": found})


def _initial(request: HttpRequest) -> dict[str, Any]:
    viewer = viewer_of(request)
    seat = viewer.seats.select_related("team").order_by("team__name").first()
    return {
        "title": request.GET.get("title", "")[:200],
        "segment": request.GET.get("segment", ""),
        "team": seat.team.slug if seat else "",
    }


def _show(request: HttpRequest, form: IdeaForm, *, status: int = 200, **more: Any) -> HttpResponse:
    title = form["title"].value() or ""
    near = [] if more.get("idea") else near_ideas(str(title), actor=viewer_of(request))
    context = {"form": form, "near": near, **more}
    return render(request, "catalogue/idea_write.html", context, status=status)
