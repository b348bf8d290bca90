"""The pages in a real browser: readable at two widths, in two themes, by keyboard, by policy."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.catalogue.web.workspace import add_customers, make_segment, make_user

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(page: Page, live_server: LiveServer, faults: list[str]) -> Page:
    """Mia, on the list, having signed in by the form."""
    add_customers(30)
    make_segment("paying", name="Paying customers", sizes=(20, 22, 25))
    make_segment("long", name="Everyone whose renewal is near " * 3, sizes=(1, 2))
    make_user("mia", email="mia@fieldnote.example", first_name="Mia", last_name="Braun")
    page.goto(f"{live_server.url}/segments/")
    page.get_by_label("E-mail or user name").fill("mia@fieldnote.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/segments/")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_pages_fit_their_window_and_the_policy(
    signed_in: Page, faults: list[str], width: int, scheme: Any
) -> None:
    signed_in.emulate_media(color_scheme=scheme)
    signed_in.set_viewport_size({"width": width, "height": 900})
    here = signed_in.url
    for page in (here, f"{here}paying/"):
        signed_in.goto(page)
        signed_in.wait_for_load_state("networkidle")
        root = "document.documentElement"
        assert signed_in.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
        loaded = signed_in.evaluate("[...document.fonts].filter(f => f.status == 'loaded').length")
        assert loaded == 2

    assert faults == []


def test_text_is_legible_in_both_themes(signed_in: Page) -> None:
    for scheme in ("light", "dark"):
        signed_in.emulate_media(color_scheme=scheme)
        for selector in (".english-line", ".meta", ".badge", "h1"):
            ratio = signed_in.evaluate(CONTRAST, selector)
            assert ratio >= 4.5, (scheme, selector, ratio)


def test_the_keyboard_reaches_the_content_first(signed_in: Page) -> None:
    signed_in.keyboard.press("Tab")

    focused = signed_in.evaluate("document.activeElement.textContent")
    assert focused == "Skip to content"
    assert signed_in.evaluate("document.activeElement.getBoundingClientRect().top") >= 0


def test_everything_can_be_read_without_a_script(
    browser: Any, live_server: LiveServer, signed_in: Page
) -> None:
    context = browser.new_context(
        java_script_enabled=False, storage_state=signed_in.context.storage_state()
    )
    page = context.new_page()
    page.goto(f"{live_server.url}/segments/paying/")
    page.get_by_text("Show as table").click()

    assert page.get_by_role("cell", name="22", exact=True).is_visible()
    context.close()


# The WCAG ratio of the first element's text to the page behind it.
CONTRAST = """selector => {
  const seen = colour => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d');
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    const light = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map(part => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2];
  };
  const text = seen(getComputedStyle(document.querySelector(selector)).color);
  const page = seen(getComputedStyle(document.body).backgroundColor);
  return (Math.max(text, page) + 0.05) / (Math.min(text, page) + 0.05);
}"""
