"""Every link leads somewhere, for whoever is shown it."""

from __future__ import annotations

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import Resolver404, resolve

from tests.rights.ground import Ground, build

pytestmark = pytest.mark.django_db

# Enough to meet every kind of link; pages of one kind are walked twice at most.
EACH_KIND, AT_MOST = 2, 400
# The walks of those who may enter the admin, which has more pages than all the rest.
ADMINS = ("site admin", "team admin")


class Page(HTMLParser):
    """The links, files and marked places of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.files: list[str] = []
        self.places: set[str] = {"", "top"}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        self.places.add(named.get("id", ""))
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        for name in ("src", "href"):
            if tag in {"script", "img", "link", "use"} and name in named:
                self.files.append(named[name])
        for name in ("hx-get", "data-src"):
            if name in named:
                self.links.append(named[name])


def kind_of(address: str) -> tuple[str, ...]:
    """The route and the names of its parameters: pages of one kind are made by the same code."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query, keep_blank_values=True)})
    try:
        return (resolve(parts.path).route, *names)
    except Resolver404:
        return (address,)  # walking it says that nothing is there


class Walk:
    """A walk along links, from a page on. `broken` holds every link that leads nowhere."""

    def __init__(self, client: Client, start: str) -> None:
        self.client = client
        self.waiting = deque([(start, "the start")])
        self.seen: set[str] = set()
        self.kinds: Counter[tuple[str, ...]] = Counter()
        self.broken: list[str] = []
        while self.waiting and len(self.seen) < AT_MOST:
            self._visit(*self.waiting.popleft())

    def _visit(self, address: str, where: str) -> None:
        if address in self.seen:
            return
        self.seen.add(address)
        answer = self.client.get(address, follow=True)
        if answer.status_code != 200:
            self.broken.append(f"{address} (on {where}) answers {answer.status_code}")
        elif answer.headers.get("Content-Type", "").startswith("text/html"):
            self._look_at(Page(answer.text), address)

    def _look_at(self, page: Page, address: str) -> None:
        missing = (file for file in page.files if not _is_there(file))
        self.broken += [f"{file} (on {address}) is no file" for file in missing]
        for link in page.links:
            target, _, place = urljoin(address, link).partition("#")
            if link.startswith("#"):
                # The admin's theme shows one part of a form at a time, by a script.
                if place not in page.places and not address.startswith("/admin/"):
                    self.broken.append(f"{link} (on {address}) is no place on the page")
            elif not urlsplit(target).netloc and not urlsplit(target).scheme:
                self.kinds[kind_of(target)] += 1
                if self.kinds[kind_of(target)] <= EACH_KIND:
                    self.waiting.append((target, address))


def _is_there(file: str) -> bool:
    path = urlsplit(file).path
    return not path.startswith("/static/") or bool(finders.find(path.removeprefix("/static/")))


@pytest.fixture
def ground() -> Ground:
    return build()


@pytest.mark.parametrize(
    "who", ["viewer", *(pytest.param(n, marks=pytest.mark.long) for n in ("editor", *ADMINS))]
)
def test_every_link_leads_somewhere(ground: Ground, who: str) -> None:
    walk = Walk(ground.client(who), "/")

    assert walk.broken == []
    assert len(walk.seen) > 30


def test_a_stranger_meets_no_broken_link(ground: Ground) -> None:
    walk = Walk(ground.client("anonymous"), "/")

    assert walk.broken == []
    assert len(walk.seen) >= 2
