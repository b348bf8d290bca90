"""Every write to segments. Each service is one transaction and returns what it made of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import IntegrityError, transaction

from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import ListedMember, Segment, Status, Team, User
from catalogue.permissions import check_can_write
from catalogue.segments import storing
from catalogue.segments.checking import check_files
from catalogue.segments.lifecycle import Candidate, missing_for_live
from catalogue.segments.reports import Applied, ApplyReport, FilesRefused
from catalogue.segments.vocabulary import stored_vocabulary
from catalogue.warehouse.ordinals import ordinals_of

Kind = ListedMember.Kind
NO_TEAM = "unassigned"


class SegmentRefused(Exception):
    """A segment may not become what was asked; the message is for people."""


def apply_files(files: Sequence[SegmentFile], *, by: User | None) -> ApplyReport:
    """Store segments as their files say: all of them or, on any problem, none.

    A missing team is created, an owner without a login is kept as an address; both are reported.
    A definition version is added only when the tree or the static list is another one. Raises
    FilesRefused with every problem found."""
    ordered = sorted(files, key=lambda file: file.key)
    try:
        with transaction.atomic():
            return _apply(ordered, by)
    except IntegrityError as error:
        raise SegmentRefused(
            "Somebody applied the same segments at the same time. Nothing of this apply was"
            " stored; apply the files again."
        ) from error


def archive_segment(*, key: str, by: User | None) -> Segment:
    """Take a segment out of use: it is not refreshed, listed or synced any more. Its key and its
    versions stay."""
    return _set_status(key, Status.ARCHIVED, by)


def restore_segment(*, key: str, by: User | None) -> Segment:
    """Bring an archived segment back as a draft."""
    return _set_status(key, Status.DRAFT, by)


def publish_segment(*, key: str, by: User | None) -> Segment:
    """Let a draft go live. Raises SegmentRefused with all that it lacks."""
    return _set_status(key, Status.LIVE, by)


@transaction.atomic
def _set_status(key: str, status: Status, by: User | None) -> Segment:
    segment = Segment.objects.select_for_update().get(key=key)
    check_can_write(by, segment)
    if status == Status.LIVE:
        _check_gate(segment)
    segment.status = status
    segment.save()
    return segment


def _check_gate(segment: Segment) -> None:
    candidate = Candidate(
        owner_email=segment.owner_email,
        why=segment.why,
        has_definition=segment.definition_id is not None,
        broken=segment.broken_reason,
    )
    missing = missing_for_live(candidate)
    if missing:
        raise SegmentRefused(f"“{segment.name}” cannot go live. {' '.join(missing)}")


def _apply(files: Sequence[SegmentFile], by: User | None) -> ApplyReport:
    checked = check_files(files, stored_vocabulary(also=[file.key for file in files]))
    if checked.problems:
        raise FilesRefused(checked.problems)
    teams_created = _create_teams(files)
    owners = _owners(files)
    applied = [_store(file, owners, checked.warnings.get(file.key, []), by) for file in files]
    named = {file.owner for file in files if file.owner}
    return ApplyReport(
        segments=applied,
        teams_created=teams_created,
        unknown_owners=sorted(named - owners.keys()),
    )


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


def _store(
    file: SegmentFile, owners: dict[str, User], warnings: Sequence[str], by: User | None
) -> Applied:
    segment = Segment.objects.select_for_update().filter(key=file.key).first()
    is_new = segment is None
    team = Team.objects.get(slug=team_of(file))
    segment = segment or Segment(key=file.key, team=team)
    facts = storing.facts_of(file, team=team, owner=owners.get(file.owner or ""))
    changed = [storing.set_facts(segment, facts)]
    if is_new:
        segment.save()
    is_new_definition = storing.set_definition(segment, file, by=by)
    changed += [
        is_new_definition,
        storing.set_evidence(segment, file),
        storing.set_messages(segment, file),
        *(storing.set_listed(segment, kind, ids) for kind, ids in storing.listed_in(file).items()),
    ]
    if any(changed):
        segment.save()
    assert segment.definition is not None  # noqa: S101 (set_definition gave it one)
    return Applied(
        key=file.key,
        outcome="created" if is_new else "changed" if any(changed) else "unchanged",
        definition_version=segment.definition.number,
        is_new_definition=is_new_definition,
        warnings=[*warnings, *_no_team(file), *_unknown_ids(file)],
    )


def team_of(file: SegmentFile) -> str:
    """The slug of the team a file belongs to."""
    return file.team or NO_TEAM


def _no_team(file: SegmentFile) -> list[str]:
    return [] if file.team else [f"It names no team, so it belongs to “{NO_TEAM}”."]


def _unknown_ids(file: SegmentFile) -> list[str]:
    return [
        f"{Kind(kind).label}: there is no customer “{customer_id}” yet; kept aside until there is."
        for kind, ids in storing.listed_in(file).items()
        if ids
        for customer_id in ordinals_of(ids)[1]
    ]
