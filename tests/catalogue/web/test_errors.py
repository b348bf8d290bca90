"""What somebody reads when there is no answer."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.functional import SimpleLazyObject

from catalogue.models import Change, Role, Status, Team, TeamMember, User
from catalogue.web.views.errors import server_error
from config import urls
from tests.catalogue.web.reading import HTMX, words_of
from tests.catalogue.web.vocabulary import make_event, make_trait
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("the secret inside")


@login_not_required
def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("the secret inside")


@login_not_required
def bad(request: HttpRequest) -> HttpResponse:
    raise BadRequest("Say up to when.")


@login_not_required
def denied(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


@login_not_required
def fine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


@pytest.fixture(autouse=True)
def more_routes(settings: Any) -> None:
    """The routes of the house, and some that fail."""
    failing = [broken, suspicious, bad, denied, fine]
    routes = ModuleType("routes_that_fail")
    routes.__dict__.update({name: found for name, found in vars(urls).items() if "handler" in name})
    routes.__dict__["urlpatterns"] = [
        *(path(f"{view.__name__}/", view) for view in failing),
        *urls.urlpatterns,
    ]
    settings.ROOT_URLCONF = routes


@pytest.fixture
def nora(client: Client) -> User:
    user = make_user("nora", first_name="Nora", last_name="Lind")
    client.force_login(user)
    return user


def problem_of(answer: Any) -> str:
    """The sentence that a page would show of an answer to HTMX."""
    found = re.search(r"<(\w+)[^>]* ?data-problem[^>]*>(.*?)</\1>", answer.text, re.DOTALL)
    assert found is not None
    return words_of(found[2])


# 404


def test_an_address_that_leads_nowhere_offers_what_is_called_nearly_so(
    client: Client, nora: User
) -> None:
    make_segment("trial-ending", name="Trial ending, not engaged")
    make_segment("champions", name="Champions gone quiet")
    make_trait("subscription_status")
    make_event("order_paid")
    Team.objects.create(slug="sales", name="Sales")

    for wrong, right in {
        "/segments/trial-endng/": "/segments/trial-ending/",
        "/segments/champions-gone-quite/": "/segments/champions/",
        "/segments/trial-ending/peopel/": "/segments/trial-ending/",
        "/dictionary/traits/subscription-status/": "/dictionary/traits/subscription_status/",
        "/dictionary/events/order_payed/": "/dictionary/events/order_paid/",
        "/teams/saless/": "/teams/sales/",
        "/segmnets/": "/segments/",
        "/dictonary/": "/dictionary/",
    }.items():
        answer = client.get(wrong)
        assert answer.status_code == 404, wrong
        near = answer.text[answer.text.index("Called nearly so") :]
        assert f'href="{right}"' in near, wrong
        assert "champions" not in near or "champions" in wrong, wrong


def test_it_offers_a_search_with_the_words_of_the_address(client: Client, nora: User) -> None:
    answer = client.get("/segments/people-who-pay/")
    assert answer.status_code == 404
    assert "There is no segment “people-who-pay”." in words_of(answer.text)
    assert re.search(r'id="search-here" name="q" value="people who pay"', answer.text)
    assert "Called nearly so" not in answer.text


def test_a_segment_that_is_not_there_for_somebody_is_answered_like_none(
    client: Client, nora: User
) -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    make_segment("secret-ones", status=Status.DRAFT, is_private=True, team=sales, name="Hidden")
    make_segment("secret-two", name="Secret two")
    for wrong in ("/segments/secret-ones/", "/segments/secret-onez/"):
        answer = client.get(wrong)
        assert answer.status_code == 404
        assert "Hidden" not in answer.text
        assert 'href="/segments/secret-ones/"' not in answer.text
        assert 'href="/segments/secret-two/"' in answer.text


def test_strangers_are_told_nothing_of_what_there_is(client: Client) -> None:
    make_segment("trial-ending")
    answer = client.get("/trial-endin/")
    assert answer.status_code == 404
    assert "trial-ending" not in answer.text
    assert "Called nearly so" not in answer.text
    assert client.get("/segmnets/").text.count("Segments</a>") == 0


def test_words_of_an_address_are_shown_as_written_never_run(client: Client, nora: User) -> None:
    answer = client.get("/segments/%3Cscript%3Ealert(1)%3C%2Fscript%3E/")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


# 403


def test_what_somebody_may_not_do_is_said_with_who_can_give_access(
    client: Client, nora: User
) -> None:
    growth = Team.objects.create(slug="growth", name="Growth")
    sales = Team.objects.create(slug="sales", name="Sales")
    TeamMember.objects.create(team=sales, user=nora, role=Role.ADMIN)
    for name, role, active in (
        ("Mia Braun", Role.ADMIN, True),
        ("Jonas Keller", Role.EDITOR, True),
        ("Gone Away", Role.ADMIN, False),
    ):
        first, last = name.split()
        user = make_user(first.lower(), first_name=first, last_name=last, is_active=active)
        TeamMember.objects.create(team=growth, user=user, role=role)
    User.objects.create_superuser("root", first_name="Ada", last_name="Admin")
    make_segment("paying", name="Paying", team=growth)

    answer = client.get("/segments/paying/edit/")

    assert answer.status_code == 403
    said = words_of(answer.text)
    assert "You may read “Paying” but not change it." in said
    who = said[said.index("Who can give access") :]
    assert "Mia Braun Growth · team admin" in who
    assert "Ada Admin site admin" in who
    for name in ("Jonas Keller", "Gone Away", "Nora Lind"):
        assert name not in who


def test_where_no_team_is_meant_the_admins_of_ones_own_teams_are_named(
    client: Client, nora: User
) -> None:
    growth = Team.objects.create(slug="growth", name="Growth")
    TeamMember.objects.create(team=growth, user=nora, role=Role.VIEWER)
    mia = make_user("mia", first_name="Mia", last_name="Braun")
    TeamMember.objects.create(team=growth, user=mia, role=Role.ADMIN)

    answer = client.get("/denied/")

    assert answer.status_code == 403
    said = words_of(answer.text)
    assert "This is not yours to see or do. Ask an admin of your team." in said
    assert "Mia Braun Growth · team admin" in said


def test_a_stranger_who_is_refused_is_named_nobody(client: Client) -> None:
    User.objects.create_superuser("root", first_name="Ada")
    answer = client.get("/denied/")
    assert answer.status_code == 403
    assert "Ada" not in answer.text


# 410


def test_what_an_archived_segment_is_asked_to_do_is_gone_with_why_and_what_instead(
    client: Client, nora: User
) -> None:
    old = make_segment("old", name="Old ones", status=Status.ARCHIVED)
    make_segment("new", name="New ones")
    change = Change.objects.create(
        kind="segment.archived",
        object_type="segment",
        object_key="old",
        segment=old,
        actor="Mia Braun",
        via="web",
        message="Nobody uses it.",
        details={"replacement": "new"},
    )
    Change.objects.filter(pk=change.pk).update(at=NOW)

    answer = client.get("/segments/old/edit/")

    assert answer.status_code == 410
    said = words_of(answer.text)
    assert "“Old ones” is archived" in said
    assert "Archived by Mia Braun on 23 Nov 2026, 06:00 UTC. “Nobody uses it.”" in said
    assert 'href="/segments/new/"' in answer.text
    assert 'href="/segments/old/history/"' in answer.text
    assert "“New ones” is used instead" in problem_of(answer)


def test_an_archived_segment_stays_readable_under_a_banner(client: Client, nora: User) -> None:
    old = make_segment("old", name="Old ones", status=Status.ARCHIVED, sizes=(7,))
    sales = Team.objects.create(slug="sales", name="Sales")
    make_segment("hid", name="Hid ones", status=Status.DRAFT, is_private=True, team=sales)
    change = Change.objects.create(
        kind="segment.archived",
        object_type="segment",
        object_key="old",
        segment=old,
        actor="Mia Braun",
        via="web",
        message="Nobody uses it.",
        details={"replacement": "hid"},
    )
    Change.objects.filter(pk=change.pk).update(at=NOW + timedelta(minutes=2))

    for page in ("", "definition/", "history/"):
        answer = client.get(f"/segments/old/{page}")
        assert answer.status_code == 200, page
        said = words_of(answer.text)
        assert "This segment is archived, by Mia Braun on 23 Nov 2026, 06:02 UTC." in said, page
        assert "“Nobody uses it.”" in said
        assert "Hid ones" not in said


# 400 and stale forms


def test_what_we_ask_for_is_said_and_what_others_found_is_not(client: Client, nora: User) -> None:
    answer = client.get("/bad/")
    assert answer.status_code == 400
    assert "Say up to when." in words_of(answer.text)
    answer = client.get("/suspicious/")
    assert answer.status_code == 400
    assert "Nothing was changed" in words_of(answer.text)
    assert "the secret inside" not in answer.text


def test_too_many_fields_are_refused_with_a_sentence(client: Client, nora: User) -> None:
    answer = client.post("/changes/seen/", {f"f{number}": "x" for number in range(1_001)})
    assert answer.status_code == 400
    assert "could not be read: it was too large" in words_of(answer.text)


def test_a_host_that_is_not_ours_is_refused_without_a_failure(client: Client) -> None:
    answer = client.get("/", headers={"host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "could not be read" in words_of(answer.text)


@pytest.fixture
def strict() -> Client:
    """A browser whose forms are checked."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("tom"))
    return client


def test_a_stale_form_says_what_to_do_and_leads_back(strict: Client) -> None:
    strict.get("/changes/")
    strict.cookies["csrftoken"] = "x" * 32
    answer = strict.post(
        "/fine/",
        {"csrfmiddlewaretoken": "y" * 32},
        headers={"referer": "http://testserver/changes/?team=sales"},
    )
    assert answer.status_code == 403
    said = words_of(answer.text)
    assert "Your form was not taken, and nothing was changed" in said
    assert "Load it again and send the form once more" in said
    assert 'href="http://testserver/changes/?team=sales"' in answer.text


def test_a_browser_without_cookies_is_told_so_and_led_to_no_foreign_page(strict: Client) -> None:
    answer = strict.post("/fine/", headers={"referer": "https://elsewhere.example/"})
    assert answer.status_code == 403
    assert "Allow cookies for this site" in words_of(answer.text)
    assert "elsewhere.example" not in answer.text


# 500


@pytest.fixture
def forgiving() -> Client:
    return Client(raise_request_exception=False)


def test_a_failure_names_an_incident_that_the_log_names_too(
    forgiving: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = forgiving.get("/broken/?token=1")

    assert answer.status_code == 500
    incident = re.search(r"incident ([0-9a-f]{8})", words_of(answer.text))
    assert incident is not None
    assert "the secret inside" not in answer.text
    (record,) = [one for one in caplog.records if incident[1] in one.getMessage()]
    assert record.getMessage() == f"incident {incident[1]}: GET /broken/"
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "the secret inside"


def test_every_failure_is_an_incident_of_its_own(forgiving: Client) -> None:
    found = {re.search(r"incident (\w{8})", forgiving.get("/broken/").text)[1] for _ in range(3)}  # type: ignore[index]
    assert len(found) == 3


def refuse(*_: Any) -> Any:
    raise OSError("the disk is gone")


def test_the_page_about_a_failure_asks_nothing_of_the_database(rf: RequestFactory) -> None:
    request = rf.get("/broken/")
    request.user = SimpleLazyObject(lambda: User.objects.get())  # type: ignore[assignment]
    with connection.execute_wrapper(refuse):
        answer = server_error(request)
    assert answer.status_code == 500
    assert "incident" in words_of(answer.content.decode())


def test_a_database_that_does_not_answer_is_an_incident_too(forgiving: Client) -> None:
    forgiving.force_login(make_user("tom"))
    with connection.execute_wrapper(refuse):
        answer = forgiving.get("/segments/")

    assert answer.status_code == 500
    assert "incident" in words_of(answer.text)
    assert "the disk is gone" not in answer.text


def test_it_keeps_the_look_and_the_policy(forgiving: Client) -> None:
    forgiving.cookies["theme"] = "dark"
    answer = forgiving.get("/broken/")
    assert 'data-theme="dark"' in answer.text
    assert 'href="/static/catalogue/tokens.css"' in answer.text
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    forgiving.cookies["theme"] = '"><script>'
    assert "<script>" not in forgiving.get("/broken/").text


# HTMX


def test_htmx_is_answered_with_one_sentence_for_the_line_of_problems(
    client: Client, nora: User, forgiving: Client, strict: Client
) -> None:
    make_segment("paying", name="Paying")
    answers = {
        client.get("/segments/payin/", headers=HTMX): (404, "Did you mean “paying”?"),
        client.get("/segments/paying/edit/", headers=HTMX): (403, "but not change it"),
        client.get("/bad/", headers=HTMX): (400, "Say up to when."),
        strict.post("/fine/", headers=HTMX): (403, "nothing was changed"),
        forgiving.get("/broken/", headers=HTMX): (500, "Tell an admin the incident"),
    }
    for answer, (status, words) in answers.items():
        assert answer.status_code == status
        assert words in problem_of(answer)
        assert "<html" not in answer.text
        assert len(answer.text) < 500


def test_a_page_of_the_past_is_given_whole(client: Client, nora: User) -> None:
    answer = client.get("/nowhere/", headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert answer.status_code == 404
    assert "<html" in answer.text
