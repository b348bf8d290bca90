"""One segment file into rows. The caller holds the transaction and has checked the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import rfc8785
from django.db.models import Max

from catalogue.definitions.canonical import canonical_json, definition_hash
from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import (
    DefinitionVersion,
    Evidence,
    ListedMember,
    Segment,
    Status,
    Team,
    User,
)
from catalogue.permissions import Actor, label_of
from catalogue.segments.documents import EVIDENCE_KEYS, messages_of, to_yaml
from catalogue.segments.guide_versions import keep_versions

Kind = ListedMember.Kind
EVIDENCE = ("position", *EVIDENCE_KEYS)


def facts_of(file: SegmentFile, *, team: Team, owner: User | None) -> dict[str, Any]:
    """The fields of `Segment` that a file sets; what it does not name goes back to empty."""
    return {
        "name": file.name,
        "status": file.status,
        "team": team,
        "owner_email": file.owner or "",
        "owner": owner,
        "models_used": list(file.models),
        "why": file.why or "",
        "goal": file.goal,
        "review": file.review,
        "refresh": file.refresh,
        "sync_wanted": [dict(line) for line in file.sync],
    }


def set_facts(segment: Segment, facts: Mapping[str, Any]) -> bool:
    """Set the fields that differ; whether any did. Saves nothing."""
    different = {name: value for name, value in facts.items() if getattr(segment, name) != value}
    if "goal" in different and _measured(segment.goal) != _measured(facts["goal"]):
        # What was measured is of another goal.
        different |= {"goal_split": None, "goal_as_of": None, "goal_fault": ""}
    for name, value in different.items():
        setattr(segment, name, value)
    return bool(different)


def note_live(segment: Segment) -> bool:
    """Note, when a segment first goes live, by which membership version people begin to enter it:
    nobody has entered a draft. Its newest version is the first one when it was judged by what goes
    live, else the next one is. Whether that changed anything; saves nothing."""
    if segment.status != Status.LIVE or segment.live_from is not None:
        return False
    newest = segment.membership
    is_judged = newest is not None and newest.definition_id == segment.definition_id
    segment.live_from = (newest.number if newest is not None else 0) + (not is_judged)
    return True


def _measured(goal: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of a goal decides who reached it: not what is expected of it."""
    goal = goal or {}
    expected = {"at_least", "by"} if goal.get("within") else {"at_least"}
    return {key: value for key, value in goal.items() if key not in expected}


def set_evidence(segment: Segment, file: SegmentFile) -> bool:
    """Make the evidence what the file says; whether that changed anything."""
    wanted = _evidence_rows(file)
    if list(segment.evidence.values(*EVIDENCE)) == wanted:
        return False
    segment.evidence.filter(position__gte=len(wanted)).delete()
    # A row that is there stays the same piece, so that what links to it still does.
    for one in wanted:
        place = one["position"]
        Evidence.objects.update_or_create(segment=segment, position=place, defaults=one)
    return True


def _evidence_rows(file: SegmentFile) -> list[dict[str, Any]]:
    return [
        {
            "position": position,
            **{name: getattr(one, name) for name in EVIDENCE_KEYS},
            # Not known is an empty text where it is stored.
            "strength": one.strength or "",
            "claim": one.claim or "",
        }
        for position, one in enumerate(file.evidence)
    ]


def set_messages(segment: Segment, file: SegmentFile, *, by: Actor) -> bool:
    """Make the messages what the file says; whether that changed anything."""
    return keep_versions(segment, file.messages, author=label_of(by))


def listed_in(file: SegmentFile) -> dict[str, tuple[str, ...]]:
    """The ids a file lists, by kind."""
    return {Kind.STATIC: file.static or (), Kind.ADD: file.adds, Kind.REMOVE: file.removes}


def set_listed(segment: Segment, kind: str, ids: Iterable[str]) -> bool:
    """Make the listed ids of one kind exactly these; whether that changed anything."""
    wanted = set(ids)
    stored = set(segment.listed.filter(kind=kind).values_list("customer_id", flat=True))
    for some in _chunks(sorted(stored - wanted)):
        segment.listed.filter(kind=kind, customer_id__in=some).delete()
    ListedMember.objects.bulk_create(
        (
            ListedMember(segment=segment, kind=kind, customer_id=customer_id)
            for customer_id in sorted(wanted - stored)
        ),
        batch_size=500,
    )
    return stored != wanted


def _chunks(ids: list[str]) -> Iterable[list[str]]:
    return (ids[start : start + 500] for start in range(0, len(ids), 500))


def set_definition(segment: Segment, file: SegmentFile, *, by: Actor, message: str = "") -> bool:
    """Add a definition version when the tree or the static list is another one; whether it was.
    Layout, comments and everything else in a file make none."""
    digest = hash_of(file)
    if segment.definition is not None and segment.definition.definition_hash == digest:
        return False
    last = segment.definitions.aggregate(last=Max("number"))["last"] or 0
    segment.definition = DefinitionVersion.objects.create(
        segment=segment,
        number=last + 1,
        subject=file.subject,
        canonical=canonical_json(file.tree) if file.tree else None,
        definition_hash=digest,
        source=file.source or written_out(file),
        message=message,
        created_by=by if isinstance(by, User) else None,
    )
    return True


def written_out(file: SegmentFile) -> str:
    """The text of a file that was never one: a document from a page or a program."""
    data = file.document.data
    return to_yaml(data) if isinstance(data, dict) else ""


def hash_of(file: SegmentFile) -> str:
    """The definition hash; of a static list that of its ids, in whatever order they are given, and
    of what they are ids of, unless that is customers."""
    if file.tree is not None:
        return definition_hash(file.tree)
    listed: dict[str, Any] = {"static": sorted(set(file.static or ()))}
    whose = {} if file.list_of == "customer" else {"subject": file.list_of}
    return hashlib.sha256(rfc8785.dumps({**listed, **whose})).hexdigest()


def is_stored(segment: Segment, file: SegmentFile) -> bool:
    """Whether applying the file would change nothing. Reads only."""
    definition = segment.definition
    facts = facts_of(file, team=segment.team, owner=segment.owner)
    return (
        file.key == segment.key
        and (file.team or segment.team.slug) == segment.team.slug
        and definition is not None
        and definition.definition_hash == hash_of(file)
        and all(getattr(segment, name) == value for name, value in facts.items())
        and _evidence_rows(file) == list(segment.evidence.values(*EVIDENCE))
        and dict(file.messages) == messages_of(segment)
        and all(
            set(ids) == set(segment.listed.filter(kind=kind).values_list("customer_id", flat=True))
            for kind, ids in listed_in(file).items()
        )
    )
