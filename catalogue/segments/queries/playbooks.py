"""Message guides to be read: of one segment, of one function across segments, and who has yet to
take note of a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from catalogue.models import (
    Acknowledgement,
    GuideVersion,
    MessageGuide,
    Segment,
    Status,
    Workspace,
)
from catalogue.permissions import Actor

LABELS = {
    "promise": "Promise",
    "proof": "Proof",
    "objections": "Objections",
    "do": "Do",
    "dont": "Don’t",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Whether a function has taken note of the newest definition and message. `is_asked`: there is
    a change that it has not; `who` and `at` are of its newest note, "" and None of none."""

    is_asked: bool
    who: str = ""
    at: datetime | None = None
    definition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideShown:
    """What one function says of one segment. `number` is 0 and `text` empty while nobody has
    written; `said` has the parts that say something, by name."""

    key: str
    name: str
    team: str
    size: int | None
    as_of: datetime | None
    function: str
    label: str
    text: str
    said: Mapping[str, str]
    number: int
    approver: str
    approved_at: datetime | None
    noted: Noted

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """(label, text) of the parts."""
        return tuple((LABELS[name], text) for name, text in self.said.items())


def functions_of(segment: Segment) -> list[str]:
    """The functions of the workspace, and those that say something besides."""
    said = [one.function for one in segment.messages.all()]
    return list(dict.fromkeys([*Workspace.current().functions, *said]))


def words_of(function: str) -> str:
    """What people call a function: `Customer success`."""
    return function.replace("_", " ").capitalize()


def guides_of(segment: Segment) -> list[GuideShown]:
    """What each function says of a segment, those included that say nothing yet."""
    guides = {one.function: one for one in segment.messages.select_related("approver")}
    notes = _newest_notes([segment])
    return [
        _shown(segment, function, guides.get(function), notes.get((segment.pk, function)))
        for function in functions_of(segment)
    ]


def playbook_of(function: str, viewer: Actor) -> list[GuideShown]:
    """What one function says, of every live segment that exists for `viewer`, by name. Segments of
    which it says nothing are among them."""
    live = Segment.objects.visible_to(viewer).filter(status=Status.LIVE)
    rows = list(live.select_related("team", "definition", "membership").defer(*HEAVY))
    found = MessageGuide.objects.filter(function=function, segment__in=rows)
    guides = {one.segment_id: one for one in found.select_related("approver")}
    notes = _newest_notes(rows)
    shown = (
        _shown(row, function, guides.get(row.pk), notes.get((row.pk, function))) for row in rows
    )
    return sorted(shown, key=lambda one: (not one.text, one.name.casefold(), one.key))


HEAVY = ("membership__entered", "membership__left", "membership__key_frame", "definition__source")


def all_functions(viewer: Actor) -> list[tuple[str, int]]:
    """(function, how many live segments it says something of), those of the workspace first."""
    live = Segment.objects.visible_to(viewer).filter(status=Status.LIVE).values("pk")
    said = MessageGuide.objects.filter(segment__in=live).values_list("function", flat=True)
    names = list(said)
    known = dict.fromkeys([*Workspace.current().functions, *sorted(set(names))])
    return [(function, names.count(function)) for function in known]


def versions_of(segment: Segment, function: str) -> list[GuideVersion]:
    """Every version of what a function says, the newest first."""
    return list(GuideVersion.objects.filter(segment=segment, function=function).order_by("-number"))


def unnoted(segments: Iterable[Segment]) -> list[tuple[Segment, str]]:
    """(segment, function) of every change that a function has not taken note of yet."""
    rows = list(segments)
    notes = _newest_notes(rows)
    guides = MessageGuide.objects.filter(segment__in=rows).order_by("function")
    by_pk = {row.pk: row for row in rows}
    found = ((by_pk[one.segment_id], one) for one in guides)
    return [
        (segment, guide.function)
        for segment, guide in found
        if _noted(segment, guide, notes.get((segment.pk, guide.function))).is_asked
    ]


def _newest_notes(segments: Sequence[Segment]) -> dict[tuple[int, str], Acknowledgement]:
    rows = Acknowledgement.objects.filter(segment__in=segments).order_by("pk")
    return {(row.segment_id, row.function): row for row in rows}


def _noted(segment: Segment, guide: MessageGuide, note: Acknowledgement | None) -> Noted:
    definition = segment.definition.number if segment.definition is not None else 0
    if note is None:
        # The first of everything is no change.
        return Noted(is_asked=definition > 1 or guide.number > 1)
    is_newest = (note.definition, note.guide) == (definition, guide.number)
    return Noted(is_asked=not is_newest, who=note.who, at=note.at, definition=note.definition)


def _shown(
    segment: Segment, function: str, guide: MessageGuide | None, note: Acknowledgement | None
) -> GuideShown:
    membership = segment.membership
    return GuideShown(
        key=segment.key,
        name=segment.name,
        team=segment.team.name,
        size=membership.size if membership else None,
        as_of=segment.refreshed_at or (membership.now if membership else None),
        function=function,
        label=words_of(function),
        text=guide.text if guide else "",
        said=guide.parts if guide else {},
        number=guide.number if guide else 0,
        approver=guide.approver.label if guide and guide.approver else "",
        approved_at=guide.approved_at if guide else None,
        noted=_noted(segment, guide, note) if guide else Noted(is_asked=False),
    )
