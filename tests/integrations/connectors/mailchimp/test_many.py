"""Answers about many contacts: what is read quickly is what is read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.connectors.mailchimp import many
from integrations.connectors.mailchimp.many import Told, told
from integrations.errors import PermanentError, TransientError
from integrations.reply import Reply

UPSERT = ("new_members", "updated_members")
CONTACT = {"email_address": "Ann@Shop.example", "status": "subscribed", "tags": [{"id": 7}]}


def answer(body: Any, status: int = 200) -> Reply:
    text = body if isinstance(body, str) else json.dumps(body)
    return Reply(status=status, text=text, vendor="mailchimp", request="POST /lists/x")


def body_of(**lists: Any) -> dict[str, Any]:
    return {"new_members": [], "updated_members": [], "errors": [], **lists}


odd = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4), st.just([]))
contacts = st.fixed_dictionaries(
    {},
    optional={
        "email_address": st.one_of(st.emails(), odd),
        "status": st.one_of(st.sampled_from(["subscribed", "cleaned"]), odd),
        "tags": st.one_of(odd, st.lists(st.fixed_dictionaries({"id": odd}) | odd, max_size=2)),
        "merge_fields": odd,
    },
)
lists_of = st.one_of(odd, st.lists(contacts | odd, max_size=3))
errors = st.lists(
    st.fixed_dictionaries(
        {"error": st.text(max_size=4)},
        optional={"email_address": st.text(max_size=4), "email_addresses": odd},
    )
    | odd,
    max_size=2,
)
bodies = st.fixed_dictionaries(
    {}, optional={"new_members": lists_of, "updated_members": lists_of, "errors": errors | odd}
)


def read(reply: Reply) -> Told | str:
    try:
        return told(reply, done=UPSERT)
    except TransientError as fault:
        return fault.sentence


@given(bodies | odd)
def test_whatever_comes_is_read_as_strictly_as_without_the_short_way(body: Any) -> None:
    reply = answer(body)
    quick = read(reply)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "_at_once", lambda reply, done: None)
        assert quick == read(reply)


def test_contacts_are_known_by_their_address_in_small_letters_with_their_tags() -> None:
    found = told(answer(body_of(new_members=[CONTACT])), done=UPSERT)

    ann = found.members["ann@shop.example"]
    assert ann.status == "subscribed"
    assert ann.is_in("7")
    assert not ann.is_in("8")


def test_an_answer_as_documented_is_read_the_short_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(many, "expect", lambda *about: pytest.fail("read the long way"))
    moved = {"members_added": [CONTACT], "members_removed": [], "errors": []}

    for body, done in ((body_of(new_members=[CONTACT]), UPSERT), (moved, ("members_added",))):
        assert set(told(answer(body), done=done).members) == {"ann@shop.example"}


def test_half_a_letter_in_a_field_that_nobody_looks_at_spoils_nothing() -> None:
    text = json.dumps(body_of(new_members=[{**CONTACT, "merge_fields": {"FNAME": "\ud83d"}}]))

    assert "\\ud83d" in text
    assert set(told(answer(text), done=UPSERT).members) == {"ann@shop.example"}


def test_errors_are_told_of_one_and_of_several() -> None:
    one = {"email_address": "A@x.example", "error": "no"}
    several = {"email_addresses": ["B@x.example", "c@x.example"], "error": "nor these"}

    found = told(answer(body_of(errors=[one, several])), done=UPSERT)

    no, nor = "no", "nor these"
    assert found.refused == {"a@x.example": no, "b@x.example": nor, "c@x.example": nor}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        {"new_members": []},
        body_of(new_members=None),
        body_of(new_members=[{**CONTACT, "status": 3}]),
        body_of(errors=[{"email_addresses": "a@x.example"}]),
    ],
)
def test_what_makes_no_sense_is_no_answer(body: Any) -> None:
    with pytest.raises(TransientError):
        told(answer(body), done=UPSERT)


def test_a_refusal_is_one_even_if_it_looks_like_an_answer() -> None:
    with pytest.raises(PermanentError):
        told(answer(body_of(), status=400), done=UPSERT)
