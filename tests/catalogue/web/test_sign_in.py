import pytest
from django.test import Client
from django.urls import get_resolver

from tests.catalogue.web.workspace import make_user

OPEN = {"", "livez", "readyz", "login/", "theme/", "api/v1/schema/"}

pytestmark = pytest.mark.django_db


def routes() -> list[str]:
    return [str(pattern) for pattern, *_ in _walk(get_resolver().url_patterns, "")]


def _walk(patterns: list[object], prefix: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for pattern in patterns:
        path = prefix + str(getattr(pattern, "pattern", ""))
        below = getattr(pattern, "url_patterns", None)
        found += _walk(below, path) if below is not None else [(path, pattern)]
    return found


def test_everything_but_the_front_door_and_the_probes_asks_for_a_login(client: Client) -> None:
    # Addresses with a name in them are walked with the rights, one by one (tests/rights).
    named = (route.replace("<str:key>", "paying") for route in routes())
    closed = [route for route in named if route not in OPEN and not set("<^") & set(route)]
    assert {"segments/", "segments/paying/"} <= set(closed)

    for route in closed:
        path = "/" + route
        answer = client.get(path)
        assert answer.status_code in (302, 401, 403), path
        if answer.status_code == 302:
            # The admin asks for a login at an address of its own, which leads on to ours.
            there = client.get(answer.headers["Location"], follow=True)
            assert there.request["PATH_INFO"] == "/login/"
            assert there.request["QUERY_STRING"].startswith("next=")


def test_the_front_door_says_what_this_is_and_where_to_sign_in(client: Client) -> None:
    page = client.get("/")

    assert page.status_code == 200
    assert "Segment Catalogue" in page.text
    assert 'href="/login/?next=/segments/"' in page.text


def test_segments_lead_a_stranger_to_the_login_page_and_back(client: Client) -> None:
    make_user("mia", email="mia@fieldnote.example")

    login = client.get("/segments/", follow=True)
    assert login.status_code == 200
    assert 'name="password"' in login.text

    answer = client.post(
        "/login/",
        {"username": "Mia@fieldnote.example", "password": "correct horse", "next": "/segments/"},
    )
    assert answer.headers["Location"] == "/segments/"
    assert client.get("/segments/").status_code == 200


def test_a_wrong_password_is_said_in_a_sentence(client: Client) -> None:
    make_user("mia")

    page = client.post("/login/", {"username": "mia", "password": "wrong"})

    assert "do not belong together" in page.text
    assert "_auth_user_id" not in client.session


def test_a_part_of_a_page_asked_for_after_signing_out_leads_to_the_login_page(
    client: Client,
) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/segments/?q=a"}

    answer = client.get("/segments/?q=ab", headers=asked, follow=True)

    assert answer.headers["HX-Redirect"] == "/login/?next=%2Fsegments%2F%3Fq%3Da"
    assert answer.text == ""


def test_signing_out_ends_the_visit(client: Client) -> None:
    client.force_login(make_user())

    client.post("/logout/")

    assert client.get("/segments/").status_code == 302


def test_every_answer_forbids_foreign_content(client: Client) -> None:
    for path in ("/", "/login/", "/livez", "/nowhere/"):
        assert client.get(path).headers["Content-Security-Policy"].startswith("default-src 'self'")
