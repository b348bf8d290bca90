"""Every page of the demo workspace: accessible in both themes, and no wider than a phone."""

from __future__ import annotations

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.journeys.house import House
from tests.journeys.screenshots import ADMIN, sign_in

pytestmark = [pytest.mark.chromium, pytest.mark.xdist_group("house")]

SEGMENT = "/segments/midsize-dach-leads/"
PAGES = (
    "/",
    "/segments/",
    "/segments/?q=nothing-is-called-this",
    "/segments/new/",
    SEGMENT,
    f"{SEGMENT}definition/?counts=1",
    f"{SEGMENT}definition/?as=yaml",
    f"{SEGMENT}people/",
    f"{SEGMENT}sync/",
    f"{SEGMENT}goal/",
    "/segments/trial-ending-unengaged/goal/",
    f"{SEGMENT}duplicate/",
    "/segments/api-builders/discard/",
    f"{SEGMENT}metrics/",
    f"{SEGMENT}history/",
    f"{SEGMENT}experiments/",
    "/segments/trial-ending-unengaged/experiments/",
    "/experiments/",
    "/experiments/31/",
    "/experiments/32/",
    "/experiments/33/",
    "/experiments/34/",
    "/experiments/34/edit/",
    "/experiments/new/",
    f"{SEGMENT}diff/1..2/",
    f"{SEGMENT}edit/",
    f"{SEGMENT}archive/",
    f"{SEGMENT}review/",
    f"{SEGMENT}playbook/",
    f"{SEGMENT}playbook/?function=sales",
    f"{SEGMENT}feedback/",
    "/playbooks/",
    "/playbooks/sales/",
    f"{SEGMENT}certificate/",
    "/reviews/",
    "/reviews/?show=done",
    "/reviews/1/",
    f"{SEGMENT}ideas/",
    f"{SEGMENT}research/",
    "/research/",
    "/research/surveys/",
    "/research/surveys/new/",
    "/research/surveys/trial_start/",
    "/research/discoveries/",
    "/research/discoveries/1/",
    "/ideas/",
    "/ideas/?as=list",
    "/ideas/new/",
    "/ideas/1/",
    "/ideas/1/edit/",
    "/ideas/1/merge/",
    "/ideas/1/park/",
    "/segments/api-builders/",
    "/segments/api-builders/publish/",
    "/metrics/",
    "/metrics/reports_28d/",
    "/metrics/reports_28d/edit/",
    "/metrics/new/",
    "/metrics/workspace/",
    "/customers/",
    "/customers/?q=c-00001",
    "/customers/cus-000001/",
    "/accounts/acc-00001/",
    "/tools/",
    "/tools/analysts/",
    "/runs/",
    "/runs/1/",
    "/dictionary/",
    "/dictionary/traits/plan/",
    "/dictionary/events/app_opened/",
    "/rules/",
    "/coverage/",
    "/teams/",
    "/teams/sales/",
    "/changes/",
    "/styleguide/",
    "/api/v1/docs/",
    "/api/v1/docs/reference/",
    "/api/v1/docs/problems/stale-version/",
    "/nowhere/",
)
ADMIN_PAGES = (
    "/admin/",
    "/admin/catalogue/segment/",
    "/admin/catalogue/segment/add/",
    "/admin/catalogue/segment/1/change/",
    "/admin/catalogue/segment/1/history/",
    "/admin/catalogue/idea/",
    "/admin/catalogue/idea/1/change/",
    "/admin/catalogue/goalsplit/",
    "/admin/catalogue/metric/",
    "/admin/catalogue/measurement/",
    "/admin/catalogue/workspace/",
    "/admin/catalogue/health/",
    "/admin/catalogue/coverage/",
    "/admin/catalogue/evidence/",
    "/admin/catalogue/survey/",
    "/admin/catalogue/discovery/",
    "/admin/catalogue/review/",
    "/admin/catalogue/certificate/",
    "/admin/catalogue/team/",
    "/admin/catalogue/experiment/",
    "/admin/catalogue/experiment/1/change/",
    "/admin/catalogue/look/",
    "/admin/catalogue/rollout/",
    "/admin/catalogue/user/",
    "/admin/catalogue/change/",
    "/admin/catalogue/refreshrun/",
    "/admin/catalogue/apikey/add/",
    "/admin/integrations/destination/",
    "/admin/integrations/destination/1/change/",
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def seen(browser, house: House) -> Page:  # type: ignore[no-untyped-def]
    """A page of the site admin, who sees everything there is."""
    page: Page = browser.new_page()
    sign_in(page, house, ADMIN)
    return page


def violations(page: Page) -> list[str]:
    """What axe finds wrong, as rule and place."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    rules = found.response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in rules for node in rule["nodes"]]


def assert_it_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    # The admin's scripts move its parts after the window has changed.
    page.wait_for_function("document.documentElement.scrollWidth <= 390", timeout=5_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule_of_accessibility_and_fits_a_phone(
    seen: Page, house: House, path: str, scheme: Literal["light", "dark"]
) -> None:
    seen.emulate_media(color_scheme=scheme)
    seen.set_viewport_size({"width": 1440, "height": 900})
    seen.goto(house.address + path)
    seen.wait_for_load_state("networkidle")
    assert violations(seen) == []
    assert_it_fits_a_phone(seen)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ADMIN_PAGES)
def test_the_admin_breaks_no_rule_of_accessibility_or_policy_and_fits_a_phone(
    seen: Page, house: House, path: str, scheme: Literal["light", "dark"]
) -> None:
    said: list[str] = []
    seen.on("console", lambda message: said.append(message.text))
    seen.emulate_media(color_scheme=scheme)
    seen.set_viewport_size({"width": 1440, "height": 900})
    seen.goto(house.address + path)
    seen.wait_for_load_state("networkidle")
    assert said == []
    assert violations(seen) == []
    assert_it_fits_a_phone(seen)
