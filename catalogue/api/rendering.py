"""The formats of answers. JSON everywhere; a definition also as YAML and as English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BaseRenderer, JSONRenderer

from catalogue.api.errors import MEDIA_TYPE
from catalogue.segments.documents import to_yaml


class Json(JSONRenderer):
    """JSON in UTF-8, without NaN."""


class ProblemJson(JSONRenderer):
    """An error, whatever format was asked for."""

    media_type = MEDIA_TYPE
    format = "problem"


class Yaml(BaseRenderer):
    """A document as a segment file writes it."""

    media_type = "application/yaml"
    format = "yaml"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """The document's text; nothing of nothing (304)."""
        return "" if data is None else to_yaml(data)


class PlainText(BaseRenderer):
    """English. The view gives the text."""

    media_type = "text/plain"
    format = "txt"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        """The text; nothing of nothing (304)."""
        return "" if data is None else f"{data}\n"
