"""A client that knows only the page about the API keeps a correct copy."""

from __future__ import annotations

import io
import re
from random import Random
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import strip_tags

from catalogue.models import Customer, Scope, Segment, Suppression
from catalogue.privacy.suppressing import lift
from tests.catalogue.api.asking import Program, key_text
from tests.catalogue.membership.ground import define, make_segment, publish
from tests.catalogue.privacy.ground import stop
from tests.catalogue.segments.ground import seat

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
PEOPLE = 120


def code_of_the_page() -> str:
    """The example of a copy in step, as the page shows it."""
    from html import unescape

    client = Client()
    client.force_login(seat("reader", None))
    page = client.get("/api/v1/docs/").content.decode()
    (shown,) = re.findall(r'<pre[^>]*id="api-pull"[^>]*>(.*?)</pre>', page, re.DOTALL)
    return unescape(strip_tags(shown))


def client_of_the_page(asks: Program) -> dict[str, Any]:
    """The example as a module; only how it reaches the network is ours."""
    code = code_of_the_page()
    assert 'API = "http://testserver/api/v1/"' in code
    module: dict[str, Any] = {}
    exec(compile(code, "docs", "exec"), module)  # noqa: S102

    def get(address: str) -> Any:
        # Small pages, so that a pull and a visit take several.
        small = address.replace("page_size=1000", "page_size=50")
        if "/changes/" in small:
            small += "&page_size=40"
        answer = asks.client.get(small)
        if answer.status_code != 200:
            body = io.BytesIO(answer.content)
            raise HTTPError(address, answer.status_code, answer.reason_phrase, {}, body)  # type: ignore[arg-type]
        return answer.json()

    module["get"] = get
    return module


def full_pull(module: dict[str, Any]) -> set[str]:
    return set(module["pull"]("payers")[0])


def turn(segment: Segment, dice: Random, day: int) -> Segment:
    """What may happen between two visits: people deleted, suppressed and lifted, another
    definition, a refresh."""
    if dice.random() < 0.2:
        Customer.objects.filter(ordinal=dice.randrange(PEOPLE)).update(deleted_at=timezone.now())
    if dice.random() < 0.3:
        stop(f"cus_{dice.randrange(PEOPLE)}")
    in_force = Suppression.objects.filter(lifted_at=None).order_by("pk").first()
    if in_force is not None and dice.random() < 0.3:
        lift(number=in_force.pk, reason="Back.", now=timezone.now(), by=None, via="command")
    if dice.random() < 0.1:
        segment = define(segment)
    alive = Customer.objects.filter(deleted_at=None).values_list("ordinal", flat=True)
    publish(segment, {one for one in alive if dice.random() < 0.6}, day=day)
    return segment


def test_a_copy_made_by_the_page_alone_is_right_through_a_hundred_refreshes() -> None:
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"cus_{ordinal}") for ordinal in range(PEOPLE)
    )
    segment, dice = make_segment(), Random(3)
    segment = turn(segment, dice, 0)
    module = client_of_the_page(Program(key_text(Scope.MEMBERS_READ, Scope.SEGMENTS_DRAFT)))
    ids, cursor = module["pull"]("payers")
    for day in range(1, 101):
        segment = turn(segment, dice, day)
        if dice.random() < 0.5:
            # The client compares count and checksum itself, and fails when they differ.
            ids, cursor = module["follow"]("payers", ids, cursor)
        if day % 20 == 0:
            ids, cursor = module["follow"]("payers", ids, cursor)
            assert ids == full_pull(module)
    assert ids == full_pull(module)


def test_somebody_deleted_is_gone_from_the_copy_before_the_next_refresh() -> None:
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"cus_{ordinal}") for ordinal in range(9)
    )
    publish(make_segment(), set(range(9)), day=0)
    module = client_of_the_page(Program(key_text(Scope.MEMBERS_READ, Scope.SEGMENTS_DRAFT)))
    ids, cursor = module["pull"]("payers")
    Customer.objects.filter(external_id="cus_4").update(deleted_at=timezone.now())

    ids, cursor = module["follow"]("payers", ids, cursor)

    assert "cus_4" not in ids
    assert ids == full_pull(module)


def test_somebody_suppressed_leaves_the_copy_and_comes_back_when_that_is_lifted() -> None:
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"cus_{ordinal}") for ordinal in range(9)
    )
    publish(make_segment(), set(range(9)), day=0)
    asks = Program(key_text(Scope.MEMBERS_READ, Scope.SEGMENTS_DRAFT))
    module = client_of_the_page(asks)
    ids, cursor = module["pull"]("payers")
    row = stop("cus_4")
    told = asks.get(f"segments/payers/members/changes/?cursor={quote(cursor)}").json()["results"]
    assert [(one["op"], one["id"], one["reason"]) for one in told] == [
        ("left", "cus_4", "suppressed")
    ]

    ids, cursor = module["follow"]("payers", ids, cursor)
    assert "cus_4" not in ids
    assert ids == full_pull(module)

    lift(number=row.pk, reason="A mistake.", now=timezone.now(), by=None, via="command")
    ids, cursor = module["follow"]("payers", ids, cursor)
    assert "cus_4" in ids
    assert ids == full_pull(module)


def test_a_copy_that_was_left_alone_for_too_long_is_pulled_anew(settings: Any) -> None:
    settings.CHANGES_KEPT_DAYS = 1
    Customer.objects.bulk_create(
        Customer(ordinal=ordinal, external_id=f"cus_{ordinal}") for ordinal in range(9)
    )
    segment = make_segment()
    publish(segment, {1, 2}, day=0)
    module = client_of_the_page(Program(key_text(Scope.MEMBERS_READ, Scope.SEGMENTS_DRAFT)))
    ids, cursor = module["pull"]("payers")
    publish(segment, {2, 3}, day=1)
    import time_machine

    with time_machine.travel(timezone.now() + timezone.timedelta(days=2), tick=False):
        ids, cursor = module["follow"]("payers", ids, cursor)
    assert ids == {"cus_2", "cus_3"}
