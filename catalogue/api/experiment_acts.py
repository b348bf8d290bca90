"""/experiments/{number}/start/, stop/, decide/ and rollouts/"""

from __future__ import annotations

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.experiment_data import rollout_data
from catalogue.api.experiments import ONCE, WRITE, OnExperiments
from catalogue.api.idempotency import once
from catalogue.api.operations import Nothing, operation
from catalogue.api.problems import Problem
from catalogue.api.shapes.experiments import (
    DecideShape,
    ExperimentShape,
    NewRolloutShape,
    RolloutDoneShape,
    RolloutShape,
    StartShape,
)
from catalogue.experiments.rollouts import finish_rollout, roll_out
from catalogue.experiments.running import decide_experiment, start_experiment, stop_experiment
from catalogue.models import Rollout, Scope, Via

PROBLEMS = tuple(one for one in WRITE if one != "too-expensive")


class StartExperiment(OnExperiments):
    """Starting."""

    @operation(
        "experiments_start",
        scope=Scope.EXPERIMENTS_WRITE,
        body=StartShape,
        answers={200: ExperimentShape},
        problems=(*PROBLEMS, "not-found", *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, experiment: int) -> Response:
        """Start a draft: the segment's versions are pinned, and its members are dealt to the arms.
        From then on newcomers are dealt out as they enter, and nobody is ever moved."""
        row = self.experiment(experiment)
        why = self.body()["smaller_because"]

        def act() -> Response:
            start_experiment(
                experiment=row,
                smaller_because=why,
                now=timezone.now(),
                by=self.actor,
                via=Via.API,
            )
            return self.whole(experiment)

        return once(request, act)


class StopExperiment(OnExperiments):
    """Stopping."""

    @operation(
        "experiments_stop",
        scope=Scope.EXPERIMENTS_WRITE,
        body=Nothing,
        answers={200: ExperimentShape},
        problems=(*PROBLEMS, "not-found", *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, experiment: int) -> Response:
        """Stop dealing out newcomers. Who is in an arm is still watched until it is decided."""
        row = self.experiment(experiment)
        self.body()

        def act() -> Response:
            stop_experiment(experiment=row, now=timezone.now(), by=self.actor, via=Via.API)
            return self.whole(experiment)

        return once(request, act)


class DecideExperiment(OnExperiments):
    """Deciding."""

    @operation(
        "experiments_decide",
        scope=Scope.EXPERIMENTS_WRITE,
        body=DecideShape,
        answers={200: ExperimentShape},
        problems=(*PROBLEMS, "not-found", *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, experiment: int) -> Response:
        """Decide: adopt, reject or inconclusive, and why. A running experiment is stopped by that.
        Before the planned size only inconclusive is taken."""
        row = self.experiment(experiment)
        said = self.body()

        def act() -> Response:
            decide_experiment(
                experiment=row,
                decision=said["decision"],
                reason=said["reason"],
                now=timezone.now(),
                by=self.actor,
                via=Via.API,
            )
            return self.whole(experiment)

        return once(request, act)


class Rollouts(OnExperiments):
    """Rolling out."""

    @operation(
        "experiments_rollouts_create",
        scope=Scope.EXPERIMENTS_WRITE,
        body=NewRolloutShape,
        answers={201: RolloutShape},
        problems=(*PROBLEMS, "not-found", *ONCE),
        is_idempotent=True,
    )
    def post(self, request: Request, experiment: int) -> Response:
        """Roll an adopted experiment out to a segment by a day. Saying it again moves the day."""
        row = self.experiment(experiment)
        said = self.body()

        def act() -> Response:
            made = roll_out(
                experiment=row,
                segment_key=said["segment"],
                due_on=said["due_on"],
                by=self.actor,
                via=Via.API,
            )
            return Response(rollout_data(made, timezone.localdate()), 201)

        return once(request, act)


class RolloutDone(OnExperiments):
    """Marking a roll-out as done."""

    @operation(
        "experiments_rollouts_done",
        scope=Scope.EXPERIMENTS_WRITE,
        body=RolloutDoneShape,
        answers={200: RolloutShape},
        problems=(*PROBLEMS, "not-found", *ONCE),
        is_idempotent=True,
    )
    def post(self, request: Request, experiment: int, key: str) -> Response:
        """Mark what worked as done for a segment."""
        row, segment = self.experiment(experiment), self.segment(key)
        said = self.body()
        found = Rollout.objects.select_related("experiment__segment__team", "segment__team")
        rollout = found.filter(experiment=row, segment=segment).first()
        if rollout is None:
            raise Problem("not-found", f"{row.label} is not rolled out to “{key}”.")

        def act() -> Response:
            on = said.get("done_on") or timezone.localdate()
            done = finish_rollout(rollout=rollout, on=on, by=self.actor, via=Via.API)
            return Response(rollout_data(done, timezone.localdate()))

        return once(request, act)
