"""Access tokens that run out are got anew once, whoever is refused, and nobody reads them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.errors import AuthError, TransientError
from integrations.http import Transport, Wire
from integrations.tokens import RefreshedToken
from tests.fakes.vendor import Answer, Asked, FakeVendor, running

FORM = {"grant_type": "refresh_token", "refresh_token": "again-and-again"}
REFUSED = "Connect the app again."


class Shop(FakeVendor):
    """Gives out tokens t1, t2, …; only the newest opens the door."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        self.said: Answer | None = None

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/token":
            return self.said or self._give()
        opens = asked.headers.get("authorization") == f"Bearer t{self.given}"
        return Answer(status=200 if opens else 401, content={})

    def _give(self) -> Answer:
        self.given += 1
        return Answer(content={"access_token": f"t{self.given}"})

    def asked_for_tokens(self) -> list[Asked]:
        return [entry.asked for entry in self.ledger if entry.asked.path == "/token"]


@pytest.fixture
def shop() -> Iterator[Shop]:
    fake = Shop()
    with running(fake):
        yield fake


def wire() -> Wire:
    return Wire(private_hosts=frozenset({"127.0.0.1"}), attempts=1)


def token(shop: Shop) -> RefreshedToken:
    return RefreshedToken(
        Transport(vendor="shop", base_url=shop.url, wire=wire()),
        "/token",
        {"refresh_token": FORM["refresh_token"]},
        secrets=("again-and-again",),
        refused=REFUSED,
    )


def test_it_is_got_when_it_is_first_needed_and_then_used_again(shop: Shop) -> None:
    credentials = token(shop)
    assert shop.ledger == []
    assert [credentials.header() for _ in range(3)] == [("Authorization", "Bearer t1")] * 3
    (asked,) = shop.asked_for_tokens()
    assert asked.body == b"grant_type=refresh_token&refresh_token=again-and-again"
    assert credentials.secrets() == ("again-and-again", "t1")


def test_requests_that_are_refused_together_get_one_new_token(shop: Shop) -> None:
    credentials = token(shop)
    credentials.header()
    shop.latency = 0.2
    with ThreadPoolExecutor(4) as pool:
        # All of them were refused with the old one.
        assert list(pool.map(lambda _: credentials.renew(), range(4))) == [True] * 4
    assert credentials.token() == "t2"
    assert len(shop.asked_for_tokens()) == 2


def test_a_token_that_ran_out_is_renewed_in_the_middle_of_a_call(shop: Shop) -> None:
    http = Transport(vendor="shop", base_url=shop.url, wire=wire(), credentials=token(shop))
    assert http.request("GET", "/door").status == 200
    shop.given += 1
    assert http.request("GET", "/door").status == 200
    assert len(shop.asked_for_tokens()) == 2


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_refusal_says_what_to_do_and_tells_nothing_of_the_answer(shop: Shop, status: int) -> None:
    shop.said = Answer(status=status, content={"access_token": "secret-after-all"})
    with pytest.raises(AuthError, match=REFUSED) as caught:
        token(shop).header()
    assert caught.value.status == status
    assert "POST /token" in str(caught.value)
    assert "secret-after-all" not in str(caught.value) + repr(vars(caught.value))


@pytest.mark.parametrize(
    "content",
    [{}, {"access_token": 7}, {"access_token": ""}, ["t"], "t", b'{"access_token": "secret-after'],
)
def test_an_answer_without_a_token_is_no_answer_and_is_not_told(
    shop: Shop, content: object
) -> None:
    shop.said = Answer(content=content)
    with pytest.raises(TransientError, match="without a token") as caught:
        token(shop).header()
    assert "secret-after" not in str(caught.value) + repr(vars(caught.value))
