"""Keeping the text of a segment's file with what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.layout import format_yaml
from catalogue.definitions.rewriting import rewritten
from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import Segment, SegmentText
from catalogue.segments.documents import document_of_file, file_of, text_of, to_yaml


def keep_text(segment: Segment, file: SegmentFile) -> None:
    """Keep what the file says: as it is written, or, of an edit by hand, as the text that was there
    with what changed written anew."""
    text = file.own_text or _edited(segment, file)
    found = SegmentText.objects.filter(segment=segment).values_list("text", flat=True).first()
    if found != text:
        SegmentText.objects.update_or_create(segment=segment, defaults={"text": text})


def _edited(segment: Segment, file: SegmentFile) -> str:
    data = file.document.data
    document = data if isinstance(data, dict) else {}
    zone = settings.WORKSPACE_TIME_ZONE
    before = file_of(segment, text_of(segment), default_timezone=zone)
    if before is not None and before.own_text:
        text = rewritten_text(before.own_text, document, default_timezone=zone)
        again = file_of(segment, text, default_timezone=zone)
        if again is not None and document_of_file(again) == document_of_file(file):
            return text
    return format_yaml(to_yaml(document))


def rewritten_text(text: str, document: Mapping[str, Any], *, default_timezone: str) -> str:
    """The text so that it says the document; "" when that cannot be done."""
    try:
        return rewritten(text, document, default_timezone=default_timezone)
    except DefinitionError:
        return ""
