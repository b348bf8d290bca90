"""Who may do what. `can_x` answers; `check_can_x` raises a sentence that a user may read.

Everyone signed in reads every segment. By right only: seeing *people* (given per team or per
segment), *writing* (editors and owners), *destinations, keys and imports* (team admins). A site
admin (superuser) may do everything; a Django permission given to a login holds for every team.

An *actor* is a login, an API key, or None: the system or the command line, which may do anything.
A key acts for its team within its scopes, and within its list of segments if it has one.
"""

from __future__ import annotations

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from catalogue.models import (
    ApiKey,
    Metric,
    PeopleGrant,
    Role,
    Scope,
    Segment,
    Team,
    TeamMember,
    User,
)

Actor = User | ApiKey | None
WRITERS = (Role.EDITOR, Role.ADMIN)


def label_of(actor: Actor) -> str:
    """A name for people."""
    return "the command line" if actor is None else actor.label


def can_see_people(viewer: Actor, segment: Segment) -> bool:
    """Whether somebody may see who is in the segment."""
    if viewer is None:
        return True
    if isinstance(viewer, ApiKey):
        return viewer.has_scope(Scope.MEMBERS_READ) and covers(viewer, segment)
    return viewer.is_active and (
        viewer.has_perm("catalogue.see_people")
        or TeamMember.objects.filter(team=segment.team_id, user=viewer.pk, see_people=True).exists()
        or PeopleGrant.objects.filter(segment=segment.pk, user=viewer.pk).exists()
    )


def check_can_see_people(viewer: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `viewer` may not see who is in the segment."""
    if isinstance(viewer, ApiKey) and not viewer.has_scope(Scope.MEMBERS_READ):
        raise missing_scope(Scope.MEMBERS_READ)
    if not can_see_people(viewer, segment):
        raise PermissionDenied(
            f"You may see how many people “{segment.name}” holds, but not who they are. Ask an"
            f" admin of the team {segment.team.name} for the right to see people."
        )


def segments_with_people_for(viewer: Actor) -> QuerySet[Segment]:
    """The segments whose people somebody may see."""
    visible: QuerySet[Segment] = Segment.objects.visible_to(viewer)
    if viewer is None or (isinstance(viewer, User) and viewer.has_perm("catalogue.see_people")):
        return visible
    if isinstance(viewer, ApiKey):
        return visible.filter(team=viewer.team_id) if _reads_people(viewer) else visible.none()
    by_team = Q(team__members__user=viewer.pk, team__members__see_people=True)
    by_grant = Q(people_grants__user=viewer.pk)
    granted = Segment.objects.filter(by_team | by_grant).values("pk")
    return visible.filter(pk__in=granted) if viewer.is_active else visible.none()


def _reads_people(key: ApiKey) -> bool:
    return key.has_scope(Scope.MEMBERS_READ)


def can_see_any_people(viewer: Actor) -> bool:
    """Whether somebody may see the people of at least one segment, or would once there is one."""
    if viewer is None:
        return True
    if isinstance(viewer, ApiKey):
        return _reads_people(viewer)
    return viewer.is_active and (
        viewer.has_perm("catalogue.see_people")
        or User.objects.filter(
            Q(seats__see_people=True) | Q(people_grants__isnull=False), pk=viewer.pk
        ).exists()
    )


def check_can_see_any_people(viewer: Actor) -> None:
    """Raises PermissionDenied when `viewer` may not look customers up."""
    if isinstance(viewer, ApiKey) and not _reads_people(viewer):
        raise missing_scope(Scope.MEMBERS_READ)
    if not can_see_any_people(viewer):
        raise PermissionDenied(
            "You may see every segment, but not who is in them. Ask an admin of your team for the"
            " right to see people."
        )


def can_check_members(actor: Actor, segment: Segment) -> bool:
    """Whether somebody may ask if given customers are in the segment: whoever may see its people,
    and keys with the scope for just that."""
    if isinstance(actor, ApiKey):
        may = actor.has_scope(Scope.MEMBERS_CHECK) or _reads_people(actor)
        return may and covers(actor, segment)
    return can_see_people(actor, segment)


def check_can_check_members(actor: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `actor` may not ask who is in the segment."""
    if not isinstance(actor, ApiKey):
        check_can_see_people(actor, segment)
    elif not (actor.has_scope(Scope.MEMBERS_CHECK) or _reads_people(actor)):
        raise missing_scope(Scope.MEMBERS_CHECK)
    elif not covers(actor, segment):
        raise PermissionDenied(f"This key belongs to another team than “{segment.name}”.")


def can_write(writer: Actor, segment: Segment) -> bool:
    """Whether somebody may change the segment: editors of its team, and its owner."""
    if writer is None:
        return True
    if isinstance(writer, ApiKey):
        return writer.has_scope(Scope.SEGMENTS_WRITE) and covers(writer, segment)
    is_owner = segment.owner_id is not None and segment.owner_id == writer.pk
    return writer.is_active and (
        is_owner
        or writer.has_perm("catalogue.change_segment")
        or _has_role(writer, segment.team_id, WRITERS)
    )


def check_can_write(writer: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `writer` may not change the segment."""
    if isinstance(writer, ApiKey) and not writer.has_scope(Scope.SEGMENTS_WRITE):
        raise missing_scope(Scope.SEGMENTS_WRITE)
    if not can_write(writer, segment):
        raise PermissionDenied(
            f"You may read “{segment.name or segment.key}” but not change it. Its owner and the"
            f" editors of the team {segment.team.name} may."
        )


def can_publish(writer: Actor, segment: Segment) -> bool:
    """Whether somebody may publish, restore and archive: whoever may write; of keys, those with
    the scope."""
    if isinstance(writer, ApiKey):
        return writer.has_scope(Scope.SEGMENTS_PUBLISH) and covers(writer, segment)
    return can_write(writer, segment)


def check_can_publish(writer: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `writer` may not publish, restore or archive the segment."""
    if not isinstance(writer, ApiKey):
        check_can_write(writer, segment)
    elif not writer.has_scope(Scope.SEGMENTS_PUBLISH):
        raise missing_scope(Scope.SEGMENTS_PUBLISH)
    elif not covers(writer, segment):
        raise PermissionDenied(f"This key belongs to another team than “{segment.name}”.")


def can_refresh(actor: Actor, segment: Segment) -> bool:
    """Whether somebody may ask for a refresh: it changes no definition, so writers may, and keys
    with the scope."""
    if isinstance(actor, ApiKey):
        return actor.has_scope(Scope.SEGMENTS_REFRESH) and covers(actor, segment)
    return can_write(actor, segment)


def check_can_refresh(actor: Actor, segment: Segment) -> None:
    """Raises PermissionDenied when `actor` may not ask for a refresh of the segment."""
    if isinstance(actor, ApiKey) and not actor.has_scope(Scope.SEGMENTS_REFRESH):
        raise missing_scope(Scope.SEGMENTS_REFRESH)
    if not can_refresh(actor, segment):
        raise PermissionDenied(
            f"“{segment.name or segment.key}” is refreshed by its owner and by the editors of the"
            f" team {segment.team.name}, and by its timetable."
        )


def can_refresh_keys(actor: Actor, keys: Collection[str]) -> bool:
    """Whether somebody may ask for, or stop, a refresh of these segments; no keys are all of them,
    which is for those who may change every segment."""
    if actor is None or (isinstance(actor, User) and actor.has_perm("catalogue.change_segment")):
        return True
    wanted = Segment.objects.filter(key__in=keys)
    if isinstance(actor, ApiKey):
        return bool(keys) and all(can_refresh(actor, segment) for segment in wanted)
    mine = Q(team__members__user=actor.pk, team__members__role__in=WRITERS) | Q(owner=actor.pk)
    others = wanted.exclude(pk__in=Segment.objects.filter(mine).values("pk"))
    return bool(keys) and actor.is_active and not others.exists()


def can_write_for(writer: Actor, team: Team) -> bool:
    """Whether somebody may make segments for a team."""
    if writer is None:
        return True
    if isinstance(writer, ApiKey):
        return writer.has_scope(Scope.SEGMENTS_WRITE) and writer.team_id == team.pk
    return writer.is_active and (
        writer.has_perm("catalogue.change_segment") or _has_role(writer, team.pk, WRITERS)
    )


def check_can_write_for(writer: Actor, team: Team) -> None:
    """Raises PermissionDenied when `writer` may not make segments for the team."""
    if isinstance(writer, ApiKey) and not writer.has_scope(Scope.SEGMENTS_WRITE):
        raise missing_scope(Scope.SEGMENTS_WRITE)
    if not can_write_for(writer, team):
        raise PermissionDenied(
            f"Segments of the team {team.name} are made by its editors. Ask one of its admins for a"
            " seat as editor, or choose a team of yours."
        )


def teams_to_write_for(writer: Actor) -> QuerySet[Team]:
    """The teams somebody may make segments for, by name."""
    teams = Team.objects.order_by("name")
    if writer is None or (isinstance(writer, User) and writer.has_perm("catalogue.change_segment")):
        return teams
    if isinstance(writer, ApiKey):
        return (
            teams.filter(pk=writer.team_id) if can_write_for(writer, writer.team) else teams.none()
        )
    return teams.filter(members__user=writer.pk, members__role__in=WRITERS)


def check_can_estimate(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not count definitions that are not stored. A number
    may tell of one person, so it is for those who make segments, whose numbers everybody sees."""
    if isinstance(actor, ApiKey):
        check_scope(actor, Scope.SEGMENTS_WRITE)
    elif not _writes_anywhere(actor):
        raise PermissionDenied(
            "Definitions are counted for those who make segments. Ask an admin of your team for a"
            " seat as editor."
        )


def _writes_anywhere(writer: User | None) -> bool:
    return writer is None or (
        writer.is_active
        and (
            teams_to_write_for(writer).exists() or Segment.objects.filter(owner=writer.pk).exists()
        )
    )


def can_administer(actor: Actor, team: Team) -> bool:
    """Whether somebody may give seats and keys of a team, and see to its imports."""
    if actor is None:
        return True
    if isinstance(actor, ApiKey):
        return False
    return actor.is_active and (actor.is_superuser or _has_role(actor, team.pk, (Role.ADMIN,)))


def teams_administered_by(actor: Actor) -> QuerySet[Team]:
    """The teams whose seats and keys somebody may give, by name."""
    teams = Team.objects.order_by("name")
    if actor is None or (isinstance(actor, User) and actor.is_active and actor.is_superuser):
        return teams
    if isinstance(actor, ApiKey) or not actor.is_active:
        return teams.none()
    return teams.filter(members__user=actor.pk, members__role=Role.ADMIN)


def check_can_administer(actor: Actor, team: Team) -> None:
    """Raises PermissionDenied when `actor` is no admin of the team."""
    if not can_administer(actor, team):
        raise PermissionDenied(
            f"Seats and keys of the team {team.name} are given by its admins. Ask one of them."
        )


def is_any_admin(actor: Actor) -> bool:
    """Whether somebody is a site admin or admin of some team; such logins enter Django admin, and
    see to destinations, which belong to no team."""
    if actor is None:
        return True
    if isinstance(actor, ApiKey) or not actor.is_active:
        return False
    return actor.is_superuser or actor.seats.filter(role=Role.ADMIN).exists()


def check_is_site_admin(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` is no admin of the whole site; the system is one."""
    is_one = isinstance(actor, User) and actor.is_active and actor.is_superuser
    if actor is not None and not is_one:
        raise PermissionDenied("Teams and logins are made by site admins. Ask one of them.")


def can_define_metrics(actor: Actor) -> bool:
    """Whether somebody may define metrics of the company's own: whoever makes segments, and keys
    with the scope."""
    if isinstance(actor, ApiKey):
        return actor.has_scope(Scope.METRICS_WRITE)
    return _writes_anywhere(actor)


def check_can_define_metrics(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not define metrics."""
    if isinstance(actor, ApiKey):
        check_scope(actor, Scope.METRICS_WRITE)
    elif not can_define_metrics(actor):
        raise PermissionDenied(
            "Metrics are defined by those who make segments. Ask an admin of your team for a seat"
            " as editor."
        )


def can_change_metric(actor: Actor, metric: Metric) -> bool:
    """Whether somebody may change or archive a metric: its owner, and admins of any team; of one
    without an owner, whoever may define one."""
    if isinstance(actor, ApiKey) or metric.owner_id is None:
        return can_define_metrics(actor)
    return is_any_admin(actor) or (actor is not None and actor.pk == metric.owner_id)


def check_can_change_metric(actor: Actor, metric: Metric) -> None:
    """Raises PermissionDenied when `actor` may not change the metric."""
    if isinstance(actor, ApiKey):
        check_scope(actor, Scope.METRICS_WRITE)
    elif not can_change_metric(actor, metric):
        owner = metric.owner.label if metric.owner is not None else "those who make segments"
        raise PermissionDenied(
            f"“{metric.name}” is changed by {owner}, and by team admins. Ask one of them."
        )


def can_set_workspace(actor: Actor) -> bool:
    """Whether somebody may say what holds for the whole workspace: a site admin; no key is one."""
    return actor is None or (isinstance(actor, User) and actor.is_active and actor.is_superuser)


def check_can_set_workspace(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not change the settings of the workspace."""
    if not can_set_workspace(actor):
        raise PermissionDenied(
            "Which events mean active, revenue, converted and cancelled is said by site admins,"
            " since it changes every number. Ask one of them."
        )


def check_can_describe(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not correct the dictionary."""
    if not is_any_admin(actor):
        raise PermissionDenied(
            "Labels, descriptions and types of the dictionary are seen to by team admins and site"
            " admins. Ask one of them."
        )


def check_can_manage_destinations(actor: Actor) -> None:
    """Raises PermissionDenied when `actor` may not change tools and their secrets."""
    if not is_any_admin(actor):
        raise PermissionDenied(
            "Tools and their secrets are seen to by team admins and site admins. Ask one of them."
        )


def check_scope(actor: Actor, scope: Scope) -> None:
    """Raises PermissionDenied when a key lacks the scope; logins and the system pass."""
    if isinstance(actor, ApiKey) and not actor.has_scope(scope):
        raise missing_scope(scope)


class MissingScope(PermissionDenied):
    """A key lacks the scope it needs; `scope` names it."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        super().__init__(
            f"This key lacks the scope {scope.value}. Ask an admin of its team for a key that has"
            " it."
        )


def missing_scope(scope: Scope) -> MissingScope:
    """The refusal of a key without a scope; the caller raises it."""
    return MissingScope(scope)


def covers(key: ApiKey, segment: Segment) -> bool:
    """Whether a key acts for the segment: its team's, and on the key's list if it has one."""
    if segment.team_id != key.team_id:
        return False
    return not key.segments.exists() or key.segments.filter(pk=segment.pk).exists()


def _has_role(user: User, team_id: int, roles: tuple[Role, ...]) -> bool:
    return TeamMember.objects.filter(team=team_id, user=user.pk, role__in=roles).exists()
