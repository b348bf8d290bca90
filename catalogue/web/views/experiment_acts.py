"""Starting, stopping, deciding and rolling out an experiment; making a segment of an arm."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.audiences import segment_of_arm
from catalogue.experiments.rollouts import finish_rollout, roll_out
from catalogue.experiments.running import decide_experiment, start_experiment, stop_experiment
from catalogue.segments.refusals import SegmentRefused
from catalogue.web.experiment_acts import DecideForm, RolloutForm, StartForm
from catalogue.web.sign_in import viewer_of
from catalogue.web.views.experiment import named, show


@require_POST
def experiment_start(request: HttpRequest, number: int) -> HttpResponse:
    """Start it."""
    found, form = named(request, number), StartForm(request.POST)
    if not form.is_valid():
        return show(request, found, start=form, status=422)

    def act() -> str:
        start_experiment(
            experiment=found.experiment,
            smaller_because=form.cleaned_data["smaller_because"],
            now=timezone.now(),
            by=viewer_of(request),
            via="web",
        )
        return "It runs. People are dealt out, and it is looked at after each refresh."

    why = _refusal(request, act)
    if why is None:
        return redirect("experiment", number)
    form.add_error("smaller_because", why)
    return show(request, found, start=form, status=422)


@require_POST
def experiment_stop(request: HttpRequest, number: int) -> HttpResponse:
    """Stop it."""
    found = named(request, number)

    def act() -> str:
        stop_experiment(
            experiment=found.experiment, now=timezone.now(), by=viewer_of(request), via="web"
        )
        return "It is stopped: nobody new is dealt out. Who is in it is still watched."

    if (why := _refusal(request, act)) is not None:
        messages.error(request, why)
    return redirect("experiment", number)


@require_POST
def experiment_decide(request: HttpRequest, number: int) -> HttpResponse:
    """Decide it."""
    found, form = named(request, number), DecideForm(request.POST)
    if not form.is_valid():
        return show(request, found, decide=form, status=422)

    def act() -> str:
        decide_experiment(
            experiment=found.experiment,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
            by=viewer_of(request),
            via="web",
        )
        return "It is decided."

    why = _refusal(request, act)
    if why is None:
        return redirect("experiment", number)
    form.add_error("reason", why)
    return show(request, found, decide=form, status=422)


@require_POST
def experiment_roll_out(request: HttpRequest, number: int) -> HttpResponse:
    """Have it done for a segment by a day."""
    found, form = named(request, number), RolloutForm(request.POST)
    if not form.is_valid():
        return show(request, found, roll_out=form, status=422)

    def act() -> str:
        made = roll_out(
            experiment=found.experiment,
            segment_key=form.cleaned_data["segment"],
            due_on=form.cleaned_data["due_on"],
            by=viewer_of(request),
            via="web",
        )
        return f"To be done for “{made.segment.name}”."

    why = _refusal(request, act)
    if why is None:
        return redirect("experiment", number)
    form.add_error("segment", why)
    return show(request, found, roll_out=form, status=422)


@require_POST
def experiment_rolled_out(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """It is done for a segment."""
    found = named(request, number)
    rollout = next((one for one in found.rollouts if one.segment.key == key), None)
    if rollout is None:
        raise Http404(f"It is not rolled out to “{key}”.")

    def act() -> str:
        finish_rollout(rollout=rollout, on=timezone.localdate(), by=viewer_of(request), via="web")
        return f"Done for “{rollout.segment.name}”."

    if (why := _refusal(request, act)) is not None:
        messages.error(request, why)
    return redirect("experiment", number)


@require_POST
def experiment_arm(request: HttpRequest, number: int, key: str) -> HttpResponse:
    """Make a draft segment of the people of an arm."""
    found = named(request, number)
    arm = next((one for one in found.arms if one.key == key), None)
    if arm is None:
        raise Http404(f"It has no arm “{key}”.")
    try:
        made = segment_of_arm(
            experiment=found.experiment, arm=arm, by=viewer_of(request), via="web"
        )
    except (DefinitionError, SegmentRefused) as error:
        messages.error(request, str(error))
        return redirect("experiment", number)
    messages.success(request, f"“{made.name}” is a draft. Publish it to have it synced.")
    return redirect("segment", made.key)


def _refusal(request: HttpRequest, act: Callable[[], str]) -> str | None:
    """Why it was not done, as sentences; None when it was, which is then said."""
    try:
        messages.success(request, act())
    except DefinitionError as error:
        return " ".join(fault.message for fault in error.faults)
    except SegmentRefused as error:
        return str(error)
    return None
