from __future__ import annotations

import pytest
from django.test import Client

from tests.catalogue.web.workspace import make_user

pytestmark = pytest.mark.django_db


def test_without_a_choice_pages_follow_the_system(client: Client) -> None:
    page = client.get("/").text

    assert '<html lang="en">' in page
    assert '<meta name="color-scheme" content="light dark">' in page


def test_a_choice_is_kept_with_the_login_and_comes_back_to_where_it_was_made(
    client: Client,
) -> None:
    mia = make_user()
    client.force_login(mia)

    answer = client.post("/theme/", {"theme": "dark", "next": "/segments/?q=a"})

    assert answer.headers["Location"] == "/segments/?q=a"
    mia.refresh_from_db()
    assert mia.theme == "dark"
    # Another browser, the same login.
    other = Client()
    other.force_login(mia)
    assert '<html lang="en" data-theme="dark">' in other.get("/segments/").text


def test_a_stranger_may_choose_too(client: Client) -> None:
    client.post("/theme/", {"theme": "light"})

    assert 'data-theme="light"' in client.get("/login/").text


def test_the_choice_can_be_taken_back(client: Client) -> None:
    client.post("/theme/", {"theme": "light"})
    client.post("/theme/", {"theme": ""})

    assert "data-theme" not in client.get("/login/").text


@pytest.mark.parametrize(
    "place", ["https://elsewhere.example/", "//elsewhere.example", "javascript:x"]
)
def test_it_leads_nowhere_else(client: Client, place: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": place}).headers["Location"] == "/"


def test_other_themes_are_refused_and_nothing_kept(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "pink"})

    assert answer.status_code == 400
    assert "theme" not in client.cookies


def test_a_cookie_that_names_no_theme_is_no_theme(client: Client) -> None:
    client.cookies["theme"] = '"><script>'

    assert "data-theme" not in client.get("/login/").text
