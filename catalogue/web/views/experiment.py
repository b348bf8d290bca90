"""One experiment: what is tried, how it stands, what was decided."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.experiments.queries import Standing, standing
from catalogue.experiments.refusals import NoSuchExperiment
from catalogue.experiments.rights import can_experiment
from catalogue.models import (
    Decision,
    Experiment,
    Idea,
    LinkKind,
    Segment,
    Status,
    User,
    Workspace,
)
from catalogue.permissions import can_write
from catalogue.segments.vocabulary import stored_labels
from catalogue.web.experiment_acts import DecideForm, RolloutForm, StartForm
from catalogue.web.experiment_shown import shown
from catalogue.web.sign_in import viewer_of


@require_safe
def experiment(request: HttpRequest, number: int) -> HttpResponse:
    """The experiment of a number."""
    return show(request, named(request, number))


def named(request: HttpRequest, number: int) -> Standing:
    """The experiment that exists for who asks. Raises Http404."""
    try:
        return standing(viewer_of(request), number)
    except NoSuchExperiment as error:
        raise Http404(str(error)) from error


def show(
    request: HttpRequest,
    found: Standing,
    *,
    start: StartForm | None = None,
    decide: DecideForm | None = None,
    roll_out: RolloutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with forms as they were sent."""
    viewer, row = viewer_of(request), found.experiment
    others = Segment.objects.visible_to(viewer).exclude(status=Status.ARCHIVED).order_by("name")
    context = {
        "shown": shown(
            found, stored_labels(viewer).events, fewest=Workspace.current().fewest_people
        ),
        "row": row,
        "look": found.look,
        "can_run": can_experiment(viewer, row.segment),
        "done_by": {
            one.pk for one in found.rollouts if can_experiment(viewer, row.segment, one.segment)
        },
        "can_make": can_write(viewer, row.segment),
        "start": start or StartForm(),
        "decide": decide or DecideForm(),
        "roll_out": roll_out or RolloutForm(),
        "segments": others if row.decision == Decision.ADOPT else (),
        "ideas": _ideas(row, viewer),
        "needs_why": (row.plan["people"] > _members(row.segment)),
    }
    return render(request, "catalogue/experiment.html", context, status=status)


def _members(segment: Segment) -> int:
    # The newest size, which may have changed since it was planned.
    sizes = segment.memberships.order_by("-number").values_list("size", flat=True)
    return sizes.first() or 0


def _ideas(row: Experiment, viewer: User) -> QuerySet[Idea]:
    """The ideas that it came from: the one that it names, and those that link to it."""
    linked = Q(links__kind=LinkKind.EXPERIMENT, links__target=str(row.number))
    return Idea.objects.visible_to(viewer).filter(linked | Q(pk=row.idea)).distinct()
