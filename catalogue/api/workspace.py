"""/workspace/: which events mean what."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from catalogue.api import etags
from catalogue.api.operations import operation
from catalogue.api.parsing import check_names
from catalogue.api.resource import Resource
from catalogue.api.shapes.metrics import WorkspaceShape
from catalogue.metrics.workspace_settings import document_of, edit_workspace, token_of
from catalogue.models import Scope, Via, Workspace


class Settings(Resource):
    """What holds for the whole workspace."""

    @operation(
        "workspace_retrieve",
        scope=Scope.METRICS_READ,
        answers={200: WorkspaceShape, 304: None},
        has_etag=True,
    )
    def get(self, request: Request) -> Response:
        """Read which events mean active, revenue, converted and cancelled, and below how many
        people a number is hidden."""
        return self._answer()

    @operation(
        "workspace_update",
        scope=Scope.METRICS_WRITE,
        body=WorkspaceShape,
        answers={200: WorkspaceShape},
        problems=(
            "malformed-body",
            "invalid-body",
            "forbidden",
            "invalid-definition",
            "stale-version",
            "precondition-required",
        ),
        has_etag=True,
        needs_match=True,
    )
    def patch(self, request: Request) -> Response:
        """Change settings; those left out stay. For site admins who are signed in: it changes every
        number from the next measuring on."""
        body = self.body()
        check_names(self.sent, WorkspaceShape().fields)
        token = etags.state_named(request, token_of(Workspace.current()), "workspace")
        edit_workspace(document=body, token=token, by=self.actor, via=Via.API)
        return self._answer()

    def _answer(self) -> Response:
        workspace = Workspace.current()
        data = WorkspaceShape(document_of(workspace)).data
        return self.answer(
            data, etag=etags.strong(etags.content_of(data), state=token_of(workspace))
        )
