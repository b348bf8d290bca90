"""The admin in a real browser: the theme's script works under our policy, which allows no eval and
nothing inline; without a script, forms still do what they are for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Segment, User
from integrations.models import Destination
from tests.catalogue.admin.ground import add_list, change_page
from tests.catalogue.web.writing import live

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # The browser's driver runs a loop of its own in this thread, which Django takes for async.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}


@pytest.fixture
def pros() -> Segment:
    """A segment in a tool."""
    segment = live("pros", goal={"event": "purchase", "within": "14 days"})
    add_list(segment, Destination.objects.create(key="drop", connector="files"))
    return segment


@pytest.fixture
def cookies(live_server: LiveServer) -> list[Any]:
    """Those of a site admin."""
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@fieldnote.example", "secret"))
    session = client.cookies["sessionid"].value
    return [{"name": "sessionid", "value": session, "url": live_server.url}]


@pytest.fixture
def faults(page: Page, cookies: list[Any]) -> list[str]:
    """What the browser complains about: refused content, missing files, errors."""
    page.context.add_cookies(cookies)
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("requestfailed", lambda request: found.append(request.url))
    return found


@pytest.fixture
def without_script(
    browser: Browser, cookies: list[Any], live_server: LiveServer
) -> Iterator[BrowserContext]:
    """A browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)
    yield context
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_fit_their_window_and_break_no_policy(
    pros: Segment, page: Page, faults: list[str], live_server: LiveServer, width: int, scheme: Any
) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    tool = Destination.objects.get()
    for address in (
        "/admin/",
        "/admin/catalogue/segment/",
        change_page(pros),
        change_page(tool),
        "/admin/catalogue/apikey/add/",
        "/admin/catalogue/user/1/change/",
        f"/admin/catalogue/segment/{pros.pk}/history/",
        f"/admin/catalogue/segment/{pros.pk}/archive/ask/",
        "/admin/integrations/syncrun/",
    ):
        page.goto(live_server.url + address)
        page.wait_for_load_state("networkidle")
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), address
        is_dark = page.evaluate(f"{root}.classList.contains('dark')")
        assert is_dark == (scheme == "dark"), address
    assert faults == []


def test_tabs_are_walked_with_the_keyboard_and_remembered_in_the_address(
    pros: Segment, page: Page, faults: list[str], live_server: LiveServer
) -> None:
    page.goto(live_server.url + change_page(pros))
    page.get_by_role("tab", name="Story").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Definition").get_attribute("aria-selected") == "true"
    assert page.locator("#story").is_hidden()
    page.get_by_role("tab", name="Review").click()
    page.reload()
    assert page.locator("#review").is_visible()
    assert page.locator("#definition").is_hidden()
    assert faults == []


def test_the_builder_draws_rows_without_storing_anything(
    pros: Segment, page: Page, faults: list[str], live_server: LiveServer
) -> None:
    page.goto(live_server.url + change_page(pros) + "#definition")
    page.get_by_role("button", name="YAML").click()
    page.wait_for_selector("textarea.yaml")
    assert "plan" in page.input_value("textarea.yaml")
    page.get_by_role("button", name="Builder").click()
    page.get_by_role("button", name="Has done", exact=True).click()
    page.wait_for_selector(".rule >> nth=1")
    assert page.locator("#definition").is_visible()
    assert Segment.objects.get().definition.number == 1


def test_the_side_bar_and_the_menu_open_and_close(
    pros: Segment, page: Page, faults: list[str], live_server: LiveServer
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_server.url + "/admin/")
    menu = page.get_by_role("button", name="Log out")
    assert menu.is_hidden()
    page.get_by_text("root@fieldnote.example").click()
    menu.wait_for(state="visible")
    page.get_by_role("button", name="Dark", exact=True).click()
    page.wait_for_load_state("networkidle")
    assert User.objects.get().theme == "dark"
    assert page.evaluate("document.documentElement.classList.contains('dark')")
    page.get_by_text("dock_to_right").first.click()
    page.get_by_text("Membership versions").wait_for(state="hidden")
    page.reload()
    assert page.get_by_text("Membership versions").is_hidden()
    assert faults == []


def test_a_list_is_narrowed_and_acted_on(
    pros: Segment, page: Page, faults: list[str], live_server: LiveServer
) -> None:
    page.goto(live_server.url + "/admin/catalogue/segment/")
    page.get_by_role("button", name="Filters").press("Enter")
    page.get_by_role("link", name="Live (1)").click()
    page.wait_for_url("**status__exact=live")
    page.locator("input.action-select").check()
    page.locator("select[name=action]").select_option("archive")
    page.get_by_role("button", name="Run").click()
    page.get_by_role("heading", name="Archive Pros").wait_for()
    assert faults == []


def test_without_a_script_a_segment_is_still_written(
    pros: Segment, without_script: BrowserContext, live_server: LiveServer
) -> None:
    page = without_script.new_page()
    page.goto(live_server.url + change_page(pros))
    page.get_by_label("Why do we treat these people differently?").fill("They pay more.")
    assert page.locator("#review").is_visible()

    page.get_by_role("button", name="Save draft").click()

    page.get_by_text("stays until you publish").wait_for()
    assert Segment.objects.get().draft.document["why"] == "They pay more."
