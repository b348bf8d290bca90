"""Why one customer is in: the verdict is the engine's, the reasons are the customer's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pyroaring import BitMap

from catalogue.definitions import nodes as n
from catalogue.definitions.describe import Labels
from catalogue.definitions.errors import Code, DefinitionError
from catalogue.engine.evidence import EventsReason, SegmentReason, TraitReason
from catalogue.engine.explain import Explained, explain
from catalogue.engine.inputs import SegmentInput
from catalogue.warehouse.given import GivenChange, GivenCustomer, World
from catalogue.warehouse.memory import MemoryTables
from tests.catalogue.engine.small_world import (
    DAY,
    MICROSECOND,
    NOW,
    customer,
    event,
    events,
    is_,
    last,
    segment,
    term,
    trait,
    world,
)
from tests.catalogue.engine.telling import root, told

# ── the tree


def test_every_node_has_its_answer_in_the_order_of_the_document() -> None:
    where = n.All(
        children=(
            trait("is", "pro", "plan"),
            n.None_(children=(n.Did(events=events("refund")), trait("is", "DE", "country"))),
        )
    )
    given = world(customer("ada", plan="pro", country="DE"))
    found = told(where, given, "ada")
    assert [(node.pointer, node.depth, node.answer) for node in found.nodes] == [
        ("/where", 0, False),
        ("/where/all/0", 1, True),
        ("/where/all/1", 1, False),
        ("/where/all/1/none/0", 2, False),
        ("/where/all/1/none/1", 2, True),
    ]
    assert found.is_in is False
    assert found.nodes[0].text == "all of these are true:"
    assert found.nodes[3].text == "has done “Refund” at any time"


def test_names_that_people_gave_are_used() -> None:
    found = told(
        trait("is", "pro", "plan"),
        world(customer("ada", plan="pro")),
        "ada",
        labels=Labels(traits={"plan": "Tariff"}),
    )
    assert found.nodes[0].text == "Tariff is pro"


# ── traits


def test_a_value_is_shown_with_the_day_since_which_it_is_that() -> None:
    changes = (
        GivenChange(trait="plan", value="pro"),
        GivenChange(trait="plan", value="free", at=NOW - 9 * DAY),
        GivenChange(trait="plan", value="pro", at=NOW - 5 * DAY),
        GivenChange(trait="plan", value="pro", at=NOW - 2 * DAY),
        GivenChange(trait="plan", value="free", at=NOW + DAY),
    )
    given = world(GivenCustomer(id="ada", changes=changes))
    found = root(trait("is", "pro", "plan"), given, "ada")
    assert found.reason == TraitReason(path=("plan",), value="pro", since=NOW - 5 * DAY)
    assert found.because == "it is pro, since 13 March 2026, 12:00 UTC"


def test_a_value_since_ever_and_one_nobody_knows() -> None:
    given = world(customer("ada", plan="pro"), customer("bob"))
    assert root(trait("is", "pro", "plan"), given, "ada").because == "it is pro"
    unknown = root(trait("is_not", "pro", "plan"), given, "bob")
    assert unknown.reason == TraitReason(path=("plan",), value=None, since=None)
    assert (unknown.answer, unknown.because) == (True, "it is unknown")


def test_a_value_that_became_missing_is_unknown() -> None:
    changes = (
        GivenChange(trait="plan", value="pro"),
        GivenChange(trait="plan", value=None, at=NOW - DAY),
    )
    found = root(
        trait("is_set", False, "plan"), world(GivenCustomer(id="ada", changes=changes)), "ada"
    )
    assert (found.answer, found.because) == (True, "it is unknown")


def test_what_lies_inside_an_object_is_shown_alone() -> None:
    inside = trait("gte", 10, "company", "seats")
    given = world(customer("ada", company={"seats": 12, "name": "Ada Ltd"}))
    assert root(inside, given, "ada").reason == TraitReason(
        path=("company", "seats"), value=12, since=None
    )


def test_lists_are_shown_and_long_ones_cut() -> None:
    given = world(customer("ada", tags=["vip", "beta"]), customer("bob", tags=["x" * 300]))
    wants = n.Trait(term=term("has_any", ("vip",), "tags"))
    assert root(wants, given, "ada").because == 'it is ["vip", "beta"]'
    assert len(root(wants, given, "bob").because) < 250


# ── events


def test_events_are_counted_in_the_window_and_over_all_history() -> None:
    given = world(
        customer(
            "ada",
            event("login", 40 * DAY),
            event("login", 6 * DAY),
            event("login", 2 * DAY),
            event("login", -DAY),
            event("logout", DAY),
        )
    )
    found = root(
        n.Count(events=events("login"), comparison=is_("gte", 2), window=last(7)), given, "ada"
    )
    assert found.reason == EventsReason(
        count=2, newest=NOW - 2 * DAY, first_ever=NOW - 40 * DAY, last_ever=NOW - 2 * DAY
    )
    assert found.because == "done 2 times, the newest on 16 March 2026, 12:00 UTC"


def test_only_events_that_fit_where_count() -> None:
    wanted = events("paid", where=(term("gt", 10, "v"),))
    given = world(customer("ada", event("paid", DAY, v=5), event("paid", 3 * DAY, v=50)))
    found = root(n.Did(events=wanted, window=last(7)), given, "ada")
    assert found.reason == EventsReason(
        count=1, newest=NOW - 3 * DAY, first_ever=NOW - 3 * DAY, last_ever=NOW - 3 * DAY
    )
    assert found.because == "done once, on 15 March 2026, 12:00 UTC"


def test_what_was_done_too_long_ago_says_when() -> None:
    given = world(customer("ada", event("login", 40 * DAY)), customer("bob"))
    asked = n.DidNot(events=events("login"), window=last(7))
    assert root(asked, given, "ada").because == "last done on 6 February 2026, 12:00 UTC"
    assert root(asked, given, "bob").because == "never done"


def test_the_first_and_the_last_time_say_which_it_was() -> None:
    given = world(customer("ada", event("login", 40 * DAY), event("login", DAY)))
    first = root(n.FirstDid(events=events("login"), window=last(7)), given, "ada")
    assert (first.answer, first.because) == (
        False,
        "done for the first time on 6 February 2026, 12:00 UTC",
    )
    newest = root(n.LastDid(events=events("login"), window=last(7)), given, "ada")
    assert (newest.answer, newest.because) == (
        True,
        "done for the last time on 17 March 2026, 12:00 UTC",
    )


def test_a_reference_says_whether_the_customer_is_there_and_by_hand() -> None:
    given = world(customer("ada"), customer("bob"), customer("cleo", plan="pro"))
    pros = segment(trait("is", "pro", "plan"), adds=BitMap([0]), removes=BitMap([1]))
    segments = {"it": segment(n.InSegment(key="pros")), "pros": pros}
    reasons = {who: told(segments, given, who).nodes[0] for who in ("ada", "bob", "cleo")}
    assert reasons["ada"].reason == SegmentReason(key="pros", is_in=True, by_hand="added")
    assert [(one.answer, one.because) for one in reasons.values()] == [
        (True, "is in it, added by hand"),
        (False, "is not in it, removed by hand"),
        (True, "is in it"),
    ]


def test_being_outside_a_segment_is_one_line_with_the_reason_of_the_reference() -> None:
    segments = {
        "it": segment(n.Not(child=n.InSegment(key="pros"))),
        "pros": segment(trait("is", "pro", "plan")),
    }
    outer, inner = told(segments, world(customer("ada", plan="pro")), "ada").nodes
    assert (outer.text, outer.answer, outer.because) == (
        "is not in segment “Pros”",
        False,
        "is in it",
    )
    assert (inner.pointer, inner.folded, inner.answer) == ("/where/not", True, True)


def test_hands_beat_the_definition_and_say_so() -> None:
    given = world(customer("ada"), customer("bob", plan="pro"))
    pros = segment(trait("is", "pro", "plan"), adds=BitMap([0]), removes=BitMap([1]))
    ada, bob = (told({"it": pros}, given, who) for who in ("ada", "bob"))
    assert (ada.is_in, ada.own, ada.by_hand, ada.nodes[0].answer) == (True, False, "added", False)
    assert ada.note == "Added by hand, so in, whatever else is said of the segment."
    assert (bob.is_in, bob.own, bob.by_hand, bob.nodes[0].answer) == (False, True, "removed", True)
    assert bob.note == "Removed by hand, so out, whatever else is said of the segment."


def test_who_is_added_and_removed_is_removed() -> None:
    both = segment(n.Everyone(), adds=BitMap([0]), removes=BitMap([0]))
    assert told({"it": both}, world(customer("ada")), "ada").by_hand == "removed"


def test_a_list_has_no_tree_but_an_answer() -> None:
    given = world(customer("ada"), customer("bob"))
    listed = SegmentInput(static=BitMap([0]))
    ada, bob = (told({"it": listed}, given, who) for who in ("ada", "bob"))
    assert (ada.is_in, ada.nodes, ada.note) == (True, (), "On the list.")
    assert (bob.is_in, bob.nodes, bob.note) == (False, (), "Not on the list.")


# ── merges and refusals


def test_a_survivor_has_its_own_traits_and_the_events_lists_and_adds_of_both() -> None:
    given = World(
        customers=(
            customer("ada", event("login", 5 * DAY), plan="free"),
            replace(customer("old", event("login", 2 * DAY), plan="pro"), merged_into="ada"),
        )
    )
    where = n.All(
        children=(
            n.Count(events=events("login"), comparison=is_("gte", 2)),
            trait("is", "free", "plan"),
            n.InSegment(key="listed"),
            n.InSegment(key="added"),
        )
    )
    segments = {
        "it": segment(where),
        "listed": SegmentInput(static=BitMap([1])),
        "added": segment(trait("is", "gold", "plan"), adds=BitMap([1])),
    }
    found = told(segments, given, "old")
    assert [node.answer for node in found.nodes] == [True] * 5
    assert isinstance(found.nodes[1].reason, EventsReason)
    assert found.nodes[1].reason.newest == NOW - 2 * DAY
    assert found.nodes[4].because == "is in it, added by hand"


def test_a_remove_is_not_passed_on_by_a_merge() -> None:
    given = World(customers=(customer("ada"), replace(customer("old"), merged_into="ada")))
    found = told({"it": segment(n.Everyone(), removes=BitMap([1]))}, given, "ada")
    assert (found.is_in, found.by_hand) == (True, None)


def test_a_segment_that_cannot_be_judged_has_its_refusal_and_stops_no_other() -> None:
    segments = {
        "good": segment(n.Everyone()),
        "circle": segment(n.InSegment(key="circle")),
        "lost": segment(n.InSegment(key="nowhere")),
    }
    with MemoryTables.from_world(world(customer("ada"))) as tables:
        found = explain(segments, 0, tables, now=NOW)
    assert isinstance(found["good"], Explained)
    codes = [one.code for one in found.values() if isinstance(one, DefinitionError)]
    assert codes == [Code.CYCLE, Code.MISSING_REFERENCE]


# ── ahead in time


def test_the_answer_says_when_time_alone_will_change_it() -> None:
    where = n.All(
        children=(trait("is", "pro", "plan"), n.Did(events=events("login"), window=last(7)))
    )
    given = world(customer("ada", event("login", 2 * DAY), plan="pro"))
    found = told(where, given, "ada")
    at = NOW + 5 * DAY + MICROSECOND
    assert found.flips_at == found.nodes[0].flips_at == found.nodes[2].flips_at == at
    assert found.nodes[1].flips_at is None
    assert found.nodes[2].later == "no from 23 March 2026, 12:00 UTC on"
    assert found.later == "Leaves on 23 March 2026, 12:00 UTC, if nothing more is said or done."


def test_a_date_comes_into_its_window() -> None:
    soon = trait("within", n.InNext(duration=n.Duration(count=3, unit="day")), "ends")
    found = root(soon, world(customer("ada", ends="2026-03-25T12:00:00Z")), "ada")
    assert (found.answer, found.flips_at) == (False, datetime(2026, 3, 22, 12, tzinfo=UTC))
    assert found.later == "yes from 22 March 2026, 12:00 UTC on"


def test_hands_hold_whatever_time_does_and_so_does_what_is_built_on_them() -> None:
    recent = n.Did(events=events("login"), window=last(7))
    given = world(customer("ada", event("login", 2 * DAY)))
    segments = {
        "it": segment(n.InSegment(key="recent")),
        "recent": segment(recent, adds=BitMap([0])),
    }
    assert told(segments, given, "ada").flips_at is None
    found = told(segments, given, "ada", key="recent")
    assert (found.flips_at, found.nodes[0].flips_at) == (None, NOW + 5 * DAY + MICROSECOND)


def test_a_reference_changes_when_the_segment_does() -> None:
    given = world(customer("ada", event("login", 2 * DAY)))
    segments = {
        "it": segment(n.None_(children=(n.InSegment(key="recent"),))),
        "recent": segment(n.Did(events=events("login"), window=last(7))),
    }
    assert told(segments, given, "ada").flips_at == NOW + 5 * DAY + MICROSECOND


def test_times_are_shown_on_the_clocks_of_the_definition() -> None:
    berlin = {"it": segment(n.Did(events=events("login"), window=last(7)), "Europe/Berlin")}
    found = told(berlin, world(customer("ada", event("login", 2 * DAY))), "ada")
    assert found.nodes[0].because == "done once, on 16 March 2026, 13:00 CET"
