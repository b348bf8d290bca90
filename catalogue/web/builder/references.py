"""Rows about other segments: in one, or outside of it."""

from __future__ import annotations

from collections.abc import Mapping

from catalogue.web.builder.rows import Fields
from catalogue.web.builder.sentence import Option, Sentence
from catalogue.web.builder.shape import Drawn

SIDES = (
    Option(value="in", label="is in segment"),
    Option(value="out", label="is not in segment"),
)


def draw_reference(data: Mapping[str, object]) -> Drawn | None:
    """The fields of being in a segment, or not; None of anything else. Being outside can be written
    with `not`, or with a `none` of one: it stays as it was."""
    match data:
        case {"in_segment": str(key)}:
            return {"side": "in", "written": "not", "segment": key}
        case {"not": {"in_segment": str(key)}}:
            return {"side": "out", "written": "not", "segment": key}
        case {"none": [{"in_segment": str(key)}]}:
            return {"side": "out", "written": "none", "segment": key}
    return None


def read_reference(fields: Fields) -> dict[str, object]:
    """The condition that the fields say."""
    inside: dict[str, object] = {"in_segment": fields.chosen("segment", "Choose a segment.")}
    if fields.text("side") != "out":
        return inside
    return {"none": [inside]} if fields.text("written") == "none" else {"not": inside}


def show_reference(sentence: Sentence, segments: Mapping[str, str]) -> None:
    """In or out, and of which segment."""
    sentence.choose("side", "In or not in", SIDES)
    sentence.keep("written")
    named = [Option(value=key, label=f"“{name}”") for key, name in segments.items()]
    sentence.choose("segment", "Segment", named)
