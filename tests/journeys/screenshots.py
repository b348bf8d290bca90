"""`make screenshots`: the main pages as they look, into docs/screens/.

It starts the whole product with the demo workspace and takes list, segment, definition, editor,
tools and admin at 1440 and 390 px, light and dark. Look at each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

from tests.journeys.house import PASSWORD, ROOT, House, running_house

SCREENS = ROOT / "docs" / "screens"
ADMIN = "admin@fieldnote.example"
PAGES = {
    "list": "/segments/",
    "segment": "/segments/midsize-dach-leads/",
    "definition": "/segments/trial-ending-unengaged/definition/?counts=1",
    "editor": "/segments/api-builders/edit/",
    "tools": "/tools/",
    "admin": "/admin/catalogue/segment/",
}
WIDTHS = (1440, 390)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main() -> int:
    """Take them all; 1 when a page did not answer or is wider than its window."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="screens-") as folder,
        running_house(Path(folder) / "data") as house,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        sign_in(page, house, ADMIN)
        faults = [fault for name in PAGES for fault in _take(page, house, name)]
        browser.close()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def sign_in(page: Page, house: House, email: str) -> None:
    """Sign in by the form, as a person would."""
    page.goto(f"{house.address}/login/")
    page.get_by_label("E-mail or user name").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state("networkidle")


def _take(page: Page, house: House, name: str) -> list[str]:
    faults = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            answer = page.goto(house.address + PAGES[name])
            page.wait_for_load_state("networkidle")
            if answer is None or not answer.ok:
                faults.append(f"{PAGES[name]} answered {answer.status if answer else 'nothing'}")
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{PAGES[name]} is wider than {width} px")
            path = SCREENS / f"{name}-{width}-{scheme}.png"
            # A bar that sticks to the window's foot belongs at the foot of the picture too.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=path)
            print(path.relative_to(ROOT))
    return faults


if __name__ == "__main__":
    sys.exit(main())
