"""Applying files: all of them in one transaction, or none. Edits by hand are in `editing`, going
live in `publishing`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import ListedMember, Segment, Team, User, Via
from catalogue.permissions import Actor, check_can_write, check_can_write_for
from catalogue.segments import storing
from catalogue.segments.changes import record
from catalogue.segments.checking import check_files
from catalogue.segments.documents import NO_TEAM, document_of, team_of, tests_in
from catalogue.segments.editing import edit_details
from catalogue.segments.lifecycle import Gate
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reports import Applied, ApplyReport, FilesRefused
from catalogue.segments.texts import keep_text
from catalogue.segments.vocabulary import stored_vocabulary
from catalogue.warehouse.ordinals import ordinals_of

Kind = ListedMember.Kind


def apply_files(files: Sequence[SegmentFile], *, by: Actor, via: str = Via.FILE) -> ApplyReport:
    """Store segments as their files say: all of them or, on any problem, none.

    A missing team is created, an owner without a login is kept as an address; both are reported.
    A definition version is added only when the tree or the static list is another one. Raises
    FilesRefused with every problem found."""
    ordered = sorted(files, key=lambda file: file.key)
    try:
        with transaction.atomic():
            return _apply(ordered, by, via)
    except IntegrityError as error:
        raise SegmentRefused(
            "Somebody applied the same segments at the same time. Nothing of this apply was"
            " stored; apply the files again."
        ) from error


def _apply(files: Sequence[SegmentFile], by: Actor, via: str) -> ApplyReport:
    own = {file.key: file.subject for file in files}
    gate = Gate.of_workspace(timezone.localdate())
    checked = check_files(files, stored_vocabulary(also=own), gate)
    if checked.problems:
        raise FilesRefused(checked.problems)
    teams_created = _create_teams(files)
    owners = _owners(files)
    how = By(actor=by, via=via)
    applied = [_store(file, owners, checked.warnings.get(file.key, []), how) for file in files]
    named = {file.owner for file in files if file.owner}
    return ApplyReport(
        segments=applied,
        teams_created=teams_created,
        unknown_owners=sorted(named - owners.keys()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who applies files, and from where."""

    actor: Actor
    via: str


def _create_teams(files: Iterable[SegmentFile]) -> list[str]:
    slugs = {team_of(file) for file in files}
    known = set(Team.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    missing = sorted(slugs - known)
    Team.objects.bulk_create(
        Team(slug=slug, name=slug.replace("-", " ").replace("_", " ").capitalize())
        for slug in missing
    )
    return missing


def _owners(files: Iterable[SegmentFile]) -> dict[str, User]:
    """Logins by the address as a file writes it; upper and lower case are one address."""
    wanted = {file.owner for file in files if file.owner}
    logins = {user.email.lower(): user for user in User.objects.exclude(email="")}
    return {address: logins[address.lower()] for address in wanted if address.lower() in logins}


def _store(file: SegmentFile, owners: dict[str, User], warnings: Sequence[str], how: By) -> Applied:
    segment = Segment.objects.select_for_update().filter(key=file.key).first()
    is_new = segment is None
    team = Team.objects.get(slug=team_of(file))
    segment = segment or Segment(key=file.key, team=team)
    _check_may(how.actor, segment, team, is_new=is_new)
    before = {} if is_new else document_of(segment)
    number = segment.definition.number if segment.definition is not None else 0
    facts = storing.facts_of(file, team=team, owner=owners.get(file.owner or ""))
    changed = [storing.set_facts(segment, facts)]
    if is_new:
        segment.save()
    is_new_definition = storing.set_definition(segment, file, by=how.actor)
    changed += [
        is_new_definition,
        storing.note_live(segment),
        before.get("tests", []) != tests_in(file),
        storing.set_evidence(segment, file),
        storing.set_messages(segment, file, by=how.actor),
        *(storing.set_listed(segment, kind, ids) for kind, ids in storing.listed_in(file).items()),
    ]
    if any(changed):
        segment.save()
    keep_text(segment, file)
    if is_new or any(changed):
        kind = "segment.created" if is_new else "segment.applied"
        details = edit_details(before, segment, number)
        record(kind, segment=segment, by=how.actor, via=how.via, details=details)
    assert segment.definition is not None  # noqa: S101 (set_definition gave it one)
    return Applied(
        key=file.key,
        outcome="created" if is_new else "changed" if any(changed) else "unchanged",
        definition_version=segment.definition.number,
        is_new_definition=is_new_definition,
        warnings=[*warnings, *_no_team(file), *_unknown_ids(file)],
    )


def _check_may(by: Actor, segment: Segment, team: Team, *, is_new: bool) -> None:
    if not is_new:
        check_can_write(by, segment)
    if is_new or team.pk != segment.team_id:
        check_can_write_for(by, team)


def _no_team(file: SegmentFile) -> list[str]:
    return [] if file.team else [f"It names no team, so it belongs to “{NO_TEAM}”."]


def _unknown_ids(file: SegmentFile) -> list[str]:
    return [
        f"{Kind(kind).label}: there is no {file.subject} “{listed}” yet; kept aside until there is."
        for kind, ids in storing.listed_in(file).items()
        if ids
        for listed in ordinals_of(ids, file.subject)[1]
    ]
