"""The form of a segment in a real browser: by keyboard, while answers are slow, without a fault."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from catalogue.models import Draft
from tests.catalogue.segments.ground import live_segment, seat, team

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]
TWO = {"all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]}


@pytest.fixture
def form(page: Page, live_server: LiveServer, faults: list[str]) -> Page:
    """An editor with the form of a segment of two conditions open, and counted."""
    team()
    live_segment(definition=TWO)
    seat("edna")
    page.goto(f"{live_server.url}/segments/pros/edit/")
    page.get_by_label("E-mail or user name").fill("edna@fieldnote.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#effect .fig b")).to_have_text("1")
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_a_condition_is_written_by_keyboard_and_counted_as_one_types(
    form: Page, faults: list[str]
) -> None:
    form.locator("#rule-add-trait").focus()
    form.keyboard.press("Enter")
    expect(form.locator("#rule-2-name")).to_be_focused()
    form.keyboard.type("Email")
    expect(form.locator("#rule-2-op")).to_be_visible()
    form.locator("#rule-2-value").fill("ada@x.example")

    expect(form.locator("#rule-2-counts .rule-alone")).to_have_text("alone 1")
    expect(form.locator("#effect")).to_contain_text("Email is ada@x.example")
    expect(form.locator("#said")).to_contain_text("1 person would belong")
    # The browser mentions that the focus was somewhere else before.
    assert [fault for fault in faults if not fault.startswith("Autofocus processing")] == []


def test_moving_a_row_keeps_the_keyboard_on_it(form: Page) -> None:
    form.locator("#rule-1-up").focus()
    form.keyboard.press("Enter")

    expect(form.locator("#rule-1-down")).to_be_focused()
    rows = form.locator("input[name=rule-row]")
    assert [row.get_attribute("value") for row in rows.all()] == ["1", "0"]


def test_the_enter_key_in_a_field_stores_nothing_and_removes_nothing(form: Page) -> None:
    form.locator("#rule-0-value").fill("free")
    form.keyboard.press("Enter")
    form.wait_for_load_state("networkidle")

    expect(form.locator("li.rule")).to_have_count(2)
    expect(form.locator("#rule-0-value")).to_have_value("free")
    assert not Draft.objects.exists()


def test_what_is_typed_while_an_answer_is_on_its_way_is_kept(form: Page) -> None:
    def wait(route: Route) -> None:
        time.sleep(0.7)
        route.continue_()

    form.route("**/edit/preview/", wait)
    form.locator("#rule-add-did").click()
    form.locator("#rule-0-value").fill("typed meanwhile")

    expect(form.locator("li.rule")).to_have_count(3)
    expect(form.locator("#rule-0-value")).to_have_value("typed meanwhile")


def test_an_answer_that_is_later_than_its_rows_looks_for_none_of_them(
    form: Page, faults: list[str]
) -> None:
    late: list[Route] = []

    def hold(route: Route) -> None:
        if "count" in (route.request.post_data or "") and not late:
            late.append(route)
        else:
            route.continue_()

    form.route("**/edit/preview/", hold)
    form.locator("#rule-0-value").fill("free")
    while not late:
        form.wait_for_timeout(50)
    form.get_by_role("button", name="YAML").click()
    expect(form.locator("#rule-0-counts")).to_have_count(0)
    with form.expect_response("**/edit/preview/"):
        late[0].continue_()
    form.wait_for_load_state("networkidle")

    assert [fault for fault in faults if not fault.startswith("Autofocus processing")] == []


def test_unsaved_changes_are_asked_about_once_and_saved_ones_never(
    form: Page, live_server: LiveServer
) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    form.on("dialog", answer)
    form.locator("#rule-0-value").fill("free")
    form.get_by_role("button", name="Save draft").click()
    form.wait_for_load_state("networkidle")
    form.goto(f"{live_server.url}/segments/")
    assert asked == []
    assert Draft.objects.get().updated_at <= timezone.now()

    form.goto(f"{live_server.url}/segments/pros/edit/")
    form.locator("#rule-0-value").fill("team")
    form.goto(f"{live_server.url}/segments/")
    assert asked == ["beforeunload"]
