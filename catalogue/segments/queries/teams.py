"""Teams: who sits in them, what is theirs, and what waits for them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from catalogue.models import (
    ApiKey,
    Draft,
    PeopleGrant,
    Role,
    Segment,
    Status,
    Team,
    TeamMember,
    User,
    Workspace,
)
from catalogue.permissions import Actor, can_administer
from catalogue.segments.reviews import cadence_of, due_of

# A review is shown before it is due; those that are late stay until somebody has looked.
REVIEWS_AHEAD = timedelta(days=30)
ROLES = (Role.ADMIN, Role.EDITOR, Role.VIEWER)


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamLine:
    """A team in numbers; `statuses` counts the segments that exist for whoever asks."""

    slug: str
    name: str
    members: int
    sees_people: int
    admins: tuple[str, ...]
    statuses: Mapping[str, int]
    is_mine: bool

    @property
    def live(self) -> int:
        """How many segments are live."""
        return self.statuses.get(Status.LIVE, 0)

    @property
    def drafts(self) -> int:
        """How many were never live."""
        return self.statuses.get(Status.DRAFT, 0)

    @property
    def archived(self) -> int:
        """How many are out of use."""
        return self.statuses.get(Status.ARCHIVED, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A seat. `sees_people`: in every segment of the team."""

    name: str
    email: str
    role: str
    sees_people: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A segment that somebody is to look at again."""

    key: str
    name: str
    due_at: datetime
    is_late: bool
    every: str
    reviewer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingChange:
    """A draft of a live segment: `number` is the definition version it would become."""

    key: str
    name: str
    number: int
    by: str
    saved_at: datetime

    @property
    def compared(self) -> str:
        """The pair of versions that shows what it would change; "" where nothing is live yet."""
        return f"{self.number - 1}..draft" if self.number > 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a team by whether they can still be used."""

    valid: int
    ended: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage:
    """One team. `granted` are logins that see the people of single segments of it; `keys` are None
    for those who do not see to them."""

    members: tuple[Member, ...]
    granted: int
    reviews: tuple[Review, ...]
    drafts: tuple[WaitingChange, ...]
    keys: Keys | None

    @property
    def sees_people(self) -> int:
        """How many members see who is in the segments."""
        return sum(member.sees_people for member in self.members)

    @property
    def admins(self) -> tuple[str, ...]:
        """Who gives seats and keys."""
        return tuple(one.name for one in self.members if one.role == Role.ADMIN.label)


def team_lines(viewer: User) -> list[TeamLine]:
    """All teams by name, from a number of queries that does not grow."""
    seats: dict[int, list[TeamMember]] = defaultdict(list)
    for seat in TeamMember.objects.filter(user__is_active=True).select_related("user"):
        seats[seat.team_id].append(seat)
    statuses: dict[int, Counter[str]] = defaultdict(Counter)
    counted = Segment.objects.visible_to(viewer).values_list("team", "status")
    for team, status, count in counted.annotate(n=Count("pk")):
        statuses[team][status] += count
    return [
        _line(team, seats[team.pk], statuses[team.pk], viewer)
        for team in Team.objects.order_by("name", "slug")
    ]


def _line(
    team: Team, seats: list[TeamMember], statuses: Mapping[str, int], viewer: User
) -> TeamLine:
    admins = sorted(seat.user.label for seat in seats if seat.role == Role.ADMIN)
    return TeamLine(
        slug=team.slug,
        name=team.name,
        members=len(seats),
        sees_people=sum(seat.see_people for seat in seats),
        admins=tuple(admins),
        statuses=statuses,
        is_mine=any(seat.user_id == viewer.pk for seat in seats),
    )


def team_page(team: Team, *, viewer: Actor, now: datetime) -> TeamPage:
    """Everything about one team but its segments, of which there is a list already."""
    return TeamPage(
        members=_members(team),
        granted=_granted(team),
        reviews=_reviews(team, viewer, now),
        drafts=_drafts(team, viewer),
        keys=_keys(team, now) if can_administer(viewer, team) else None,
    )


def _members(team: Team) -> tuple[Member, ...]:
    seats = team.members.filter(user__is_active=True).select_related("user")
    ordered = sorted(seats, key=lambda seat: (_rank(seat.role), seat.user.label.casefold()))
    return tuple(
        Member(
            name=seat.user.label,
            email=seat.user.email,
            role=str(Role(seat.role).label),
            sees_people=seat.see_people,
        )
        for seat in ordered
    )


def _rank(role: str) -> int:
    return ROLES.index(Role(role))


def _granted(team: Team) -> int:
    grants = PeopleGrant.objects.filter(segment__team=team, user__is_active=True)
    return grants.values("user").distinct().count()


def _reviews(team: Team, viewer: Actor, now: datetime) -> tuple[Review, ...]:
    live = Segment.objects.visible_to(viewer).filter(team=team, status=Status.LIVE)
    fields = ("key", "name", "review", "reviewed_at", "definition__created_at")
    rows, days = live.select_related("definition").only(*fields), Workspace.current().review_days
    names = {user.email.casefold(): user.label for user in User.objects.exclude(email="")}
    found = []
    for row in rows:
        due_at = due_of(row, days)
        if due_at is not None and due_at < now + REVIEWS_AHEAD:
            reviewer = str((row.review or {}).get("reviewer", ""))
            found.append(
                Review(
                    key=row.key,
                    name=row.name,
                    due_at=due_at,
                    is_late=due_at < now,
                    every=cadence_of(row, days),
                    reviewer=names.get(reviewer.casefold(), reviewer),
                )
            )
    return tuple(sorted(found, key=lambda review: (review.due_at, review.key)))


def _drafts(team: Team, viewer: Actor) -> tuple[WaitingChange, ...]:
    rows = Draft.objects.filter(
        segment__in=Segment.objects.visible_to(viewer).filter(team=team).values("pk")
    )
    ordered = rows.select_related("segment", "created_by").defer("document").order_by("updated_at")
    return tuple(
        WaitingChange(
            key=row.segment.key,
            name=row.segment.name,
            number=row.number,
            by=row.created_by.label if row.created_by else "",
            saved_at=row.updated_at,
        )
        for row in ordered
    )


def _keys(team: Team, now: datetime) -> Keys:
    found = [key.is_valid(now) for key in ApiKey.objects.filter(team=team)]
    return Keys(valid=sum(found), ended=len(found) - sum(found))
