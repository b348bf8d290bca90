from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from catalogue.models import Photo, Role, Team, TeamMember
from tests.catalogue.web.workspace import make_segment, make_user

pytestmark = pytest.mark.django_db


def test_the_place_one_is_at_is_marked(client: Client) -> None:
    client.force_login(make_user())
    make_segment("paying")

    exact = client.get("/segments/").text
    below = client.get("/segments/paying/").text

    assert '<a href="/segments/" aria-current="page">Segments</a>' in exact
    assert '<a href="/segments/" aria-current="true">Segments</a>' in below
    assert len(re.findall(r"<nav[^>]*>.*?aria-current.*?</nav>", exact, re.DOTALL)) >= 1


def test_every_place_of_the_top_bar_is_there(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))
    page = client.get("/segments/").text

    places = re.findall(r'<nav class="nav wide".*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r">([A-Z][a-z]+)</a>", places) == [
        *("Segments", "Ideas", "Experiments", "Metrics", "Playbooks", "Research", "Tools"),
        *("Reviews", "Customers", "Runs", "Dictionary", "Changes", "Teams"),
    ]
    more = re.findall(r'<details class="menu more-places".*?</details>', page, re.DOTALL)[0]
    assert re.findall(r">([A-Z][a-z]+)</a>", more)[0] == "Customers"


def test_a_place_behind_more_marks_it_as_where_one_is(client: Client) -> None:
    client.force_login(make_user(is_superuser=True))

    assert '<summary class="here">More' in client.get("/teams/").text
    assert '<summary class="here">More' not in client.get("/segments/").text


def test_the_menu_says_who_is_signed_in_and_what_they_may(client: Client) -> None:
    team = Team.objects.create(slug="growth", name="Growth")
    mia = make_user("mia", first_name="Mia", last_name="Braun", email="mia@x.example")
    TeamMember.objects.create(team=team, user=mia, role=Role.EDITOR)
    client.force_login(mia)

    page = client.get("/segments/").text

    assert "Editor in Growth" in page
    assert "mia@x.example" in page
    assert "/admin/" not in page


def test_staff_are_led_to_the_admin(client: Client) -> None:
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get("/segments/").text

    assert 'href="/admin/"' in page
    assert "Site admin" in page


def test_the_footer_says_how_old_the_data_is_and_which_version_runs(client: Client) -> None:
    client.force_login(make_user())
    assert "No data has been loaded yet" in client.get("/segments/").text

    Photo.objects.create(customers=b"", accounts=b"")
    page = client.get("/segments/").text

    assert "Data as of <time" in page
    assert f"Segment Catalogue {settings.VERSION}" in page


def test_a_stranger_sees_no_facts_of_the_house(client: Client) -> None:
    Photo.objects.create(customers=b"", accounts=b"")
    Team.objects.create(slug="secret-team", name="Secret team")

    for path in ("/", "/login/"):
        page = client.get(path).text
        assert "Data as of" not in page
        assert "Secret team" not in page
        assert 'class="nav' not in page


def test_the_script_may_neither_evaluate_nor_leave_the_house(client: Client) -> None:
    page = client.get("/login/").text

    (config,) = re.findall(r"name=\"htmx-config\" content='([^']*)'", page)
    for part in ('"allowEval": false', '"selfRequestsOnly": true', '"historyCacheSize": 0'):
        assert part in config
    assert '"includeIndicatorStyles": false' in config
    for source in re.findall(r"<script src=\"([^\"]*)\"", page):
        assert source.startswith("/static/")
