"""A part of a segment as a segment of its own, which can be described, owned and sent to tools."""

from __future__ import annotations

from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.definitions.nodes import Definition, InSegment, part_key
from catalogue.definitions.rules import MAX_KEY_LENGTH
from catalogue.definitions.segment_file import API_VERSION, KIND
from catalogue.models import Segment, User
from catalogue.permissions import Actor, check_can_write_for
from catalogue.segments.editing import create_segment
from catalogue.segments.parts import names_of_parts
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.subjects import subject_of

# Keys that are tried: trial-reached, trial-reached-2, …
MOST_TRIED = 100


def segment_from_part(*, key: str, part: str, by: Actor, via: str) -> Segment:
    """A new draft of the same team that holds the part `part` of the segment `key`. Raises
    SegmentRefused when there is no such part, and PermissionDenied."""
    segment = Segment.objects.visible_to(by).select_related("team", "definition").get(key=key)
    check_can_write_for(by, segment.team)
    names = names_of_parts().get(key, set())
    if part not in names:
        has = f"It has {', '.join(sorted(names))}." if names else "Give it a goal first."
        raise SegmentRefused(f"“{segment.name}” has no part “{part}”. {has}")
    said = part.replace("_", " ")
    document = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "key": _free_key(f"{key}-{part.replace('_', '-')}"),
        "name": f"{segment.name}: {said}",
        "team": segment.team.slug,
        "owner": by.email if isinstance(by, User) else segment.owner_email,
        "why": f"Those of “{segment.name}” who are {said} need something else than the others.",
        "definition": to_data(_definition(segment, part)),
    }
    message = f"Made from {part_key(key, part)}"
    filled = {name: value for name, value in document.items() if value}
    return create_segment(document=filled, by=by, via=via, message=message)


def _definition(segment: Segment, part: str) -> Definition:
    where = InSegment(key=segment.key, part=part)
    version = segment.definition
    if version is None or version.canonical is None:
        return Definition(where=where, subject=subject_of(version))
    tree = from_canonical(version.canonical)
    return Definition(where=where, subject=tree.subject, timezone=tree.timezone)


def _free_key(wanted: str) -> str:
    keys = [wanted, *(f"{wanted}-{number}" for number in range(2, MOST_TRIED))]
    taken = set(Segment.objects.filter(key__startswith=wanted[:60]).values_list("key", flat=True))
    free = (key for key in keys if len(key) <= MAX_KEY_LENGTH and key not in taken)
    found = next(free, None)
    if found is None:
        raise SegmentRefused("There is no key left for it. Make the segment by hand.")
    return found
