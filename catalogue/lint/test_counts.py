"""How many tests each segment has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from catalogue.models import Segment, SegmentText
from catalogue.segments.documents import file_of, tests_in

# A text is read once for as long as it stays what it is.
KEPT = 2_000


def test_counts(segments: Sequence[Segment]) -> Mapping[int, int]:
    """By the ids of the segments: how many tests their files have."""
    rows = SegmentText.objects.filter(segment__in=[one.pk for one in segments])
    texts = dict(rows.values_list("segment_id", "text"))
    return {one.pk: _count(one, texts.get(one.pk)) for one in segments}


def _count(segment: Segment, text: str | None) -> int:
    if text is None and segment.definition is not None:
        text = segment.definition.source
    return _in_text(segment.key, text) if text and "tests" in text else 0


@lru_cache(maxsize=KEPT)
def _in_text(key: str, text: str) -> int:
    own = file_of(Segment(key=key), text)
    return 0 if own is None else len(tests_in(own))
