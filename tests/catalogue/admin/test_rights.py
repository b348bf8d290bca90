"""Who enters the admin, and what is theirs in it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from catalogue.models import ApiKey, PeopleGrant, RefreshRun, Role, Segment, Team, TeamMember, User
from integrations.models import Destination
from tests.catalogue.admin.ground import address, change_page, models_of_admin, press
from tests.rights.ground import ARCHIVED, OTHER, OWN, PRIVATE, Ground, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(ground: Ground) -> Client:
    """Admin of the team Growth."""
    return ground.client("team admin")


def segment(key: str) -> Segment:
    found: Segment = Segment.objects.get(key=key)
    return found


@pytest.mark.parametrize("who", ["no seat", "viewer", "seeing viewer", "editor", "owner"])
def test_who_is_no_admin_is_told_whom_to_ask(ground: Ground, who: str) -> None:
    answer = ground.client(who).get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "admins of teams" in answer.text


def test_who_was_switched_off_does_not_enter(ground: Ground) -> None:
    client = ground.client("site admin")
    User.objects.filter(username="root").update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_a_team_admin_reads_every_list_that_shows_nobody_elses_keys(chief: Client) -> None:
    closed = {"Customer", "Account", "KeptAnswer"}
    for model in models_of_admin():
        expected = 403 if model.__name__ in closed else 200
        assert chief.get(address(model, "changelist")).status_code == expected, model.__name__


def test_a_team_admin_sees_the_keys_of_their_team_only(chief: Client) -> None:
    page = chief.get("/admin/catalogue/apikey/").text
    assert "reading key" in page
    assert "foreign key" not in page
    foreign = ApiKey.objects.get(name="foreign key")
    assert chief.get(change_page(foreign)).status_code == 302
    assert press(chief, foreign, "revoke").status_code == 403
    assert ApiKey.objects.get(pk=foreign.pk).revoked_at is None


def test_a_draft_private_to_another_team_does_not_exist(chief: Client) -> None:
    hidden = segment(PRIVATE)
    assert hidden.name not in chief.get("/admin/catalogue/segment/").text
    assert chief.get(change_page(hidden)).status_code == 302
    assert hidden.key not in chief.get("/admin/catalogue/change/").text
    for place in ("definitionversion", "membershipversion"):
        shown = chief.get(f"/admin/catalogue/{place}/?q={hidden.key}").text
        assert hidden.name not in shown.replace(f'value="{hidden.key}"', "")


def test_segments_of_other_teams_are_read_not_written(chief: Client) -> None:
    other = segment(OTHER)
    before = state()
    page = chief.get(change_page(other))
    assert page.status_code == 200
    assert 'name="do"' not in page.text
    assert chief.post(change_page(other), {"do": "save", "name": "Mine now"}).status_code == 403
    for button in ("refresh", "discard", "unarchive"):
        assert press(chief, other, button).status_code == 403
    chosen = {"_selected_action": other.pk, "confirmed": "1"}
    for action in ("refresh", "archive", "change_owner", "certify", "withdraw_certificate"):
        owner = User.objects.get(username="chief").pk
        posted = {"action": action, "owner": owner, "message": "!", **chosen}
        chief.post("/admin/catalogue/segment/", posted)
    assert state() == before


def test_a_team_admin_writes_segments_of_their_team(chief: Client) -> None:
    assert 'name="do"' in chief.get(change_page(segment(OWN))).text


def test_archived_segments_are_read_and_brought_back(chief: Client) -> None:
    gone = segment(ARCHIVED)
    assert 'name="do"' not in chief.get(change_page(gone)).text
    assert "as a draft" in press(chief, gone, "unarchive").text
    assert segment(ARCHIVED).status == "draft"


def test_seats_are_given_in_ones_own_team_only(chief: Client, ground: Ground) -> None:
    growth, sales = Team.objects.get(slug="growth"), Team.objects.get(slug="sales")
    assert 'name="_save"' in chief.get(change_page(growth)).text
    assert 'name="_save"' not in chief.get(change_page(sales)).text
    before = TeamMember.objects.filter(team=sales).count()
    posted = {
        "name": "Sales",
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "0",
        "members-0-user": str(ground.users["team admin"].pk),
        "members-0-role": Role.ADMIN,
        "members-0-team": str(sales.pk),
    }
    assert chief.post(change_page(sales), posted).status_code == 403
    assert TeamMember.objects.filter(team=sales).count() == before


def test_a_seat_cannot_be_smuggled_into_another_team(chief: Client, ground: Ground) -> None:
    growth, sales = Team.objects.get(slug="growth"), Team.objects.get(slug="sales")
    foreign = TeamMember.objects.get(team=sales)
    posted = {
        "name": growth.name,
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "1",
        "members-0-id": str(foreign.pk),
        "members-0-team": str(sales.pk),
        "members-0-user": str(ground.users["team admin"].pk),
        "members-0-role": Role.ADMIN,
    }
    chief.post(change_page(growth), posted)
    assert TeamMember.objects.get(pk=foreign.pk).user_id == foreign.user_id
    assert not TeamMember.objects.filter(team=sales, user=ground.users["team admin"]).exists()


def test_a_team_admin_makes_neither_logins_nor_teams_and_raises_nobody(
    chief: Client, ground: Ground
) -> None:
    assert chief.get("/admin/catalogue/user/add/").status_code == 403
    assert chief.get("/admin/catalogue/team/add/").status_code == 403
    me = ground.users["team admin"]
    assert (
        chief.post(change_page(me), {"username": "chief", "is_superuser": "on"}).status_code == 403
    )
    assert chief.post(address(User, "password", me.pk), {"password1": "x"}).status_code == 403
    assert not User.objects.get(pk=me.pk).is_superuser


def test_people_are_granted_for_segments_of_ones_own_team_only(
    chief: Client, ground: Ground
) -> None:
    add = reverse("admin:catalogue_peoplegrant_add")
    someone = ground.users["viewer"].pk
    refused = chief.post(add, {"segment": segment(OTHER).pk, "user": someone})
    assert refused.status_code == 403
    granted = chief.post(add, {"segment": segment(OWN).pk, "user": someone})
    assert granted.status_code == 302
    assert PeopleGrant.objects.filter(user=someone, segment__key=OWN).exists()
    assert not PeopleGrant.objects.filter(user=someone, segment__key=OTHER).exists()


def test_a_grant_of_another_team_is_not_withdrawn(chief: Client, ground: Ground) -> None:
    grant = PeopleGrant.objects.create(segment=segment(OTHER), user=ground.users["viewer"])
    assert press(chief, grant, "withdraw").status_code == 403
    assert PeopleGrant.objects.filter(pk=grant.pk).exists()


def test_runs_of_other_teams_are_not_steered(chief: Client) -> None:
    run = RefreshRun.objects.create(keys=[OTHER])
    assert "Cancel" not in chief.get(change_page(run)).text
    assert press(chief, run, "cancel").status_code == 403
    everything = RefreshRun.objects.create(keys=[])
    assert press(chief, everything, "cancel").status_code == 403
    own = RefreshRun.objects.create(keys=[OWN])
    assert "was cancelled" in press(chief, own, "cancel").text


def test_team_admins_see_to_tools(chief: Client) -> None:
    tool = Destination.objects.get(key="drop")
    assert 'name="_save"' in chief.get(change_page(tool)).text


def test_a_link_does_nothing(chief: Client) -> None:
    before = state()
    grant = PeopleGrant.objects.first()
    assert grant is not None
    for page in (
        address(PeopleGrant, "press", grant.pk, "withdraw"),
        address(Segment, "press", segment(OWN).pk, "refresh"),
    ):
        assert chief.get(page).status_code == 405
    assert state() == before
    assert PeopleGrant.objects.filter(pk=grant.pk).exists()
