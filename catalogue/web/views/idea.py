"""One idea: what it says, who is for it, what was said, what came of it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalogue.ideas.queries import IdeaDetail, idea_detail, idea_rows
from catalogue.ideas.rights import steered_teams
from catalogue.ideas.writing import is_open
from catalogue.models import Change, Experiment, Idea, LinkKind, User, Workspace
from catalogue.models.change import PRIVATE_IDEA
from catalogue.permissions import can_write_for
from catalogue.segments.queries.activity import act_lines
from catalogue.web.activity import days_of
from catalogue.web.idea_cards import card_of
from catalogue.web.idea_forms import CommentForm, LinkForm, WordingForm
from catalogue.web.sign_in import viewer_of

ACTS_SHOWN = 30


@require_safe
def idea(request: HttpRequest, number: int) -> HttpResponse:
    """The page of the idea of this number."""
    return show_idea(request, idea_named(number, viewer_of(request)))


def idea_named(number: int, viewer: User) -> Idea:
    """The idea that exists for `viewer`. Raises Http404."""
    found: Idea | None = None
    if number < 2**63:  # no database counts further
        found = idea_rows(viewer).filter(pk=number).first()
    if found is None:
        raise Http404(f"There is no idea {number}.")
    return found


def show_idea(request: HttpRequest, idea: Idea, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page; `forms` take the place of the empty ones when something was not taken."""
    viewer, now = viewer_of(request), timezone.now()
    detail = idea_detail(idea, viewer=viewer)
    card = card_of(detail.card, viewer=viewer, teams=steered_teams(viewer))
    acts = Change.objects.visible_to(viewer).select_related("segment", "team")
    mine = acts.filter(object_type__in=("idea", PRIVATE_IDEA), object_key=str(idea.pk))
    # Votes and comments stand on the page already.
    told = mine.exclude(kind__in=("idea.voted", "idea.unvoted", "idea.commented"))
    functions = Workspace.current().functions
    context = {
        "card": card,
        "idea": idea,
        "detail": detail,
        "is_open": is_open(idea),
        "experiments": _experiments(detail, viewer),
        "can_try": card.can_steer and is_open(idea) and card.card.segment is not None,
        "can_draft": card.can_steer and is_open(idea) and can_write_for(viewer, idea.team),
        "days": days_of(act_lines(told[:ACTS_SHOWN], viewer=viewer), new=(), now=now),
        "back": request.path,
        "comment_form": CommentForm(),
        "wording_form": WordingForm(functions=functions),
        "link_form": LinkForm(),
        **forms,
    }
    return render(request, "catalogue/idea.html", context, status=status)


def _experiments(detail: IdeaDetail, viewer: User) -> QuerySet[Experiment]:
    """Those planned for the idea; what it links to is listed already."""
    links = detail.card.links
    linked = [link.target for link in links if link.kind == LinkKind.EXPERIMENT]
    rows: QuerySet[Experiment] = Experiment.objects.visible_to(viewer)
    return rows.filter(idea=detail.card.idea.pk).exclude(number__in=linked)
