from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue import ports
from catalogue.definitions.canonical import definition_hash
from catalogue.definitions.parse import parse_definition
from catalogue.models import (
    Draft,
    Evidence,
    MessageGuide,
    Reading,
    RefreshRun,
    RunState,
    Segment,
    Status,
)
from tests.catalogue.web.reading import HTMX, words_of
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
            "“Seat added” within 14 days of entering; at least 25% by 31 December 2026.",
        ),
        "Not measured yet",
        *("How many?", "25 people", "of 40 customers", "+3 −0 in 7 days", "exact · m3"),
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

    read_back = "read back 23 Nov 2026, 06:00 UTC"
    assert f"Mailman marketing Equal holds 25 of 25 in step with m1 · {read_back}" in page
    assert f"Files marketing Differs by 3 holds 24 of 25 as read back · {read_back}" in page
    unknown = "Unknown What it holds is not known never read back · not read back yet"
    assert f"HubSpot marketing {unknown}" in page
    assert "How true is each tool’s copy? Files differs" in page


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

    assert "Active share 28d any event in 28 days 62.4% 25" in page
    assert "10.0%" not in page


def test_a_bare_draft_says_what_is_missing(page_of: Callable[[str], str]) -> None:
    make_segment("bare")

    page = words_of(page_of("bare"))

    for missing in (
        "No reason is written down yet",
        "It has no goal yet",
        "until the first refresh",
    ):
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

    assert len(many) == len(few) <= 30


def test_names_in_the_english_lead_to_the_dictionary_and_to_segments(
    page_of: Callable[[str], str],
) -> None:
    make_segment("paying", name="Paying customers")
    where = {"all": [{"trait": "plan", "is": "pro"}, {"did": "login"}, {"in_segment": "paying"}]}
    make_segment("busy", definition=parse_definition(where))

    page = page_of("busy")

    assert '<a class="term" href="/dictionary/traits/plan/">Plan</a>' in page
    assert '<a class="term" href="/dictionary/events/login/">“Login”</a>' in page
    assert '<a class="term" href="/segments/paying/">“Paying customers”</a>' in page


def test_a_segment_names_what_is_built_on_it(page_of: Callable[[str], str]) -> None:
    make_segment("base", name="The base", sizes=(7,))
    make_segment("top", name="The top", definition=parse_definition({"in_segment": "base"}))

    assert "Built on this segment The top never refreshed" in words_of(page_of("base"))
    assert "It is built on The base 7 people as of 23 Nov 2026" in words_of(page_of("top"))


def test_a_waiting_draft_is_announced_to_everybody(page_of: Callable[[str], str]) -> None:
    segment = make_segment("paying", sizes=(5,))
    tom = make_user("tom", first_name="Tom", last_name="Becker")
    Draft.objects.create(segment=segment, document={}, base="x", base_number=1, created_by=tom)

    page = words_of(page_of("paying"))

    assert "A change waits to be published. Draft of d2 by Tom Becker" in page
    assert "d1 stays live" in page


def test_only_the_latest_versions_stand_here(page_of: Callable[[str], str]) -> None:
    segment = make_segment("paying")
    for number in range(2, 7):
        add_definition(segment, PAYING, number=number, message=f"change {number}")

    page = words_of(page_of("paying"))

    assert "change 6" in page
    assert "change 3" not in page
    assert "and 3 older" in page


def made_long_ago(key: str, sizes: Sequence[int]) -> Segment:
    with time_machine.travel(NOW - timedelta(days=100), tick=False):
        return make_segment(key, sizes=sizes)


def fragment(client: Client, key: str) -> str:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        answer = client.get(f"/segments/{key}/size/", headers=HTMX)
    assert answer.status_code == 200
    assert "HX-Request" in answer.headers["Vary"]
    return answer.text


def test_while_a_refresh_runs_the_last_good_number_stays(
    page_of: Callable[[str], str], client: Client
) -> None:
    made_long_ago("paying", sizes=(20, 25))
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        RefreshRun.objects.create(
            keys=["paying"], state=RunState.RUNNING, progress_done=3, progress_total=8
        )

    for part in (page_of("paying"), fragment(client, "paying")):
        assert 'hx-get="/segments/paying/size/" hx-trigger="every 2s"' in part
        words = words_of(part)
        assert "25 people" in words
        assert "exact · m2 · as of 23 Nov 2026, 06:00 UTC" in words
        assert "A refresh is running" in words
        assert "3 of 8 scans" in words


def test_a_page_that_waits_long_asks_less_often(client: Client) -> None:
    client.force_login(make_user())
    made_long_ago("paying", sizes=(25,))
    with time_machine.travel(NOW + timedelta(minutes=58), tick=False):
        RefreshRun.objects.create(keys=["paying"], state=RunState.QUEUED)

    assert 'hx-trigger="every 10s"' in fragment(client, "paying")


def test_when_the_refresh_has_ended_the_page_stops_asking(client: Client) -> None:
    client.force_login(make_user())
    make_segment("paying", sizes=(20, 25))
    RefreshRun.objects.create(keys=["paying"], state=RunState.SUCCEEDED)

    part = fragment(client, "paying")

    assert "hx-trigger" not in part
    # The chart is brought up to date with it.
    assert '<div id="size-history" hx-swap-oob="true">' in part
    assert 'class="series"' in part


def test_a_failed_refresh_says_why_beside_the_last_good_number(
    page_of: Callable[[str], str],
) -> None:
    make_segment("paying", sizes=(25,))
    RefreshRun.objects.create(
        keys=["paying"], state=RunState.FAILED, error="The file of “Login” could not be read."
    )

    page = words_of(page_of("paying"))

    assert "25 people" in page
    assert "The file of “Login” could not be read. The number above is the last good one." in page


def test_whoever_opens_the_address_of_a_part_gets_the_page(client: Client) -> None:
    client.force_login(make_user())
    make_segment("paying")

    answer = client.get("/segments/paying/size/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/segments/paying/"


def test_only_those_who_may_refresh_are_offered_it(
    page_of: Callable[[str], str], client: Client
) -> None:
    make_segment("paying", sizes=(25,))
    assert "Refresh now" not in page_of("paying")

    client.force_login(make_user("ada", is_superuser=True))
    assert "Refresh now" in page_of("paying")


def test_a_draft_private_to_a_team_is_not_found_by_others(client: Client) -> None:
    client.force_login(make_user())
    make_segment("secret", is_private=True, status=Status.DRAFT)

    for path in ("/segments/secret/", "/segments/secret/size/"):
        assert client.get(path, headers=HTMX).status_code == 404


def test_one_that_is_too_expensive_keeps_its_number_and_says_what_to_do(
    client: Client, page_of: Callable[[str], str]
) -> None:
    reason = "too_expensive: /where: reading “login” would take 3 rows"
    make_segment("dear", name="Dear", sizes=(5,), broken_reason=reason)

    page = words_of(page_of("dear"))
    listed = words_of(client.get("/segments/?freshness=too_expensive").text)

    assert "Too expensive: the newest refresh would have taken more than one may." in page
    assert "reading “login” would take 3 rows" in page
    assert "are those of the last good refresh, and stay" in page
    assert "not refreshed any more" not in page
    assert "Dear" in listed
    assert "Too expensive" in listed
    assert "Broken" not in listed.split("Dear", 1)[1]
