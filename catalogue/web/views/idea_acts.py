"""What is done with an idea on pages: voting, moving, parking, merging, commenting, drafting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from catalogue.definitions.errors import DefinitionError
from catalogue.ideas.adding import add_comment, add_link, add_variant
from catalogue.ideas.drafting import draft_from_idea
from catalogue.ideas.moving import merge_idea, move_idea, park_idea
from catalogue.ideas.refusals import IdeaRefused
from catalogue.ideas.rights import check_can_steer
from catalogue.ideas.voting import set_vote
from catalogue.models import Idea, IdeaState, Workspace
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.idea_forms import (
    CommentForm,
    LinkForm,
    MergeForm,
    ParkForm,
    WordingForm,
    add_refusal,
)
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.idea import idea_named, show_idea

OTHERS_LISTED = 200


@require_POST
def idea_vote(request: HttpRequest, number: int) -> HttpResponse:
    """Vote, or take the vote back (`vote` is not `yes`)."""
    idea_named(number, viewer_of(request))
    is_for = request.POST.get("vote", "yes") == "yes"
    try:
        set_vote(number=number, is_for=is_for, by=viewer_of(request), via="web")
    except IdeaRefused as refused:
        messages.error(request, str(refused))
    return _back(request, number)


@require_POST
def idea_move(request: HttpRequest, number: int) -> HttpResponse:
    """Move to the state that `state` names."""
    viewer, to = viewer_of(request), request.POST.get("state", "")
    idea = idea_named(number, viewer)
    try:
        move_idea(number=number, to=to, by=viewer, via="web", now=timezone.now())
    except IdeaRefused as refused:
        messages.error(request, str(refused))
        return _back(request, number)
    messages.success(request, f"“{idea.title}” is in {IdeaState(to).label} now.")
    return _back(request, number)


@require_http_methods(["GET", "HEAD", "POST"])
def idea_park(request: HttpRequest, number: int) -> HttpResponse:
    """Why it is parked and what wakes it up."""
    viewer = viewer_of(request)
    idea = idea_named(number, viewer)
    check_can_steer(viewer, idea)
    form = ParkForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, idea, form, "park", status=422 if form.errors else 200)
    try:
        park_idea(number=number, by=viewer, via="web", now=timezone.now(), **form.cleaned_data)
    except IdeaRefused as refused:
        add_refusal(form, refused)
        return _ask(request, idea, form, "park", status=422)
    messages.success(request, f"“{idea.title}” is parked. You are told when it wakes up.")
    return redirect("idea", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
def idea_merge(request: HttpRequest, number: int) -> HttpResponse:
    """Which idea it becomes part of."""
    viewer = viewer_of(request)
    idea = idea_named(number, viewer)
    check_can_steer(viewer, idea)
    form = MergeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, idea, form, "merge", status=422 if form.errors else 200)
    try:
        into = form.cleaned_data["into"]
        target = merge_idea(number=number, into=into, by=viewer, via="web", now=timezone.now())
    except IdeaRefused as refused:
        add_refusal(form, refused)
        return _ask(request, idea, form, "merge", status=422)
    except Idea.DoesNotExist:
        form.add_error("into", f"There is no idea {into}.")
        return _ask(request, idea, form, "merge", status=422)
    messages.success(request, f"“{idea.title}” is part of “{target.title}” now.")
    return redirect("idea", number=target.pk)


@require_POST
def idea_comment(request: HttpRequest, number: int) -> HttpResponse:
    """Say something about it."""
    form = CommentForm(request.POST)
    return _added(request, number, form, "comment_form", add_comment, "#comments")


@require_POST
def idea_word(request: HttpRequest, number: int) -> HttpResponse:
    """Word the message."""
    form = WordingForm(request.POST, functions=Workspace.current().functions)
    return _added(request, number, form, "wording_form", add_variant, "#messages")


@require_POST
def idea_link(request: HttpRequest, number: int) -> HttpResponse:
    """Link it with what it rests on or led to."""
    form = LinkForm(request.POST)
    return _added(request, number, form, "link_form", add_link, "#links")


@require_POST
def idea_draft(request: HttpRequest, number: int) -> HttpResponse:
    """Make a draft segment of it."""
    viewer = viewer_of(request)
    idea_named(number, viewer)
    try:
        segment = draft_from_idea(number=number, by=viewer, via="web")
    except (IdeaRefused, SegmentRefused) as refused:
        messages.error(request, str(refused))
        return redirect("idea", number=number)
    except DefinitionError as error:
        messages.error(request, error.faults[0].sentence())
        return redirect("idea", number=number)
    messages.success(request, f"“{segment.name}” is a draft now. Narrow who belongs, then publish.")
    return redirect("segment-edit", key=segment.key)


def _added(
    request: HttpRequest, number: int, form: forms.Form, name: str, service: Any, place: str
) -> HttpResponse:
    viewer = viewer_of(request)
    idea = idea_named(number, viewer)
    if form.is_valid():
        try:
            service(number=number, by=viewer, via="web", **form.cleaned_data)
            return redirect(f"{reverse('idea', args=[number])}{place}")
        except IdeaRefused as refused:
            add_refusal(form, refused)
    return show_idea(request, idea, status=422, **{name: form})


def _ask(
    request: HttpRequest, idea: Idea, form: forms.Form, what: str, *, status: int
) -> HttpResponse:
    others = Idea.objects.visible_to(viewer_of(request)).exclude(pk=idea.pk)
    context = {
        "idea": idea,
        "form": form,
        "what": what,
        "others": others.exclude(state=IdeaState.MERGED).order_by("-pk")[:OTHERS_LISTED],
    }
    return render(request, "catalogue/idea_ask.html", context, status=status)


def _back(request: HttpRequest, number: int) -> HttpResponse:
    """To the page the form stood on, if it is one of ours; else to the idea."""
    wanted = request.POST.get("back", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return redirect(f"{wanted}#idea-{number}" if is_ours else reverse("idea", args=[number]))
