"""A plan kept in a file: which files it was made of, and which state of the catalogue. It is
applied only while both are still the same. It names segments and versions, and no people."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from django.db import transaction
from django.utils.crypto import salted_hmac

from catalogue.definitions.segment_file import API_VERSION, SegmentFile
from catalogue.models import Change, ListedMember, Segment, Status, Via
from catalogue.permissions import Actor
from catalogue.segments.documents import etag_of, listed
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reports import ApplyReport
from catalogue.segments.services import apply_files

KIND = "SegmentPlan"
AGAIN = "Nothing was stored. Plan again, look at what it says now, and apply that."


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A stored segment at the time of a plan: its definition version (None: it had none) and a text
    that is another one as soon as anything of it is."""

    definition: int | None
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """`files`: by key, a text that is another one as soon as the file's is. `basis`: by key, the
    planned segments, what they are built on and what is built on them; None: there was none."""

    made_at: datetime
    files: Mapping[str, str]
    basis: Mapping[str, State | None]


class PlanUnreadable(Exception):
    """A file is no plan; the message is for people."""


class PlanOutdated(SegmentRefused):
    """Files or catalogue are not what was planned; `reasons` says everything that moved."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join([*reasons, AGAIN]))


def states_of(keys: Collection[str]) -> dict[str, State | None]:
    """The state of each of these segments now."""
    rows = Segment.objects.filter(key__in=keys).select_related("definition", "team")
    found: dict[str, State | None] = dict.fromkeys(sorted(keys))
    return found | {row.key: _state(row) for row in rows}


def _state(segment: Segment) -> State:
    by_hand = [[kind, *listed(segment, kind)] for kind in ListedMember.Kind]
    number = None if segment.definition is None else segment.definition.number
    return State(definition=number, etag=_secret([etag_of(segment), by_hand]))


def fingerprint(file: SegmentFile) -> str:
    """A text that is another one as soon as the file says anything else, comments included."""
    return _secret([file.own_text, file.static])


def _secret(data: object) -> str:
    # Ids of people go in; a plain hash of a short list could be guessed.
    return salted_hmac("segments plan", json.dumps(data), algorithm="sha256").hexdigest()[:32]


def write_plan(plan: SavedPlan) -> str:
    """The plan as the text of a file."""
    data = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "made_at": plan.made_at.astimezone(UTC).isoformat(),
        "files": dict(plan.files),
        "basis": {key: state and asdict(state) for key, state in plan.basis.items()},
    }
    return json.dumps(data, indent=2) + "\n"


def read_plan(text: str) -> SavedPlan:
    """The plan that `write_plan` wrote. Raises PlanUnreadable."""
    try:
        data = json.loads(text)
        if (data["apiVersion"], data["kind"]) != (API_VERSION, KIND):
            raise PlanUnreadable(f"It is no {KIND} of {API_VERSION}.")
        return SavedPlan(
            made_at=datetime.fromisoformat(data["made_at"]),
            files={str(key): str(one) for key, one in data["files"].items()},
            basis={str(key): one and State(**one) for key, one in data["basis"].items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PlanUnreadable("It is no plan, or was changed since it was written.") from error


def apply_planned(
    files: Sequence[SegmentFile], plan: SavedPlan, *, by: Actor, via: str = Via.FILE
) -> ApplyReport:
    """`apply_files`, in one transaction with the proof that nothing moved since the plan. Raises
    PlanOutdated with everything that did, and all that `apply_files` raises."""
    with transaction.atomic():
        held = Segment.objects.select_for_update().filter(key__in=plan.basis)
        list(held.order_by("key").values_list("pk"))
        reasons = [*_other_files(files, plan), *_moved(plan)]
        if reasons:
            raise PlanOutdated(reasons)
        return apply_files(files, by=by, via=via)


def _other_files(files: Sequence[SegmentFile], plan: SavedPlan) -> Iterator[str]:
    given = {file.key: file for file in files}
    for key in sorted(plan.files.keys() | given.keys()):
        if key not in given:
            yield f"“{key}” was planned, and is in none of these files."
        elif key not in plan.files:
            yield f"“{key}”, in {given[key].file_name}, was not planned."
        elif fingerprint(given[key]) != plan.files[key]:
            yield f"{given[key].file_name} says something else of “{key}” than was planned."


def _moved(plan: SavedPlan) -> Iterator[str]:
    now = states_of(plan.basis)
    for key, was in plan.basis.items():
        if now[key] != was:
            yield _how(key, was, now[key], plan.made_at)


def _how(key: str, was: State | None, now: State | None, since: datetime) -> str:
    """Which segment, from which version to which, by whom and when."""
    segment = Segment.objects.filter(key=key).first()
    if segment is None:
        return f"The segment “{key}” is gone since the plan."
    name, by = f"“{segment.name}” ({key})", _by_whom(segment, since)
    if was is None:
        return f"{name} was not there when this was planned, and is {_version(now)} now{by}."
    if segment.status == Status.ARCHIVED:
        return f"{name} was archived since the plan{by}."
    if now is None or was.definition == now.definition:
        return f"{name} was changed since the plan, and is {_version(now)} as before{by}."
    return f"{name} moved from {_version(was)} to {_version(now)} since the plan{by}."


def _version(state: State | None) -> str:
    number = None if state is None else state.definition
    return "without a definition" if number is None else f"d{number}"


def _by_whom(segment: Segment, since: datetime) -> str:
    act = Change.objects.filter(segment=segment, at__gte=since).order_by("-pk").first()
    if act is None:
        return ""
    return f": {act.actor} ({Via(act.via).label}) on {act.at:%Y-%m-%d at %H:%M} UTC"
