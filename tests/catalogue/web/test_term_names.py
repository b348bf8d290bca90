"""Names of traits and events are any text at all; an address holds each of them."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

ODD = (
    "plan",
    "a/b",
    "/a/",
    "a//b",
    ".",
    "..",
    "../../login",
    "a/../b",
    "company.size",
    "Größe & Preis",
    "100% sure",
    "%2F",
    "~",
    "~2E",
    "what?",
    "#1",
    " blank ",
    "line\nbreak",
    "tab\there",
    "c:\\d",
    "<script>",
    "“quoted”",
    "注文",
)


def name_of(address: str) -> str:
    """The name that a browser's request for the address leads to."""
    path = urlsplit(address).path
    # A browser takes a step for each of these before it asks.
    assert not {".", ".."} & set(path.split("/"))
    assert "//" not in path
    return str(resolve(unquote(path)).kwargs["name"])


@pytest.mark.parametrize("route", ["trait", "event"])
@pytest.mark.parametrize("name", ODD)
def test_every_name_has_an_address_that_leads_back_to_it(route: str, name: str) -> None:
    address = reverse(route, args=[name])
    assert name_of(address) == name
    assert resolve(unquote(urlsplit(address).path)).url_name == route


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30))
def test_any_text_reads_back_to_the_letter(name: str) -> None:
    assert name_of(reverse("trait", args=[name])) == name


def test_plain_names_are_shown_as_they_are() -> None:
    assert reverse("trait", args=["trial_ends_at"]) == "/dictionary/traits/trial_ends_at/"
    assert reverse("event", args=["shop/order paid"]) == "/dictionary/events/shop/order%20paid/"


def test_an_address_without_a_name_is_none() -> None:
    with pytest.raises(Resolver404):
        resolve("/dictionary/traits//")
