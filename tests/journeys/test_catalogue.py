"""From finding a segment to the tool that holds it, in a real browser, on the whole product."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.house import House
from tests.journeys.screenshots import sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("house")]

LENA = "lena@fieldnote.example"
KEY = "midsize-dach-leads"
NAME = "Mid-size teams in Germany, Austria and Switzerland"
# A worker looks at what is due every 30 seconds.
PATIENCE_SECONDS = 90


def number(text: str) -> int:
    """`2,595 people` → 2595."""
    found = re.search(r"[\d,]+", text)
    assert found is not None, text
    return int(found[0].replace(",", ""))


def test_a_change_goes_from_an_idea_to_every_tool(
    page: Page, house: House, faults: list[str]
) -> None:
    sign_in(page, house, LENA)

    # Find it.
    page.goto(f"{house.address}/segments/")
    page.locator("main").get_by_role("searchbox").press_sequentially("Frankfurt")
    page.wait_for_url("**q=Frankfurt**")
    expect(page.locator("main")).to_contain_text("1 of 8 segments")
    page.get_by_role("link", name=NAME, exact=True).click()

    # Understand it.
    expect(page.get_by_role("heading", name="Who are they?")).to_be_visible()
    expect(page.locator(".who-q, [aria-labelledby=h-who]").first).to_contain_text("Country")
    before = number(page.locator(".fig").first.inner_text())
    assert 1_000 < before < 5_000

    # Draft a change: Switzerland goes.
    page.get_by_role("link", name="Edit segment").click()
    left = page.locator("#builder, form").get_by_text("alone").first
    expect(left).to_be_visible()
    page.locator("input[value=CH]").first.fill("")
    expect(page.locator(".editor-effect .fig").first).not_to_contain_text(f"{before:,}")
    after = number(page.locator(".editor-effect .fig").first.inner_text())
    assert after < before

    # See who leaves, and publish with a reason.
    page.get_by_role("button", name="Publish…").click()
    page.wait_for_url(f"**/segments/{KEY}/publish/")
    aside = page.get_by_role("complementary", name="Publish")
    expect(aside).to_contain_text(f"−{before - after:,}")
    expect(page.locator("main")).to_contain_text("analysts")
    aside.get_by_role("textbox").fill("Switzerland has a team of its own now.")
    aside.get_by_role("button", name=f"Publish “{NAME}”").click()
    page.wait_for_url(f"**/segments/{KEY}/")

    # Watch the refresh: the number changes in place, and is never gone.
    expect(page.locator(".fig").first).to_contain_text(
        f"{after:,}", timeout=PATIENCE_SECONDS * 1000
    )

    # See the tool catch up, as its own folder says it.
    page.goto(f"{house.address}/segments/{KEY}/sync/")
    _wait_for(page, f"{after:,} people.")
    expect(page.locator("main")).to_contain_text("Equal")
    (held,) = house.data_dir.glob(f"analysts/*{KEY}*.csv")
    assert len(held.read_text().splitlines()) == after + 1
    assert faults == []


def _wait_for(page: Page, text: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while text not in page.locator("main").inner_text():
        assert time.monotonic() < deadline, f"{text} never came"
        page.wait_for_timeout(2_000)
        page.reload()
