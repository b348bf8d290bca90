"""What is done with an idea: vote/, move/, park/, merge/, comments/, variants/, links/, draft/."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api.idea_data import comments_data
from catalogue.api.ideas import ONCE, WRITTEN, idea_answer, idea_of
from catalogue.api.idempotency import once
from catalogue.api.operations import Method, Shape, operation
from catalogue.api.paging import Paged
from catalogue.api.resource import Resource
from catalogue.api.segments import segment_answer
from catalogue.api.shapes.ideas import (
    CommentPage,
    CommentShape,
    DraftShape,
    IdeaShape,
    MergeShape,
    MoveShape,
    NewCommentShape,
    NewLinkShape,
    NewVariantShape,
    ParkShape,
    VoteShape,
)
from catalogue.api.shapes.segments import SegmentShape
from catalogue.ideas.adding import add_comment, add_link, add_variant
from catalogue.ideas.drafting import draft_from_idea
from catalogue.ideas.moving import merge_idea, move_idea, park_idea
from catalogue.ideas.voting import set_vote
from catalogue.models import Scope, Via


def act_on_idea(id_: str, body: Shape) -> Callable[[Method], Method]:
    """A method that does something with an idea and answers with it."""
    return operation(
        id_,
        scope=Scope.IDEAS_WRITE,
        body=body,
        answers={200: IdeaShape},
        problems=(*WRITTEN, *ONCE),
        has_etag=True,
        is_idempotent=True,
    )


class IdeaAct(Resource):
    """One thing to be done with an idea."""

    def done(self, number: int, act: Callable[[dict[str, Any]], int | None]) -> Response:
        """Do it once, and answer with the idea it is about then."""
        idea_of(self, number)
        body = self.body()

        def answer() -> Response:
            return idea_answer(self, act(body) or number)

        return once(self.request, answer)

    @property
    def who(self) -> dict[str, Any]:
        """Who does it, and from where."""
        return {"by": self.actor, "via": Via.API}


class Vote(IdeaAct):
    """Votes, one a person."""

    @act_on_idea("ideas_vote", VoteShape)
    def post(self, request: Request, number: int) -> Response:
        """Vote for an idea, or with `vote` false take the vote back."""

        def act(body: dict[str, Any]) -> None:
            is_for, voter = body["vote"], body["voter"]
            set_vote(number=number, is_for=is_for, voter=voter, **self.who)

        return self.done(number, act)


class Move(IdeaAct):
    """From state to state."""

    @act_on_idea("ideas_move", MoveShape)
    def post(self, request: Request, number: int) -> Response:
        """Move an idea to another state. Parking and merging have paths of their own."""

        def act(body: dict[str, Any]) -> None:
            to, message = body["state"], body["message"]
            move_idea(number=number, to=to, message=message, now=timezone.now(), **self.who)

        return self.done(number, act)


class Park(IdeaAct):
    """To the shelf."""

    @act_on_idea("ideas_park", ParkShape)
    def post(self, request: Request, number: int) -> Response:
        """Park an idea with a reason, until a day or until a condition comes true. Then it comes
        back among the new ones, and who had it and voted for it is told."""

        def act(body: dict[str, Any]) -> None:
            park_idea(number=number, now=timezone.now(), **body, **self.who)

        return self.done(number, act)


class Merge(IdeaAct):
    """Into another one."""

    @act_on_idea("ideas_merge", MergeShape)
    def post(self, request: Request, number: int) -> Response:
        """Make an idea part of another, which is the answer. Both texts and all votes are kept."""

        def act(body: dict[str, Any]) -> int:
            into = body["into"]
            return merge_idea(number=number, into=into, now=timezone.now(), **self.who).pk

        return self.done(number, act)


class Variants(IdeaAct):
    """Wordings of the message."""

    @act_on_idea("ideas_variants_create", NewVariantShape)
    def post(self, request: Request, number: int) -> Response:
        """Add a wording of what a function of the company would say."""

        def act(body: dict[str, Any]) -> None:
            add_variant(number=number, **body, **self.who)

        return self.done(number, act)


class Links(IdeaAct):
    """What it rests on or led to."""

    @act_on_idea("ideas_links_create", NewLinkShape)
    def post(self, request: Request, number: int) -> Response:
        """Link an idea with a survey, an experiment, evidence or a segment version."""

        def act(body: dict[str, Any]) -> None:
            add_link(number=number, **body, **self.who)

        return self.done(number, act)


class Comments(Resource):
    """What people said about an idea."""

    @operation(
        "ideas_comments_list",
        scope=Scope.IDEAS_READ,
        query=Paged,
        answers={200: CommentPage, 304: None},
        problems=("not-found", "unknown-parameter", "invalid-parameter", "bad-cursor"),
        has_etag=True,
    )
    def get(self, request: Request, number: int) -> Response:
        """List the comments on an idea, the oldest first."""
        rows = idea_of(self, number).comments.order_by("pk")
        return self.page("idea-comments", rows, comments_data)

    @operation(
        "ideas_comments_create",
        scope=Scope.IDEAS_WRITE,
        body=NewCommentShape,
        answers={201: CommentShape},
        problems=(*WRITTEN, *ONCE),
        is_idempotent=True,
    )
    def post(self, request: Request, number: int) -> Response:
        """Comment on an idea."""
        idea_of(self, number)
        body = self.body()

        def act() -> Response:
            made = add_comment(number=number, by=self.actor, via=Via.API, **body)
            return Response(comments_data([made])[0], 201)

        return once(request, act)


class Draft(Resource):
    """A segment from an idea."""

    @operation(
        "ideas_draft",
        scope=Scope.IDEAS_WRITE,
        body=DraftShape,
        answers={201: SegmentShape},
        problems=(*WRITTEN, "invalid-definition", *ONCE),
        has_etag=True,
        is_idempotent=True,
    )
    def post(self, request: Request, number: int) -> Response:
        """Make a draft segment from an idea; a key needs the scope segments:write as well. The
        draft says why in the idea's words and begins with the definition of the group it was
        discovered as, else that of the idea's segment."""
        idea_of(self, number)
        body = self.body()

        def act() -> Response:
            segment = draft_from_idea(number=number, by=self.actor, via=Via.API, **body)
            return segment_answer(self, segment.key, status=201)

        return once(request, act)
