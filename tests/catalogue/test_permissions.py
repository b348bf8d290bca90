"""Who may do what, role by role."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from catalogue import permissions
from catalogue.models import PeopleGrant, Role, Scope, Segment, User
from tests.catalogue.segments.ground import draft_segment, key, live_segment, seat, team

pytestmark = pytest.mark.django_db

RIGHTS = ("can_write", "can_publish", "can_refresh", "can_see_people")


def rights(actor: permissions.Actor, segment: Segment) -> set[str]:
    return {right for right in RIGHTS if getattr(permissions, right)(actor, segment)}


def test_roles_hold_what_the_architecture_gives_them() -> None:
    segment = live_segment()
    writing = {"can_write", "can_publish", "can_refresh"}
    assert rights(None, segment) == set(RIGHTS)
    assert rights(User.objects.create_superuser("root"), segment) == set(RIGHTS)
    assert rights(seat("v", Role.VIEWER), segment) == set()
    assert rights(seat("v2", Role.VIEWER, sees=True), segment) == {"can_see_people"}
    assert rights(seat("e", Role.EDITOR), segment) == writing
    assert rights(seat("a", Role.ADMIN, sees=True), segment) == set(RIGHTS)
    assert rights(seat("x", Role.ADMIN, at="sales", sees=True), segment) == set()


def test_who_has_left_may_do_nothing() -> None:
    segment = live_segment()
    gone = seat("gone", Role.ADMIN, sees=True)
    User.objects.update(is_active=False)
    gone = User.objects.get(pk=gone.pk)
    assert rights(gone, segment) == set()
    assert not permissions.is_any_admin(gone)
    assert not permissions.can_see_any_people(gone)
    assert not permissions.segments_with_people_for(gone).exists()


def test_people_of_one_segment_can_be_granted_alone() -> None:
    segment, other = live_segment(), Segment.objects.create(key="other", name="Other", team=team())
    viewer = seat("v", None)
    assert not permissions.can_see_any_people(viewer)
    PeopleGrant.objects.create(segment=segment, user=viewer)
    assert rights(viewer, segment) == {"can_see_people"}
    assert rights(viewer, other) == set()
    assert list(permissions.segments_with_people_for(viewer)) == [segment]


def test_a_key_acts_within_its_scopes_its_team_and_its_list() -> None:
    segment = live_segment()
    everything = [scope.value for scope in Scope]
    assert rights(key(*everything), segment) == set(RIGHTS)
    assert rights(key(Scope.SEGMENTS_READ), segment) == set()
    assert rights(key(Scope.MEMBERS_READ), segment) == {"can_see_people"}
    assert rights(key(*everything, at="sales"), segment) == set()
    narrowed = key(*everything)
    narrowed.segments.add(Segment.objects.create(key="other", name="Other", team=team()))
    assert rights(narrowed, segment) == set()
    assert not permissions.can_administer(key(*everything), team())
    assert not permissions.is_any_admin(key(*everything))


def test_a_key_without_the_scope_is_told_which_it_lacks() -> None:
    segment = live_segment()
    with pytest.raises(permissions.MissingScope, match="lacks the scope members:read"):
        permissions.check_can_see_people(key(Scope.SEGMENTS_READ), segment)
    with pytest.raises(permissions.MissingScope, match="segments:publish"):
        permissions.check_can_publish(key(Scope.SEGMENTS_WRITE), segment)


def test_a_private_draft_does_not_exist_for_others() -> None:
    segment = draft_segment()
    Segment.objects.update(is_private=True)
    everything = [scope.value for scope in Scope]
    visible = Segment.objects.visible_to
    for actor in (
        None,
        seat("v", Role.VIEWER),
        seat("mia", None),
        User.objects.create_superuser("root"),
        key(*everything),
    ):
        if isinstance(actor, User) and actor.username == "mia":
            Segment.objects.update(owner=actor)
        assert list(visible(actor)) == [segment], actor
    for actor in (seat("x", Role.ADMIN, at="sales"), seat("y", None), key(*everything, at="sales")):
        assert not visible(actor).exists(), actor
    Segment.objects.update(is_private=False)
    assert visible(seat("z", None)).exists()


def test_drafts_exist_for_keys_with_the_scope_only() -> None:
    draft_segment()
    assert not Segment.objects.visible_to(key(Scope.SEGMENTS_READ)).exists()
    assert Segment.objects.visible_to(key(Scope.SEGMENTS_READ, Scope.SEGMENTS_DRAFT)).exists()


def test_seats_and_tools_are_for_admins() -> None:
    growth = team()
    admin, editor = seat("a", Role.ADMIN), seat("e", Role.EDITOR)
    permissions.check_can_administer(admin, growth)
    permissions.check_can_manage_destinations(admin)
    for check in (
        lambda: permissions.check_can_administer(editor, growth),
        lambda: permissions.check_can_administer(admin, team("sales")),
        lambda: permissions.check_can_manage_destinations(editor),
    ):
        with pytest.raises(PermissionDenied):
            check()


def test_only_teams_that_one_writes_for_are_offered() -> None:
    team("sales")
    assert [t.slug for t in permissions.teams_to_write_for(seat("e"))] == ["growth"]
    assert not permissions.teams_to_write_for(seat("v", Role.VIEWER)).exists()
    assert permissions.teams_to_write_for(None).count() == 2
