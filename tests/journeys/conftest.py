"""What the journeys in a browser share: the browser, and one house with the demo workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request

from tests.journeys.house import House, running_house


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # The browser's driver runs a loop of its own in this thread, which Django takes for async.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}


@pytest.fixture
def faults(page: Page) -> list[str]:
    """What the browser complains about: refused content, missing files, errors. A question that
    a newer one made needless is no complaint."""
    found: list[str] = []

    def failed(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":
            found.append(request.url)

    def said(message: ConsoleMessage) -> None:
        if not message.text.startswith(("htmx:sendAbort", "htmx:afterRequest")):
            found.append(message.text)

    page.on("console", said)
    page.on("requestfailed", failed)
    return found


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The whole product with its worker and the demo workspace; tests that use it carry
    `house_group`, so that one worker of the test run starts one."""
    with running_house(tmp_path_factory.mktemp("house")) as house:
        yield house
