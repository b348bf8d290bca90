"""Refusals of conditions on order and habit: their code, where they stand, what is right."""

from __future__ import annotations

import pytest

from catalogue.definitions.nodes import Definition
from tests.catalogue.definitions.reading import definition, only_fault, refusals

PAUSE = "active_within: 2 days, quiet_for: 1 day"
PERIODS = "per: 1 day, in_at_least: 1, of_last: 3"


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{sequence: []}", "/sequence"),
        ("{sequence: [{did: a}]}", "/sequence"),
        ("{sequence: {did: a}}", "/sequence"),
        ("{sequence: [{did: a}, b]}", "/sequence/1"),
        ("{sequence: [{did: a}, {trait: b, is: c}]}", "/sequence/1"),
        ("{sequence: [{did: a}, {did: 5}]}", "/sequence/1/did"),
        ("{sequence: [{did: a}, {did: b, within: soon}]}", "/sequence/1/within"),
        ("{sequence: [{did: a}, {did: b, where: []}]}", "/sequence/1/where"),
        ("{dropped_off: a}", "/dropped_off"),
        ("{dropped_off: {from: a, to: b}}", "/dropped_off"),
        ("{dropped_off: {to: b, within: 1 day}}", "/dropped_off"),
        ("{dropped_off: {from: [], to: b, within: 1 day}}", "/dropped_off/from"),
        ("{dropped_off: {from: a, to: {did: 5}, within: 1 day}}", "/dropped_off/to/did"),
        ("{dropped_off: {from: a, to: {}, within: 1 day}}", "/dropped_off/to/did"),
        ("{dropped_off: {from: a, to: b, within: 0 days}}", "/dropped_off/within"),
        ("{stopped: a, active_within: 3 days}", ""),
        ("{stopped: a, active_within: 3, quiet_for: 1 day}", "/active_within"),
        ("{resumed: a, back_within: 3 days}", ""),
        ("{regularly: a, per: 1 day, of_last: 3}", ""),
        ("{regularly: a, per: 1 day, in_at_least: 4, of_last: 3}", "/in_at_least"),
        ("{regularly: a, per: 1 day, in_at_least: 0, of_last: 3}", "/in_at_least"),
        ("{regularly: a, per: 1 day, in_at_least: '1', of_last: 3}", "/in_at_least"),
        ("{regularly: a, per: 1 day, in_at_least: 1, of_last: 10001}", "/of_last"),
        (f"{{regularly: a, times: {{lt: 1}}, {PERIODS}}}", "/times"),
        ("{active_days: a, gte: 1, in_at_least: 1, of_last: 3}", ""),
        ("{active_days: a, gte: x}", "/gte"),
        ("{latest: a}", ""),
        ("{latest: a, has: []}", "/has"),
        ("{latest: a, has: [{prop: b, gt: x}]}", "/has/0/gt"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(text: str, pointer: str) -> None:
    assert only_fault(text)[:2] == ("bad_value", pointer)


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        ("{sequence: [{did: a, within: 1 day}, {did: b}]}", "/sequence/0/within", None),
        ("{sequence: [{did: a}, {did: b, wihtin: 1 day}]}", "/sequence/1/wihtin", "within"),
        ("{sequence: [{did: a}, {did: b}], where: []}", "/where", None),
        ("{dropped_off: {from: a, to: b, within: 1 day, form: c}}", "/dropped_off/form", "from"),
        (
            "{dropped_off: {from: {did: a, wher: []}, to: b, within: 1 day}}",
            "/dropped_off/from/wher",
            "where",
        ),
        (f"{{stopped: a, {PAUSE}, in_last: 3 days}}", "/in_last", None),
        (f"{{stopped: a, {PAUSE}, quiet_within: 1 day}}", "/quiet_within", None),
        (f"{{regularly: a, {PERIODS}, of_lst: 1}}", "/of_lst", "of_last"),
        (f"{{regularly: a, {PERIODS}, in_last: 3 days}}", "/in_last", None),
        ("{active_days: a, in_last: 3 days}", "", None),
        ("{latest: a, has: [{prop: b, is: c}], hase: 3}", "/hase", "has"),
    ],
)
def test_a_key_must_be_head_operator_or_option(
    text: str, pointer: str, suggestion: str | None
) -> None:
    code, place, hint = only_fault(text)
    assert (code, place) == ("unknown_operator", pointer)
    assert suggestion is None or hint == suggestion


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{sequence: [{did: a}, {did: b}], in_next: 3 days}", "/in_next"),
        ("{stopped: a, active_within: 7 days, quiet_for: 1 week}", "/quiet_for"),
        ("{stopped: a, active_within: 1 month, quiet_for: 40 days}", "/quiet_for"),
        ("{resumed: a, back_within: 8 days, quiet_within: 1 week}", "/back_within"),
        (f"{{active_days: a, gte: 1, since: 2026-01-01, {PERIODS}}}", "/since"),
    ],
)
def test_there_is_one_window_and_pauses_are_possible(text: str, pointer: str) -> None:
    assert only_fault(text)[:2] == ("bad_window", pointer)


@pytest.mark.parametrize("head", ["sequnce", "droped_off", "stoped", "regulary", "active_day"])
def test_the_nearest_head_is_named(head: str) -> None:
    code, pointer, suggestion = only_fault(f"{{{head}: a}}")
    assert (code, pointer) == ("unknown_condition", f"/{head}")
    assert suggestion in {"sequence", "dropped_off", "stopped", "regularly", "active_days"}


@pytest.mark.parametrize(
    "text",
    [
        "{stopped: a, active_within: 1 month, quiet_for: 30 days}",
        "{stopped: a, active_within: 31 days, quiet_for: 1 month}",
        "{resumed: a, back_within: 1 month, quiet_within: 30 days}",
        "{regularly: a, per: 1 day, in_at_least: 3, of_last: 3}",
        "{active_days: a, eq: 0}",
        "{sequence: [{did: a}, {did: a}]}",
        "{dropped_off: {from: a, to: a, within: 1 day}}",
    ],
)
def test_what_can_be_meant_is_not_refused(text: str) -> None:
    assert isinstance(definition(text), Definition)


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = refusals("{dropped_off: {from: [], within: 0 days}, in_next: 3 days}")
    assert [fault.pointer for fault in found] == [
        "/dropped_off/from",
        "/dropped_off",
        "/dropped_off/within",
        "/in_next",
    ]
