from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from catalogue.web.fragments import fragment_of, wants_fragment


@fragment_of(lambda key: f"/segments/{key}/")
def part(request: HttpRequest, key: str) -> HttpResponse:
    return HttpResponse(f"part of {key}")


def test_a_part_is_given_to_htmx_alone() -> None:
    asked = RequestFactory().get("/x/", headers={"HX-Request": "true"})

    answer = part(asked, "paying")

    assert answer.content == b"part of paying"
    assert answer.headers["Vary"] == "HX-Request"


def test_everybody_else_is_led_to_the_page_and_caches_know_the_difference() -> None:
    answer = part(RequestFactory().get("/x/"), "paying")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/segments/paying/"
    assert answer.headers["Vary"] == "HX-Request"


def test_restoring_the_past_wants_a_whole_page() -> None:
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert not wants_fragment(RequestFactory().get("/", headers=headers))
    assert wants_fragment(RequestFactory().get("/", headers={"HX-Request": "true"}))
