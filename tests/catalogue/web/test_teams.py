"""Teams: who sits in them, what is theirs, what waits, and what only their admins see."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import (
    ApiKey,
    Change,
    Draft,
    PeopleGrant,
    Role,
    Status,
    Team,
    TeamMember,
    User,
)
from tests.catalogue.web.reading import words_of
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def growth() -> Team:
    return Team.objects.create(slug="growth", name="Growth")


@pytest.fixture
def shown(client: Client) -> Any:
    client.force_login(make_user("nora", first_name="Nora", last_name="Lind"))

    def get(path: str = "/teams/growth/") -> str:
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            answer = client.get(path)
        assert answer.status_code == 200
        return answer.text

    return get


def seat(team: Team, name: str, role: str, *, sees: bool = False) -> User:
    first, last = name.split()
    user = make_user(first.lower(), first_name=first, last_name=last)
    TeamMember.objects.create(team=team, user=user, role=role, see_people=sees)
    return user


def row(text: str, name: str) -> str:
    rows = re.findall(r"<tr>.*?</tr>", text, re.DOTALL)
    (found,) = [one for one in rows if f">{name}</a>" in one]
    return words_of(found)


def test_without_teams_the_list_says_how_one_is_made(shown: Any) -> None:
    assert "No teams yet" in shown("/teams/")


def test_the_list_counts_segments_members_and_who_sees_people(shown: Any, growth: Team) -> None:
    Team.objects.create(slug="sales", name="Sales")
    seat(growth, "Mia Braun", Role.ADMIN, sees=True)
    seat(growth, "Jonas Keller", Role.EDITOR)
    gone = seat(growth, "Gone Away", Role.VIEWER, sees=True)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for number, status in enumerate(["live", "live", "live", "draft", "archived", "archived"]):
        make_segment(f"s{number}", status=status)

    text = shown("/teams/")

    assert row(text, "Growth") == (
        "Growth 3 live 1 draft 2 archived 2 members 1 sees people Mia Braun"
    )
    assert row(text, "Sales") == (
        "Sales 0 live 0 drafts 0 archived 0 members 0 see people none: site admins see to it"
    )
    assert 'href="/teams/growth/"' in text


def test_ones_own_teams_come_first(client: Client, shown: Any, growth: Team) -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    TeamMember.objects.create(team=sales, user=User.objects.get(username="nora"))
    said = words_of(shown("/teams/"))
    assert said.index("Sales Yours") < said.index("Growth")


def test_drafts_private_to_a_team_are_counted_for_its_members_alone(
    client: Client, shown: Any, growth: Team
) -> None:
    make_segment("secret", name="Secret ones", status=Status.DRAFT, is_private=True)
    assert "Growth 0 live 0 drafts" in row(shown("/teams/"), "Growth")
    assert "Secret ones" not in shown()

    client.force_login(seat(growth, "Mia Braun", Role.VIEWER))

    assert "1 draft" in row(shown("/teams/"), "Growth")
    assert "Secret ones" in shown()


def test_a_team_shows_its_members_with_role_and_whether_they_see_people(
    shown: Any, growth: Team
) -> None:
    seat(growth, "Vera Zorn", Role.VIEWER, sees=True)
    seat(growth, "Jonas Keller", Role.EDITOR)
    seat(growth, "Mia Braun", Role.ADMIN, sees=True)
    segment = make_segment("paying")
    PeopleGrant.objects.create(segment=segment, user=make_user("guest"))

    said = words_of(shown())

    members = said[said.index("Members") : said.index("Latest changes")]
    assert members.startswith(
        "Members MB Mia Braun Team admin Sees people JK Jonas Keller Editor sees numbers"
        " VZ Vera Zorn Viewer Sees people"
    )
    assert "1 login more may see the people of single segments." in members
    assert "Seats are given by Mia Braun." in members
    assert "3 members, 2 of them see people" in said


def test_a_team_shows_its_segments_by_status_with_size_owner_and_freshness(
    shown: Any, growth: Team
) -> None:
    mia = seat(growth, "Mia Braun", Role.EDITOR)
    hourly = {"every": 1, "unit": "hours", "at": None}
    make_segment("paying", name="Paying", sizes=(1000, 1250), owner=mia, refresh=hourly)
    make_segment("idea", name="Idea", status=Status.DRAFT)
    make_segment("old", name="Old", status=Status.ARCHIVED, sizes=(7,))

    text = shown()

    said = words_of(text)
    assert said.index("Live segments") < said.index("Paying") < said.index("Drafts")
    assert said.index("Drafts") < said.index("Idea") < said.index("Archived") < said.index("Old")
    paying = row(text, "Paying")
    assert "MB Mia Braun 1,250 23 Nov 2026, 06:00 UTC On time every 1 hour" in paying.replace(
        "every hour", "every 1 hour"
    )
    assert "not known yet" in row(text, "Idea")
    assert "No owner" in row(text, "Idea")
    assert "7 23 Nov 2026, 06:00 UTC not refreshed any more" in row(text, "Old")
    assert "3 segments" in said
    assert "no number older than 23 Nov 2026, 06:00 UTC" in said


def test_what_waits_are_reviews_and_drafts(shown: Any, growth: Team) -> None:
    mia = seat(growth, "Mia Braun", Role.EDITOR)
    User.objects.filter(pk=mia.pk).update(email="mia@fieldnote.example")
    review = {"every": "90 days", "reviewer": "Mia@fieldnote.example"}
    for key, days in (("late", 100), ("soon", 80), ("far", 10)):
        with time_machine.travel(NOW - timedelta(days=days), tick=False):
            far = make_segment(key, name=key.title(), review=review)
    draft = Draft.objects.create(segment=far, document={}, base="x", base_number=3, created_by=mia)
    Draft.objects.filter(pk=draft.pk).update(updated_at=NOW)

    text = shown()

    said = words_of(text)
    waiting = said[said.index("What waits") : said.index("Live segments")]
    assert waiting.index("Review overdue Late since 13 Nov 2026, every 90 days, by Mia Braun") < (
        waiting.index("Review due Soon on 3 Dec 2026, every 90 days, by Mia Braun")
    )
    assert "Draft waits Far d4 saved by Mia Braun on 23 Nov 2026, 06:00 UTC" in waiting
    assert waiting.count("Far") == 1
    assert 'href="/segments/far/diff/3..draft/"' in text


def test_a_team_with_nothing_says_so(shown: Any, growth: Team) -> None:
    said = words_of(shown())
    assert "No review is due within 30 days, and no draft waits to be published." in said
    assert "Nothing of this team is live." in said
    assert "Nobody has a seat in this team yet." in said
    assert "It has no admin: site admins give its seats." in said


def test_keys_and_the_way_to_the_admin_are_for_admins_of_the_team(
    client: Client, shown: Any, growth: Team
) -> None:
    for number, fields in enumerate(
        ({}, {}, {"revoked_at": NOW}, {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)})
    ):
        ApiKey.objects.create(team=growth, name=f"k{number}", prefix=f"p{number}", **fields)
    sales = Team.objects.create(slug="sales", name="Sales")
    people = {
        "viewer": seat(growth, "Vera Zorn", Role.VIEWER),
        "editor": seat(growth, "Jonas Keller", Role.EDITOR),
        "admin": seat(growth, "Mia Braun", Role.ADMIN),
        "admin elsewhere": seat(sales, "Lena Vogt", Role.ADMIN),
        "site admin": User.objects.create_superuser("root"),
    }

    seen = {}
    for who, user in people.items():
        client.force_login(user)
        text = shown()
        seen[who] = (
            "2 keys work, 2 were revoked or have expired." in words_of(text),
            f'href="/admin/catalogue/team/{growth.pk}/change/"' in text,
            "New segment" in text,
        )

    assert seen == {
        "viewer": (False, False, False),
        "editor": (False, False, True),
        "admin": (True, True, True),
        "admin elsewhere": (False, False, False),
        "site admin": (True, True, True),
    }


def test_the_latest_changes_are_those_of_the_team_that_may_be_read(
    client: Client, shown: Any, growth: Team
) -> None:
    paying = make_segment("paying", name="Paying")
    common: dict[str, Any] = {"actor": "Mia Braun", "via": "web", "object_key": "x"}
    Change.objects.create(
        kind="segment.archived", object_type="segment", segment=paying, team=growth, **common
    )
    Change.objects.create(
        kind="key.revoked", object_type="key", team=growth, details={"name": "Pull"}, **common
    )
    sales = Team.objects.create(slug="sales", name="Sales")
    deals = make_segment("deals", name="Deals", team=sales)
    Change.objects.create(
        kind="segment.archived", object_type="segment", segment=deals, team=sales, **common
    )

    said = words_of(shown())
    assert "Mia Braun archived “Paying”" in said
    assert "Deals" not in said
    assert "Pull" not in said
    client.force_login(seat(growth, "Mia Braun", Role.ADMIN))
    assert "Mia Braun revoked the key “Pull”" in words_of(shown())
    assert 'href="/changes/?team=growth"' in shown()


def test_a_team_that_is_not_there_is_404_with_the_nearest(
    client: Client, shown: Any, growth: Team
) -> None:
    answer = client.get("/teams/grwth/")
    assert answer.status_code == 404
    assert "There is no team “grwth”. Did you mean “growth”?" in answer.text
    assert 'href="/teams/growth/"' in answer.text


def test_teams_need_a_login(client: Client, growth: Team) -> None:
    for path in ("/teams/", "/teams/growth/"):
        assert client.get(path)["Location"] == f"/login/?next={path}"


@pytest.mark.parametrize("path", ["/teams/", "/teams/growth/"])
def test_more_of_everything_does_not_take_more_queries(
    client: Client, shown: Any, growth: Team, path: str
) -> None:
    client.force_login(User.objects.create_superuser("root"))

    def add(count: int, start: int = 0) -> None:
        for number in range(start, start + count):
            segment = make_segment(f"s{number}", sizes=(1, 2), review={"every": "1 day"})
            Draft.objects.create(segment=segment, document={}, base="x", base_number=1)
            seat(growth, f"M{number} B", Role.EDITOR)
            ApiKey.objects.create(team=growth, name="k", prefix=f"p{number}")
            Team.objects.create(slug=f"t{number}", name=f"T{number}")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(path)
        return len(queries)

    add(2)
    few = count()
    add(10, start=2)

    assert count() == few <= 25
