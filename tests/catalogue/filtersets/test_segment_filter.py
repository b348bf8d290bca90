from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from catalogue import ports
from catalogue.definitions.parse import parse_definition
from catalogue.filtersets import SegmentFilter
from catalogue.models import MessageGuide, Segment, Status, Team, User
from tests.catalogue.web.workspace import NOW, make_segment, make_user

pytestmark = pytest.mark.django_db
BUYERS = parse_definition({"did": "order_paid", "in_last": "30 days"})


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def mia() -> User:
    return make_user("mia")


@pytest.fixture
def tools() -> Iterator[dict[str, list[ports.ToolState]]]:
    """What integrations answer, by segment key."""
    states: dict[str, list[ports.ToolState]] = {}
    before = list(ports._tool_states)
    ports.register_tool_states(lambda keys: {key: states.get(key, []) for key in keys})
    yield states
    ports._tool_states[:] = before


def copy(destination: str, drift: int | None) -> ports.ToolState:
    return ports.ToolState(
        destination=destination,
        function="marketing",
        in_step_with=1,
        held=5,
        drift=drift,
        as_of=NOW,
        text="",
    )


def other_team(slug: str, name: str) -> Team:
    return Team.objects.create(slug=slug, name=name)


def found(query: str, viewer: User) -> list[str]:
    return list(SegmentFilter(QueryDict(query), viewer=viewer).qs.values_list("key", flat=True))


def test_words_are_found_in_name_english_why_messages_and_owner(mia: User) -> None:
    make_segment("a", name="Paying customers")
    make_segment("b", why="They stay when somebody calls.")
    make_segment("c", definition=BUYERS)
    make_segment("d", owner_email="tom@fieldnote.example")
    said = make_segment("e")
    MessageGuide.objects.create(segment=said, function="sales", text="Ten minutes about renewals?")

    assert found("q=PAYING", mia) == ["a"]
    assert found("q=somebody calls", mia) == ["b"]
    assert found("q=order paid", mia) == ["c"]
    assert found("q=tom@fieldnote", mia) == ["d"]
    assert found("q=renewals", mia) == ["e"]
    assert found("q=renewals calls", mia) == []


def test_several_values_of_a_filter_are_alternatives_and_several_filters_narrow(mia: User) -> None:
    sales, product = other_team("sales", "Sales"), other_team("product", "Product")
    make_segment("a", team=sales, models_used=["usage"])
    make_segment("b", team=product, models_used=["usage", "plan_status"])
    make_segment("c", models_used=["demographic"])

    assert found("team=sales&team=product", mia) == ["a", "b"]
    assert found("team=sales&team=product&model=plan_status", mia) == ["b"]
    assert found("model=usage&model=demographic", mia) == ["a", "b", "c"]


def test_each_fact_can_be_asked_for(mia: User, tools: dict[str, list[ports.ToolState]]) -> None:
    every_hour = {"every": 1, "unit": "hours", "at": None}
    make_segment("fresh", sizes=(50,), refresh=every_hour, goal={"event": "order_paid"})
    make_segment("late", sizes=(9,), refresh={"every": 10, "unit": "minutes", "at": None})
    make_segment("broken", broken_reason="gone", owner_email="tom@x.example")
    make_segment("new", definition=BUYERS, status=Status.DRAFT)
    tools["fresh"] = [copy("mailman", 0), copy("files", None)]
    tools["late"] = [copy("mailman", 3)]

    assert found("freshness=on_time", mia) == ["fresh"]
    assert found("freshness=late&freshness=broken", mia) == ["broken", "late"]
    assert found("freshness=never", mia) == ["new"]
    assert found("tool=mailman", mia) == ["fresh", "late"]
    assert found("tool_state=equal", mia) == ["fresh"]
    assert found("tool_state=differs", mia) == ["late"]
    assert found("tool_state=unknown", mia) == ["fresh"]
    assert found("tool_state=none", mia) == ["broken", "new"]
    assert found("has_goal=true", mia) == ["fresh"]
    assert found("owner=tom@x.example", mia) == ["broken"]
    assert found("status=draft", mia) == ["new"]
    assert found("size__gte=10", mia) == ["fresh"]
    assert found("size__lte=9", mia) == ["late"]
    assert found("uses_event=order_paid", mia) == ["new"]
    assert found("uses_trait=plan", mia) == ["broken", "fresh", "late"]
    assert found("uses_trait=nobody_uses_this", mia) == []


def test_what_was_changed_after_an_instant(mia: User) -> None:
    make_segment("old")
    make_segment("new")
    Segment.objects.filter(key="old").update(updated_at=NOW - timedelta(days=9))

    asked = (NOW - timedelta(days=1)).isoformat().replace("+", "%2B")
    assert found(f"updated_at__after={asked}", mia) == ["new"]


def test_archived_segments_are_found_only_by_their_status(mia: User) -> None:
    make_segment("live")
    make_segment("old", status=Status.ARCHIVED)

    assert found("", mia) == ["live"]
    assert found("status=archived", mia) == ["old"]
    assert found("status=archived&status=live", mia) == ["live", "old"]


def test_a_draft_private_to_a_team_is_not_there_for_others(mia: User) -> None:
    make_segment("secret", name="Secret", is_private=True, status=Status.DRAFT)

    filters = SegmentFilter(QueryDict("q=secret"), viewer=mia)

    assert list(filters.qs) == []
    assert filters.facets == []


def test_what_is_not_known_stands_last_whichever_way_round(mia: User) -> None:
    make_segment("none")
    make_segment("few", sizes=(3,))
    make_segment("many", sizes=(30,))

    assert found("ordering=size", mia) == ["few", "many", "none"]
    assert found("ordering=-size", mia) == ["many", "few", "none"]


def test_what_no_filter_understands_is_said_and_left_out(mia: User) -> None:
    make_segment("a")

    filters = SegmentFilter(QueryDict("size__gte=many&team=nobody&ordering=height"), viewer=mia)

    assert [segment.key for segment in filters.qs] == ["a"]
    assert set(filters.errors) == {"size__gte", "team", "ordering"}


def counts(filters: SegmentFilter) -> dict[str, dict[str, int]]:
    return {
        facet.name: {value.value: value.count for value in facet.values} for facet in filters.facets
    }


def test_each_count_says_what_choosing_it_would_show(mia: User) -> None:
    sales, product = other_team("sales", "Sales"), other_team("product", "Product")
    make_segment("a", team=sales, models_used=["usage"])
    make_segment("b", team=sales, models_used=["plan_status"])
    make_segment("c", team=product, models_used=["usage"])

    facets = counts(SegmentFilter(QueryDict("team=sales"), viewer=mia))

    # Of its own facet, the alternatives; of the others, what the chosen team leaves.
    assert facets["team"] == {"sales": 2, "product": 1}
    assert facets["model"] == {"usage": 1, "plan_status": 1}
    for value, count in facets["model"].items():
        assert len(found(f"team=sales&model={value}", mia)) == count


def test_only_what_is_there_can_be_chosen_but_what_is_chosen_stays(mia: User) -> None:
    make_segment("a")

    facets = counts(SegmentFilter(QueryDict("status=draft&q=paying-nobody"), viewer=mia))

    assert facets["status"] == {"draft": 0}
    assert "model" not in facets


def test_more_segments_do_not_take_more_queries(mia: User) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            filters = SegmentFilter(QueryDict("q=a&status=live&model=usage"), viewer=mia)
            assert len(list(filters.qs)) == Segment.objects.count()
            assert filters.facets
        return len(queries)

    make_segment("a", name="a", models_used=["usage"])
    few = asked()
    for number in range(8):
        make_segment(f"a-{number}", name="a", models_used=["usage"])

    assert asked() == few
