"""/experiments/ and /experiments/{number}/"""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.experiment_data import experiments_data, look_data
from catalogue.api.filtering import check_filter, parameters_of
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.parsing import check_names
from catalogue.api.problems import Problem
from catalogue.api.resource import Resource
from catalogue.api.shapes.experiments import (
    ChangedExperimentShape,
    ExperimentPage,
    ExperimentShape,
    LookPage,
    NewExperimentShape,
)
from catalogue.experiments.planning import (
    plan_experiment,
    prepare,
    replan_experiment,
    token_of,
)
from catalogue.experiments.queries import experiments_for
from catalogue.experiments.refusals import ExperimentChanged
from catalogue.filtersets import ExperimentFilter
from catalogue.models import Experiment, Look, Scope, Via

WRITE = (
    *("malformed-body", "invalid-body", "forbidden", "refused", "invalid-definition"),
    "too-expensive",
)
ONCE = ("idempotency-conflict", "request-in-progress")
MOST = 2_147_483_647


class OnExperiments(Resource):
    """What paths of experiments have in common."""

    def experiment(self, number: int) -> Experiment:
        """The experiment, if it exists for who asks. Raises Problem: 404 in either case."""
        found = None
        if number <= MOST:
            found = experiments_for(self.actor).filter(number=number).first()
        if found is None:
            raise Problem("not-found", f"There is no experiment EXP-{number}.")
        return found

    def whole(self, number: int, *, status: int = 200) -> Response:
        """The experiment as it is now."""
        row = self.experiment(number)
        data = experiments_data(self.request, [row])[0]
        etag = etags.strong(etags.content_of(data), state=_state(row))
        headers = {"Location": data["url"]} if status == 201 else {}
        return self.answer(data, etag=etag, status=status, headers=headers)


class Experiments(OnExperiments):
    """All experiments that exist for who asks."""

    also_asked = tuple(ExperimentFilter.base_filters)

    @staticmethod
    def filter_parameters() -> list[OpenApiParameter]:
        """The filters, for the OpenAPI document."""
        return parameters_of(ExperimentFilter)

    @operation(
        "experiments_list",
        scope=Scope.EXPERIMENTS_READ,
        query=Paged,
        answers={200: ExperimentPage, 304: None},
        problems=("unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List experiments, the newest first. Several values of a filter are alternatives, several
        filters narrow."""
        found = ExperimentFilter(
            request.query_params, viewer=self.actor, queryset=experiments_for(self.actor)
        )
        check_filter(found, request.query_params)
        return self.page("experiments", found.qs, lambda rows: experiments_data(request, rows))

    @operation(
        "experiments_create",
        scope=Scope.EXPERIMENTS_WRITE,
        body=NewExperimentShape,
        answers={201: ExperimentShape},
        problems=(*WRITE, *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request) -> Response:
        """Plan an experiment. The answer says how many people it needs, from what the segment's own
        people have done so far; it is a draft until it is started."""
        check_names(self.sent, NewExperimentShape().fields)
        # Events are read before anything is written.
        prepared = prepare(document=_without_nulls(self.sent), by=self.actor)

        def act() -> Response:
            made = plan_experiment(prepared=prepared, by=self.actor, via=Via.API)
            return self.whole(made.number, status=201)

        return once(request, act)


class OneExperiment(OnExperiments):
    """One experiment."""

    @operation(
        "experiments_retrieve",
        scope=Scope.EXPERIMENTS_READ,
        answers={200: ExperimentShape, 304: None},
        problems=("not-found",),
        has_etag=True,
    )
    def get(self, request: Request, experiment: int) -> Response:
        """Read an experiment with its newest look. Its ETag is what an edit sends as `If-Match`."""
        return self.whole(experiment)

    @operation(
        "experiments_update",
        scope=Scope.EXPERIMENTS_WRITE,
        body=ChangedExperimentShape,
        answers={200: ExperimentShape},
        problems=(*WRITE, "not-found", "stale-version", "precondition-required"),
        has_etag=True,
        needs_match=True,
    )
    def patch(self, request: Request, experiment: int) -> Response:
        """Change fields of a draft. Those left out stay as they are, null takes one away. Once it
        has started its plan stands."""
        row = self.experiment(experiment)
        check_names(self.sent, ChangedExperimentShape().fields)
        token = etags.state_named(request, _state(row), "experiment")
        prepared = prepare(document=self.sent, by=self.actor, own=row)
        try:
            if token != _state(row):
                raise ExperimentChanged(f"{row.label} was changed since you read it.")
            replan_experiment(
                experiment=row, prepared=prepared, token=token_of(row), by=self.actor, via=Via.API
            )
        except ExperimentChanged as error:
            raise Problem("stale-version", str(error)) from error
        return self.whole(experiment)


class Looks(OnExperiments):
    """The results of one experiment."""

    @operation(
        "experiments_results_list",
        scope=Scope.EXPERIMENTS_READ,
        query=Paged,
        answers={200: LookPage, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
    )
    def get(self, request: Request, experiment: int) -> Response:
        """List what could be said at each look, the newest first. Nothing of it changes later."""
        row = self.experiment(experiment)
        looks = Look.objects.filter(experiment=row).order_by("-as_of")
        return self.page(
            "looks", looks, lambda rows: [look_data(one) for one in rows], now=timezone.now()
        )


def _state(row: Experiment) -> str:
    return token_of(row).replace(":", "")


def _without_nulls(sent: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in sent.items() if value is not None}
