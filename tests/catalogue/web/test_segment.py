from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue import ports
from catalogue.definitions.canonical import definition_hash
from catalogue.models import Evidence, MessageGuide, Reading
from tests.catalogue.web.workspace import (
    NOW,
    PAYING,
    add_customers,
    add_definition,
    add_membership,
    make_segment,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def page_of(client: Client) -> Callable[[str], str]:
    client.force_login(make_user())

    def get(key: str) -> str:
        with time_machine.travel(NOW + timedelta(hours=1), tick=False):
            answer = client.get(f"/segments/{key}/")
        assert answer.status_code == 200
        return answer.text

    return get


@pytest.fixture
def tools() -> Iterator[list[ports.ToolState]]:
    """Whatever a test puts in here is what integrations answer for every segment."""
    states: list[ports.ToolState] = []
    before = list(ports._tool_states)
    ports.register_tool_states(lambda keys: dict.fromkeys(keys, states))
    yield states
    ports._tool_states[:] = before


def words_of(page: str) -> str:
    """What a reader sees, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_page_gives_the_six_answers(page_of: Callable[[str], str]) -> None:
    add_customers(40)
    owner = make_user("tom", first_name="Tom", last_name="Becker", email="tom@fieldnote.example")
    segment = make_segment(
        "paying",
        name="Paying customers",
        sizes=(20, 22, 25),
        owner=owner,
        owner_email="tom@fieldnote.example",
        why="They stay when somebody calls.",
        goal={"event": "seat_added", "within": "14 days", "at_least": "25%", "by": "2026-12-31"},
        review={"every": "90 days", "reviewer": "mia@fieldnote.example"},
    )
    Evidence.objects.create(
        segment=segment, position=1, kind="interview", source="14 calls", n=14, on=date(2026, 4, 2)
    )
    MessageGuide.objects.create(segment=segment, function="customer_success", text="Ten minutes?")

    page = words_of(page_of("paying"))

    for answer in (
        *("Who are they?", "starter"),
        *("Why do we treat them differently?", "They stay when somebody calls.", "14 calls"),
        *("interview", "n 14", "Apr 2026"),
        *(
            "Is the goal reached?",
            "“Seat added” within 14 days of entering; at least 25% by 31 Dec 2026.",
        ),
        "Not measured yet",
        *("How many?", "25 people", "of 40 customers", "+3 entered", "exact · m3"),
        *("What do we say to them?", "Customer success", "Ten minutes?"),
        *("Whose is it?", "Tom Becker", "Growth", "Reviewed every 90 days"),
    ):
        assert answer in page, answer


def test_it_names_the_definition_by_number_and_hash(page_of: Callable[[str], str]) -> None:
    segment = make_segment("paying")
    add_definition(segment, PAYING, number=2, message="Starter counts as paying")

    page = words_of(page_of("paying"))

    assert definition_hash(PAYING) in page
    assert page.index("d2") < page.index("Starter counts as paying") < page.rindex("d1")


def test_the_history_has_a_table_that_says_the_same(page_of: Callable[[str], str]) -> None:
    make_segment("paying", sizes=(20, 22, 25))

    page = words_of(page_of("paying"))

    assert "Show as table" in page
    assert re.search(r"9 Nov 2026, 07:00 UTC 20 d1 16 Nov 2026, 07:00 UTC 22 d1", page)


def test_a_change_of_definition_breaks_the_line(page_of: Callable[[str], str]) -> None:
    segment = make_segment("paying", sizes=(20, 22))
    second = add_definition(segment, PAYING, number=2)
    segment.membership = add_membership(segment, number=3, size=60, now=NOW, definition=second)
    segment.save()

    page = page_of("paying")

    assert "definition changed" in page
    path = re.search(r'class="series" d="([^"]+)"', page)
    assert path is not None
    assert path.group(1).count("M") == 2


def test_each_tool_says_what_it_holds_and_how_we_know(
    page_of: Callable[[str], str], tools: list[ports.ToolState]
) -> None:
    make_segment("paying", sizes=(25,))
    for name, held, drift in (("Mailman", 25, 0), ("Files", 24, 3), ("HubSpot", None, None)):
        tools.append(
            ports.ToolState(
                destination=name,
                function="marketing",
                in_step_with=1 if drift == 0 else None,
                held=held,
                drift=drift,
                as_of=None if drift is None else NOW,
                text="as read back" if drift is not None else "never read back",
            )
        )

    page = words_of(page_of("paying"))

    assert re.search(r"Mailman marketing Equal as read back 25 m1 23 Nov 2026, 06:00 UTC", page)
    assert re.search(r"Files marketing Differs by 3 as read back 24 –", page)
    assert re.search(r"HubSpot marketing Unknown never read back – – not read back yet", page)


def test_readings_belong_to_the_version_they_measured(page_of: Callable[[str], str]) -> None:
    segment = make_segment("paying", sizes=(20, 25))
    for version, share in zip(segment.memberships.order_by("number"), (0.1, 0.624), strict=True):
        Reading.objects.create(
            membership=version,
            metric="active_share_28d",
            value=share,
            n=version.size,
            unit="share",
            method="any event in 28 days",
            as_of=NOW,
        )

    page = words_of(page_of("paying"))

    assert "Active share 28d 62.4% 25 any event in 28 days" in page
    assert "10.0%" not in page


def test_a_bare_draft_says_what_is_missing(page_of: Callable[[str], str]) -> None:
    make_segment("bare")

    page = words_of(page_of("bare"))

    for missing in ("No reason is written down yet", "It has no goal yet", "first refresh"):
        assert missing in page
    assert "No tool holds it yet" in page


def test_a_list_kept_by_hand_says_so(page_of: Callable[[str], str]) -> None:
    segment = make_segment("guests")
    segment.definition = segment.definitions.create(
        number=2, canonical=None, definition_hash="f" * 64
    )
    segment.save()

    assert "on a list kept by hand" in words_of(page_of("guests"))


def test_an_unknown_key_is_not_found(client: Client) -> None:
    client.force_login(make_user())

    answer = client.get("/segments/nobody/")

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text


def test_a_longer_past_does_not_take_more_queries(page_of: Callable[[str], str]) -> None:
    make_segment("short", sizes=(1, 2))
    make_segment("long", sizes=tuple(range(1, 40)))
    with CaptureQueriesContext(connection) as few:
        page_of("short")
    with CaptureQueriesContext(connection) as many:
        page_of("long")

    assert len(many) == len(few) <= 14
