"""What the one script adds to pages, in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from catalogue.models import MessageGuide, RefreshRun, RunState, Segment
from tests.catalogue.web.workspace import NOW, add_membership, make_segment, make_user

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # The browser's driver runs a loop of its own in this thread, which Django takes for async.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}


@pytest.fixture
def at(page: Page, live_server: LiveServer) -> Iterator[Any]:
    """Go to an address as Ada, a site admin; fails when the browser complains about the page."""
    ada = make_user("ada", first_name="Ada", last_name="Admin", is_superuser=True)
    client = Client()
    client.force_login(ada)
    session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    page.context.add_cookies([{**session, "url": live_server.url}])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    refused = re.compile("Content Security Policy|Refused to")
    page.on("console", lambda line: errors.append(line.text) if refused.search(line.text) else None)

    def go(path: str) -> Page:
        page.goto(f"{live_server.url}{path}")
        return page

    yield go
    assert errors == []


def test_a_slash_puts_the_cursor_into_the_search_unless_somebody_types(at: Any) -> None:
    make_segment("paying")
    page: Page = at("/segments/paying/")

    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search segments")
    expect(search).to_be_focused()

    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")


def test_the_key_can_be_switched_off(at: Any) -> None:
    page: Page = at("/segments/")
    page.locator("details.you summary").click()
    page.get_by_role("checkbox", name="The key / goes to the search").uncheck()
    page.keyboard.press("Escape")

    page = at("/segments/")
    page.keyboard.press("/")

    expect(page.get_by_role("searchbox", name="Search segments").first).not_to_be_focused()


def test_filters_narrow_in_place_and_keep_the_focus_and_the_address(at: Any) -> None:
    make_segment("paying", name="Paying customers", models_used=["usage"])
    make_segment("other", name="Others", models_used=["demographic"])
    page: Page = at("/segments/")
    page.evaluate("window.same_page = true")

    box = page.get_by_role("checkbox", name=re.compile("Usage"))
    box.check()

    expect(page.get_by_role("link", name="Others")).to_have_count(0)
    expect(page.get_by_role("link", name="Paying customers")).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("Usage"))).to_be_focused()
    assert page.url.endswith("/segments/?ordering=name&model=usage")
    assert page.evaluate("window.same_page")
    expect(page.locator("#said")).to_have_text("1 of 2 segments")

    page.go_back()
    expect(page.get_by_role("link", name="Others")).to_be_visible()


def test_typing_searches_without_losing_a_letter(at: Any) -> None:
    make_segment("paying", name="Paying customers")
    make_segment("other", name="Others")
    page: Page = at("/segments/")

    page.locator("#q").press_sequentially("paying", delay=30)

    expect(page.get_by_role("link", name="Others")).to_have_count(0)
    expect(page.locator("#q")).to_have_value("paying")
    expect(page.locator("#q")).to_be_focused()


def test_a_running_refresh_is_followed_until_its_number_stands_there(at: Any) -> None:
    segment = make_segment("paying", sizes=(20, 25))
    run = RefreshRun.objects.create(keys=["paying"], state=RunState.RUNNING, progress_total=4)
    page: Page = at("/segments/paying/")
    many = page.locator("#how-many")
    expect(many.get_by_role("progressbar")).to_be_visible()
    expect(many.locator(".fig b")).to_have_text("25")

    newest = add_membership(segment, number=3, size=31, now=NOW)
    Segment.objects.filter(pk=segment.pk).update(membership=newest)
    RefreshRun.objects.filter(pk=run.pk).update(state=RunState.SUCCEEDED)

    expect(many.locator(".fig b")).to_have_text("31", timeout=8_000)
    expect(many.get_by_role("progressbar")).to_have_count(0)
    expect(page.get_by_role("button", name="Refresh now")).to_be_visible()


def test_a_page_that_nobody_sees_asks_nothing(at: Any) -> None:
    make_segment("paying", sizes=(25,))
    RefreshRun.objects.create(keys=["paying"], state=RunState.RUNNING)
    page: Page = at("/segments/paying/")
    asked: list[str] = []
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(request.url))

    hide = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => %s})"
    page.evaluate(hide % "true")
    page.wait_for_timeout(3_000)
    assert asked == []

    page.evaluate(hide % "false")
    page.wait_for_timeout(3_000)
    assert any(url.endswith("/segments/paying/size/") for url in asked)


def test_what_could_not_be_replaced_is_said_and_stays(at: Any, live_server: LiveServer) -> None:
    make_segment("paying", name="Paying customers")
    page: Page = at("/segments/")
    page.route("**/segments/?*", lambda route: route.fulfill(status=500, body="<p>boom"))

    page.locator("#q").press_sequentially("x")

    expect(page.get_by_role("alert").first).to_contain_text("What you see still holds")
    expect(page.get_by_role("link", name="Paying customers")).to_be_visible()


def test_a_sentence_of_the_server_is_quoted(at: Any) -> None:
    make_segment("paying")
    page: Page = at("/segments/")
    body = '<p data-problem="">Only <b>editors</b> may.</p>'
    page.route("**/segments/?*", lambda route: route.fulfill(status=403, body=body))

    page.locator("#q").press_sequentially("x")

    expect(page.locator("#problem")).to_have_text("Only editors may.")


def test_a_message_is_copied_and_said(at: Any) -> None:
    segment = make_segment("paying")
    MessageGuide.objects.create(segment=segment, function="sales", text="Ten minutes with me?")
    page: Page = at("/segments/paying/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.get_by_role("button", name="Copy Sales").click()

    expect(page.locator("#said")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "Ten minutes with me?"


def test_a_dialog_opens_over_the_page_and_gives_the_focus_back(at: Any) -> None:
    page: Page = at("/styleguide/")
    opener = page.get_by_role("link", name="Archive segment…")

    opener.click()
    dialog = page.get_by_role("dialog", name=re.compile("Archive “Trial ending"))
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    opener.click()
    dialog.get_by_role("link", name="Keep it").click()
    expect(dialog).to_be_hidden()


def test_menus_close_on_escape_and_beside_them(at: Any) -> None:
    page: Page = at("/segments/")
    menu = page.locator("details.you")
    sign_out = page.get_by_role("button", name="Sign out")

    menu.locator("summary").click()
    expect(sign_out).to_be_visible()
    page.keyboard.press("Escape")
    expect(sign_out).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()

    menu.locator("summary").click()
    page.locator("h1").click()
    expect(sign_out).to_be_hidden()


def test_the_theme_is_chosen_in_the_menu(at: Any) -> None:
    page: Page = at("/segments/")
    page.locator("details.you summary").click()

    page.get_by_role("button", name="Dark").click()

    page.wait_for_url("**/segments/")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(14, 20, 21)"


def test_signed_out_meanwhile_the_whole_page_asks_for_a_login(at: Any) -> None:
    make_segment("paying")
    page: Page = at("/segments/")
    page.context.clear_cookies()

    page.locator("#q").press_sequentially("x")

    page.wait_for_url("**/login/?next=**")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
