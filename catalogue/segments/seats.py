"""Teams, their seats, and rights to see the people of one segment: who gives and takes them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.text import slugify

from catalogue.models import PeopleGrant, Role, Segment, Team, TeamMember, User
from catalogue.permissions import (
    Actor,
    can_see_people,
    check_can_administer,
    check_is_site_admin,
)
from catalogue.segments.changes import record


class SeatRefused(Exception):
    """A team, seat or grant may not be as asked; the message is for people."""


def create_team(*, slug: str, name: str, by: Actor, via: str) -> Team:
    """A team without seats. Raises SeatRefused when the slug is taken or no slug, and
    PermissionDenied."""
    check_is_site_admin(by)
    _check_team(slug, name)
    with transaction.atomic():
        team, is_new = Team.objects.get_or_create(slug=slug, defaults={"name": name.strip()})
        if not is_new:
            raise SeatRefused(f"There is a team “{slug}” already: {team.name}.")
        _record("team.created", team, by=by, via=via)
    return team


def rename_team(*, team: Team, name: str, by: Actor, via: str) -> Team:
    """Give the team another name; its slug is in files and stays. Unchanged: nothing is written."""
    check_can_administer(by, team)
    _check_team(team.slug, name)
    with transaction.atomic():
        stored = Team.objects.select_for_update().get(pk=team.pk)
        if stored.name != name.strip():
            fields = {"name": [stored.name, name.strip()]}
            stored.name = name.strip()
            stored.save()
            _record("team.renamed", stored, by=by, via=via, fields=fields)
    return stored


def ask_four_eyes(*, team: Team, four_eyes: bool, by: Actor, via: str) -> Team:
    """Say whether in this team a second person publishes. Unchanged: nothing is written."""
    check_can_administer(by, team)
    with transaction.atomic():
        stored = Team.objects.select_for_update().get(pk=team.pk)
        if stored.four_eyes != four_eyes:
            fields = {"four_eyes": [stored.four_eyes, four_eyes]}
            stored.four_eyes = four_eyes
            stored.save()
            _record("team.four_eyes", stored, by=by, via=via, fields=fields)
    return stored


def give_seat(
    *, team: Team, user: User, role: str, see_people: bool, by: Actor, via: str
) -> TeamMember:
    """Seat a login in a team, or change the seat it has. Unchanged: nothing is written. Raises
    SeatRefused and PermissionDenied."""
    check_can_administer(by, team)
    if role not in Role.values:
        raise SeatRefused(f"There is no role “{role}”. There are: {', '.join(Role.values)}.")
    with transaction.atomic():
        seat = TeamMember.objects.select_for_update().filter(team=team, user=user).first()
        before = _words(seat)
        seat = seat or TeamMember(team=team, user=user)
        seat.role, seat.see_people = role, see_people
        if before != _words(seat):
            seat.save()
            fields = {user.label: [before, _words(seat)]}
            _record("team.seat_given", team, by=by, via=via, fields=fields)
    return seat


def take_seat(*, team: Team, user: User, by: Actor, via: str) -> None:
    """End a seat; nothing happens when there is none."""
    check_can_administer(by, team)
    with transaction.atomic():
        seat = TeamMember.objects.select_for_update().filter(team=team, user=user).first()
        if seat is not None:
            fields = {user.label: [_words(seat), None]}
            seat.delete()
            _record("team.seat_taken", team, by=by, via=via, fields=fields)


def grant_people(*, segment: Segment, user: User, by: Actor, via: str) -> PeopleGrant:
    """Let a login see who is in one segment, whatever its teams. Raises SeatRefused when it may
    see them anyway."""
    check_can_administer(by, segment.team)
    if can_see_people(user, segment):
        raise SeatRefused(f"{user.label} may see the people of “{segment.name}” already.")
    with transaction.atomic():
        grant, is_new = PeopleGrant.objects.get_or_create(segment=segment, user=user)
        if is_new:
            fields = {user.label: [None, "sees people"]}
            _record_grant("segment.people_granted", segment, fields, by=by, via=via)
    return grant


def withdraw_people(*, grant: PeopleGrant, by: Actor, via: str) -> None:
    """Take that right back."""
    segment = grant.segment
    check_can_administer(by, segment.team)
    with transaction.atomic():
        if PeopleGrant.objects.filter(pk=grant.pk).delete()[0]:
            fields = {grant.user.label: ["sees people", None]}
            _record_grant("segment.people_withdrawn", segment, fields, by=by, via=via)


def _check_team(slug: str, name: str) -> None:
    if not slug or slugify(slug) != slug:
        raise SeatRefused(
            f"“{slug}” cannot be in files as a team: use small letters, digits and -."
        )
    if not name.strip():
        raise SeatRefused("A team needs a name for people.")


def _words(seat: TeamMember | None) -> str | None:
    if seat is None:
        return None
    return Role(seat.role).label + (", sees people" if seat.see_people else "")


def _record(
    kind: str, team: Team, *, by: Actor, via: str, fields: dict[str, Any] | None = None
) -> None:
    details = {"fields": fields} if fields else {}
    record(
        kind, by=by, via=via, team=team, object_type="team", object_key=team.slug, details=details
    )


def _record_grant(
    kind: str, segment: Segment, fields: dict[str, Any], *, by: Actor, via: str
) -> None:
    record(kind, by=by, via=via, segment=segment, details={"fields": fields})
