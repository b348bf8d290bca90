"""Teams, seats and logins: services give and take them, and each act is written down."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalogue.models import Change, Role, Team, TeamMember, User
from tests.catalogue.admin.ground import address, change_page, form_of
from tests.catalogue.segments.ground import seat, team

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root", "root@fieldnote.example", PASSWORD))
    return client


def fields(client: Client, page: str, form: str, **said: Any) -> dict[str, list[str]]:
    """A form, some fields filled in otherwise."""
    return form_of(client, page, form) | {name: [str(value)] for name, value in said.items()}


def newest() -> Change:
    change = Change.objects.first()
    assert change is not None
    return change


def test_a_team_is_made_and_its_slug_is_for_ever(root: Client) -> None:
    add = "/admin/catalogue/team/add/"
    root.post(add, fields(root, add, "team", name="Growth", slug="growth"))
    growth = Team.objects.get()
    page = change_page(growth)
    root.post(page, fields(root, page, "team", name="Growth team") | {"slug": ["other"]})

    assert Team.objects.values("slug", "name").get() == {"slug": "growth", "name": "Growth team"}
    assert newest().kind == "team.renamed"
    assert newest().details["fields"] == {"name": ["Growth", "Growth team"]}


def test_a_team_of_a_slug_that_is_taken_is_refused(root: Client) -> None:
    team()
    add = "/admin/catalogue/team/add/"
    answer = root.post(add, fields(root, add, "team", name="Again", slug="growth"))
    assert "There is a team “growth” already" in answer.text
    assert Team.objects.count() == 1


def test_seats_are_given_changed_and_taken_on_the_page_of_the_team(root: Client) -> None:
    growth, mia = team(), seat("mia", None)
    page = change_page(growth)
    new = {
        "members-TOTAL_FORMS": ["1"],
        "members-0-user": [str(mia.pk)],
        "members-0-role": [Role.EDITOR],
        "members-0-see_people": ["on"],
    }
    root.post(page, fields(root, page, "team") | new)
    given = TeamMember.objects.get()
    assert (given.user, given.role, given.see_people) == (mia, Role.EDITOR, True)
    assert newest().details["fields"] == {"Mia": [None, "Editor, sees people"]}

    changed = fields(root, page, "team") | {"members-0-role": [Role.ADMIN]}
    root.post(page, changed)
    assert TeamMember.objects.get().role == Role.ADMIN
    assert newest().details["fields"] == {"Mia": ["Editor, sees people", "Team admin, sees people"]}

    root.post(page, fields(root, page, "team") | {"members-0-DELETE": ["on"]})
    assert not TeamMember.objects.exists()
    assert newest().kind == "team.seat_taken"


def test_saving_a_team_unchanged_writes_nothing(root: Client) -> None:
    team()
    seat("mia")
    page = change_page(Team.objects.get())
    root.post(page, fields(root, page, "team"))
    assert not Change.objects.exists()


def test_a_login_is_made_with_a_password_that_holds(root: Client) -> None:
    add = "/admin/catalogue/user/add/"
    said = {"username": "tom", "email": "tom@fieldnote.example"}
    weak = root.post(add, fields(root, add, "user", **said, password1="tom", password2="tom"))
    assert "too short" in weak.text
    assert not User.objects.filter(username="tom").exists()

    root.post(add, fields(root, add, "user", **said, password1=PASSWORD, password2=PASSWORD))

    tom = User.objects.get(username="tom")
    assert tom.check_password(PASSWORD)
    assert (newest().kind, newest().object_key) == ("login.created", "tom")
    assert PASSWORD not in str(newest().details)


def test_an_address_that_is_taken_is_refused_with_a_sentence(root: Client) -> None:
    seat("mia", None)
    add = "/admin/catalogue/user/add/"
    said = {"username": "other", "email": "mia@fieldnote.example"}
    passwords = {"password1": PASSWORD, "password2": PASSWORD}
    answer = root.post(add, fields(root, add, "user", **said, **passwords))
    assert answer.status_code == 200
    assert not User.objects.filter(username="other").exists()


def test_rights_for_every_team_are_given_and_taken(root: Client) -> None:
    mia = seat("mia", None)
    page = change_page(mia)
    root.post(page, fields(root, page, "user", everywhere="see_people"))
    assert User.objects.get(pk=mia.pk).has_perm("catalogue.see_people")
    assert newest().details["fields"]["everywhere"] == [[], ["see_people"]]

    without = fields(root, page, "user")
    without.pop("everywhere")
    root.post(page, without)
    assert not User.objects.get(pk=mia.pk).has_perm("catalogue.see_people")


def test_the_only_site_admin_stays_one(root: Client) -> None:
    me = User.objects.get(username="root")
    page = change_page(me)
    posted = fields(root, page, "user")
    posted.pop("is_superuser")

    answer = root.post(page, posted)

    assert "is the only site admin" in answer.text
    assert User.objects.get(pk=me.pk).is_superuser


def test_a_password_is_set_by_a_site_admin(root: Client) -> None:
    mia = seat("mia", None)
    page = address(User, "password", mia.pk)
    new = "another long pass phrase"

    assert "The two password fields" in root.post(
        page, {"password1": new, "password2": "x"}
    ).text.replace("’", "'")
    root.post(page, {"password1": new, "password2": new, "confirmed": "1"})

    assert User.objects.get(pk=mia.pk).check_password(new)
    assert newest().kind == "login.password_set"
    assert new not in str(newest().details)


def test_a_login_is_switched_off_not_deleted(root: Client) -> None:
    mia = seat("mia", None)
    page = change_page(mia)
    posted = fields(root, page, "user")
    posted.pop("is_active")

    root.post(page, posted)

    assert not User.objects.get(pk=mia.pk).is_active
    assert newest().details["fields"]["is_active"] == [True, False]


def test_the_history_of_a_login_says_who_did_what(root: Client) -> None:
    mia = seat("mia", None)
    page = change_page(mia)
    root.post(page, fields(root, page, "user", first_name="Mia", last_name="Braun"))
    history = root.get(address(User, "history", mia.pk)).text
    for words in ("Changed", "root", "Last name", "Braun"):
        assert words in history
