"""/segments/{key}/evidence/ and /surveys/"""

from __future__ import annotations

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.ideas import ONCE, WRITTEN
from catalogue.api.idempotency import once
from catalogue.api.operations import operation
from catalogue.api.paging import Paged
from catalogue.api.problems import Problem
from catalogue.api.research_data import evidence_rows, summary_data, surveys_data
from catalogue.api.resource import Resource
from catalogue.api.shapes.research import (
    EvidencePage,
    EvidenceShape,
    NewEvidenceShape,
    NewSurveyShape,
    SummaryQuery,
    SurveyPage,
    SurveyShape,
    SurveySummaryShape,
)
from catalogue.models import Scope, Via
from catalogue.research.answers import sum_up
from catalogue.research.evidence import add_evidence, today_of
from catalogue.research.surveys import SurveySaid, load_survey, sheet_of_text, surveys_for

LISTS = ("unknown-parameter", "invalid-parameter", "bad-cursor")


class Evidences(Resource):
    """What the why of a segment rests on."""

    @operation(
        "segments_evidence_list",
        scope=Scope.SEGMENTS_READ,
        query=Paged,
        answers={200: EvidencePage, 304: None},
        problems=("not-found", *LISTS),
        has_etag=True,
    )
    def get(self, request: Request, key: str) -> Response:
        """List the evidence of a segment, in its order."""
        segment, now = self.segment(key), timezone.now()
        rows = segment.evidence.order_by("position", "pk")
        today = today_of(now)
        return self.page(
            "evidence", rows, lambda some: evidence_rows(some, key=key, today=today), now=now
        )

    @operation(
        "segments_evidence_create",
        scope=Scope.SEGMENTS_WRITE,
        body=NewEvidenceShape,
        answers={201: EvidenceShape},
        problems=(*WRITTEN, "invalid-definition", *ONCE),
        is_idempotent=True,
    )
    def post(self, request: Request, key: str) -> Response:
        """Add a piece of evidence behind the others; also to a live segment, at once."""
        self.segment(key)
        body = self.body()
        dates = {name: body[name].isoformat() for name in ("on", "expires_on") if body.get(name)}

        def act() -> Response:
            piece = {**body, **dates}
            segment = add_evidence(key=key, piece=piece, by=self.actor, via=Via.API)
            rows = list(segment.evidence.order_by("position", "pk"))[-1:]
            today = today_of(timezone.now())
            return Response(evidence_rows(rows, key=key, today=today)[0], 201)

        return once(request, act)


class Surveys(Resource):
    """Surveys."""

    @operation(
        "surveys_list",
        scope=Scope.IDEAS_READ,
        query=Paged,
        answers={200: SurveyPage, 304: None},
        problems=LISTS,
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """List surveys, the newest first."""
        rows = surveys_for(self.actor).order_by("-pk")
        return self.page("surveys", rows, lambda some: surveys_data(request, some))

    @operation(
        "surveys_create",
        scope=Scope.SURVEYS_WRITE,
        body=NewSurveyShape,
        answers={201: SurveyShape},
        problems=("malformed-body", "invalid-body", "forbidden", "refused"),
    )
    def post(self, request: Request) -> Response:
        """Load a survey with its answers, at most 1 MiB of them: all rows or none. Each question
        becomes a trait. Nobody is created: a customer who is not there is refused with the row.
        What is sent twice is refused: the short name is taken."""
        body = self.body()
        sheet = sheet_of_text(body.pop("csv"))
        said = SurveySaid(**body)
        now = timezone.now()
        made = load_survey(said=said, sheet=sheet, by=self.actor, via=Via.API, now=now)
        (data,) = surveys_data(request, [made])
        return Response(data, 201, headers={"Location": data["url"]})


class OneSurvey(Resource):
    """One survey."""

    @operation(
        "surveys_retrieve",
        scope=Scope.IDEAS_READ,
        query=SummaryQuery,
        answers={200: SurveySummaryShape, 304: None},
        problems=("not-found", "not-ready", "unknown-parameter", "invalid-parameter"),
        has_etag=True,
    )
    def get(self, request: Request, slug: str) -> Response:
        """Read a survey summed up: shares and means with their intervals, among everyone or the
        members of a segment. What fewer answered than the workspace allows is hidden."""
        found = surveys_for(self.actor).filter(slug=slug.replace("\0", "")).first()
        if found is None:
            raise Problem("not-found", f"There is no survey “{slug}”.")
        key = self.asked["segment"]
        among = self.segment(key) if key else None
        data = summary_data(request, found, among, sum_up(found, among))
        return self.answer(data, etag=etags.strong(etags.content_of(data)))
