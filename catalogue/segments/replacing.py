"""What uses a segment, and what is to be used instead before it goes."""

from __future__ import annotations

from catalogue.models import ExperimentState, Segment, Status
from catalogue.permissions import Actor
from catalogue.ports import tool_states
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.trees import segments_in

SHOWN = 5


def uses_of(segment: Segment, viewer: Actor) -> list[str]:
    """Everything that uses a segment, each by its name for people: the segments built directly on
    it, and the tools that hold it. Of segments that `viewer` does not know of, only that they
    are there."""
    named = Segment.objects.exclude(status=Status.ARCHIVED).select_related("definition")
    # Every tree that names the key somewhere, then those that really refer to it.
    rows = named.filter(definition__canonical__contains=f'"{segment.key}').order_by("name")
    built = [row for row in rows if segment.key in segments_in(row.definition)]
    known = set(Segment.objects.visible_to(viewer).values_list("pk", flat=True)) if built else set()
    names = [row.name if row.pk in known else "a draft of another team" for row in built]
    return [*names, *(tool.destination for tool in tool_states([segment.key])[segment.key])]


def check_is_free(segment: Segment) -> None:
    """Raises SegmentRefused while an experiment runs on the segment: nobody else can take the place
    of those who were dealt out."""
    running = segment.experiments.filter(state=ExperimentState.RUNNING).order_by("number").first()
    if running is not None:
        raise SegmentRefused(
            f"{running.label} runs on “{segment.name}”. Stop it first: what becomes of its people"
            " is counted in the segment."
        )


def check_replacement(segment: Segment, replacement: str, by: Actor) -> None:
    """Raises SegmentRefused when the replacement is none, or when none is named for a segment that
    something uses."""
    if replacement == segment.key:
        raise SegmentRefused("A segment cannot be used instead of itself. Name another one.")
    there = Segment.objects.visible_to(by).exclude(status=Status.ARCHIVED)
    if replacement and not there.filter(key=replacement).exists():
        raise SegmentRefused(f"There is no segment “{replacement}” to use instead.")
    uses = [] if replacement else uses_of(segment, by)
    if uses:
        more = f" and {len(uses) - SHOWN} more" if len(uses) > SHOWN else ""
        raise SegmentRefused(
            f"“{segment.name}” is used: {', '.join(uses[:SHOWN])}{more}. Name the segment to use"
            " instead, or take it out of them first."
        )
