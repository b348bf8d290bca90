"""Every refusal of the language: its code, where it stands, and the nearest right spelling."""

from __future__ import annotations

import pytest

from catalogue.definitions.nodes import Definition
from tests.catalogue.definitions.reading import definition, only_fault


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{}", ""),
        ("[]", ""),
        ("null", ""),
        ("where: {}", "/where"),
        ("subject: customer", "/where"),
        ("all: []", "/all"),
        ("any: []", "/any"),
        ("none: []", "/none"),
        ("all:", "/all"),
        ("not: {}", "/not"),
        ("not:", "/not"),
        ("not: []", "/not"),
        ("all: [{everyone: true}, {}]", "/all/1"),
        ("all: [{everyone: true}, {any: []}]", "/all/1/any"),
    ],
)
def test_nothing_is_neither_everyone_nor_no_one(text: str, pointer: str) -> None:
    assert only_fault(text) == ("empty_definition", pointer, None)


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        ("{dod: login}", "/dod", "did"),
        ("{triat: plan, is: pro}", "/triat", "trait"),
        ("{is: pro}", "/is", None),
        ("{trait: plan, did: login}", "/did", None),
        ("{all: [{everyone: true}], any: [{everyone: true}]}", "/any", None),
        ("{Did: login}", "/Did", "did"),
        ("hello", "", None),
        ("7", "", None),
        ("[{everyone: true}]", "", None),
        ("all: [login]", "/all/0", None),
        ("{did: login, where: [{is: pdf}]}", "/where/0", None),
        ("{did: login, where: [{trait: a, is: pdf}]}", "/where/0", "prop"),
    ],
)
def test_a_condition_has_one_known_head(text: str, pointer: str, suggestion: str | None) -> None:
    assert only_fault(text) == ("unknown_condition", pointer, suggestion)


@pytest.mark.parametrize(
    ("text", "pointer", "suggestion"),
    [
        ("{trait: plan, iss: pro}", "/iss", "is"),
        ("{trait: plan, starts_wth: p}", "/starts_wth", "starts_with"),
        ("{trait: plan, eq: 3}", "/eq", None),
        ("{trait: plan, where: [{prop: a, is: b}]}", "/where", None),
        ("{trait: plan}", "", None),
        ("{trait: plan, is: pro, is_not: free}", "/is_not", None),
        ("{trait: due, in_last: 3 days, is: x}", "/is", None),
        ("{did: login, is: x}", "/is", None),
        ("{did: login, gte: 3}", "/gte", None),
        ("{did: login, tmes: {gte: 3}}", "/tmes", "times"),
        ("{did: login, times: {gtee: 3}}", "/times/gtee", "gte"),
        ("{did_not: login, times: {gte: 1}}", "/times", None),
        ("{did: login, within: 3 days}", "/within", None),
        ("{count: login}", "", None),
        ("{count: login, gt: 1, lt: 5}", "/lt", "between"),
        ("{count: login, gte: 2, times: {gte: 2}}", "/times", None),
        ("{sum: amount, of: paid}", "", None),
        ("{in_segment: vips, is: true}", "/is", None),
        ("{everyone: true, is: true}", "/is", None),
        ("{all: [{everyone: true}], where: []}", "/where", None),
        ("{did: login, where: [{prop: a, iz: b}]}", "/where/0/iz", "is"),
        ("{did: login, where: [{prop: a, within: b}]}", "/where/0/within", None),
        ("where: {everyone: true}\nzone: UTC", "/zone", None),
        ("where: {everyone: true}\ntimzone: UTC", "/timzone", "timezone"),
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
        # values
        ("{trait: a, is: null}", "/is"),
        ("{trait: a, is: .nan}", "/is"),
        ("{trait: a, is: -.inf}", "/is"),
        ("{trait: a, is: 1e999}", "/is"),
        ("{trait: a, is: [x]}", "/is"),
        ("{trait: a, is: {b: c}}", "/is"),
        ("{trait: a, is: 9007199254740993}", "/is"),
        ("{trait: a, is: 12345678901234567890}", "/is"),
        ("{trait: a, in: x}", "/in"),
        ("{trait: a, in: []}", "/in"),
        ("{trait: a, not_in: []}", "/not_in"),
        ("{trait: a, in: [x, null]}", "/in/1"),
        ("{trait: a, in: [x, [y]]}", "/in/1"),
        ("{trait: a, has_any: []}", "/has_any"),
        ("{trait: a, has_all: []}", "/has_all"),
        ("{trait: a, has_none: []}", "/has_none"),
        ("{trait: a, has_any: x}", "/has_any"),
        ("{trait: a, gt: x}", "/gt"),
        ("{trait: a, gt: '5'}", "/gt"),
        ("{trait: a, gte: true}", "/gte"),
        ("{trait: a, lt: null}", "/lt"),
        ("{trait: a, lte: .inf}", "/lte"),
        ("{trait: a, between: [5]}", "/between"),
        ("{trait: a, between: [1, 2, 3]}", "/between"),
        ("{trait: a, between: 5}", "/between"),
        ("{trait: a, between: [5, 4]}", "/between"),
        ("{trait: a, not_between: [5, 4]}", "/not_between"),
        ("{trait: a, between: [true, 4]}", "/between/0"),
        ("{trait: a, between: [1, '4']}", "/between/1"),
        ("{trait: a, contains: 5}", "/contains"),
        ("{trait: a, starts_with: true}", "/starts_with"),
        ("{trait: a, ends_with: null}", "/ends_with"),
        ("{trait: a, matches: '('}", "/matches"),
        ("{trait: a, matches: '(?=x)'}", "/matches"),
        ("{trait: a, not_matches: '\\1'}", "/not_matches"),
        ("{trait: a, is_set: 'true'}", "/is_set"),
        ("{trait: a, is_empty: 1}", "/is_empty"),
        ("{trait: a, is_set: null}", "/is_set"),
        # names
        ("{trait: 5, is: x}", "/trait"),
        ("{trait: '', is: x}", "/trait"),
        ("{trait: a..b, is: x}", "/trait"),
        ("{trait: .a, is: x}", "/trait"),
        ("{trait: a., is: x}", "/trait"),
        ("{trait: '\"a', is: x}", "/trait"),
        ("{did: 5}", "/did"),
        ("{did: ''}", "/did"),
        ("{did: []}", "/did"),
        ("{did: [login, 5]}", "/did/1"),
        ("{did: {name: login}}", "/did"),
        ("{in_segment: Power Users}", "/in_segment"),
        ("{in_segment: power_users}", "/in_segment"),
        ("{in_segment: 'a#'}", "/in_segment"),
        ("{in_segment: 'a#b#c'}", "/in_segment"),
        ("{in_segment: 5}", "/in_segment"),
        (f"{{in_segment: {'a' * 81}}}", "/in_segment"),
        # terms
        ("{trait: a, item: []}", "/item"),
        ("{trait: a, item: {prop: a, is: b}}", "/item"),
        ("{did: a, where: {prop: a, is: b}}", "/where"),
        ("{did: a, where: []}", "/where"),
        ("{did: a, where: [x]}", "/where/0"),
        ("{trait: a, item: [{prop: b, item: [{prop: c, gt: x}]}]}", "/item/0/item/0/gt"),
        # groups
        ("{everyone: false}", "/everyone"),
        ("{everyone: 'true'}", "/everyone"),
        ("{everyone: 1}", "/everyone"),
        ("{all: {everyone: true}}", "/all"),
        ("{not: [{everyone: true}]}", "/not"),
        # durations
        ("{did: a, in_last: 0 days}", "/in_last"),
        ("{did: a, in_last: -3 days}", "/in_last"),
        ("{did: a, in_last: 1.5 days}", "/in_last"),
        ("{did: a, in_last: 30}", "/in_last"),
        ("{did: a, in_last: 30days}", "/in_last"),
        ("{did: a, in_last: days}", "/in_last"),
        ("{did: a, in_last: 3 fortnights}", "/in_last"),
        ("{did: a, in_last: 3 dayss}", "/in_last"),
        ("{did: a, in_last: 30 days ago}", "/in_last"),
        ("{did: a, in_last: 99999999999999999999 days}", "/in_last"),
        ("{trait: a, anniversary_in_next: soon}", "/anniversary_in_next"),
        # dates
        ("{trait: a, before: 2026-02-30}", "/before"),
        ("{trait: a, before: 2026-3-1}", "/before"),
        ("{trait: a, before: 0000-01-01}", "/before"),
        ("{trait: a, before: 2026-03-01T24:00:00Z}", "/before"),
        ("{trait: a, before: 2026-03-01T12}", "/before"),
        ("{trait: a, before: 2026-03-01t12:00z}", "/before"),
        ("{trait: a, before: 2026-03-01T12:00:60Z}", "/before"),
        ("{trait: a, before: 2026-03-01T12:00+24:00}", "/before"),
        ("{trait: a, before: 20260301}", "/before"),
        ("{trait: a, after: 0001-01-01T00:00+01:00}", "/after"),
        ("{trait: a, on: someday}", "/on"),
        ("{trait: a, anniversary_on: 13-01}", "/anniversary_on"),
        ("{did: a, since: yesterday}", "/since"),
        ("{did: a, between_dates: [2026-01-01]}", "/between_dates"),
        ("{did: a, between_dates: 2026-01-01}", "/between_dates"),
        ("{did: a, between_dates: [2026-01-01, soon]}", "/between_dates/1"),
        ("{did: a, since_start_of_day: -1}", "/since_start_of_day"),
        ("{did: a, since_start_of_day: '0'}", "/since_start_of_day"),
        ("{did: a, since_start_of_day: true}", "/since_start_of_day"),
        ("{did: a, during: last_fortnight}", "/during"),
        ("{did: a, during: past_month}", "/during"),
        ("{did: a, during: last_hour}", "/during"),
        ("{did: a, from: 3 ago, to: 1 days ago}", "/from"),
        ("{did: a, from: soon, to: 2026-01-01}", "/from"),
        # how often
        ("{did: a, times: 3}", "/times"),
        ("{did: a, times: {}}", "/times"),
        ("{did: a, times: null}", "/times"),
        ("{did: a, times: {gte: x}}", "/times/gte"),
        ("{did: a, times: {gte: true}}", "/times/gte"),
        ("{did: a, times: {lt: 1}}", "/times"),
        ("{did: a, times: {lte: 0}}", "/times"),
        ("{did: a, times: {eq: 0}}", "/times"),
        ("{did: a, times: {between: [0, 0]}}", "/times"),
        ("{did: a, times: {between: [-3, 0.5]}}", "/times"),
        ("{did: a, times: {eq: 2.5}}", "/times"),
        ("{did: a, times: {gt: 5, lt: 6}}", "/times"),
        ("{did: a, times: {gte: 1, lte: 1, neq: 1}}", "/times"),
        ("{did: a, times: {between: [5, 2]}}", "/times/between"),
        ("{count: a, gte: '3'}", "/gte"),
        ("{count: a, gte: false}", "/gte"),
        ("{count: a, between: [3, 1]}", "/between"),
        ("{count: a, gt: .nan}", "/gt"),
        ("{sum: amount, gt: 5}", ""),
        ("{sum: '', of: paid, gt: 5}", "/sum"),
        ("{sum: amount, of: 5, gt: 5}", "/of"),
        # the whole
        ("subject: people\nwhere: {everyone: true}", "/subject"),
        ("timezone: Berlin\nwhere: {everyone: true}", "/timezone"),
        ("timezone: ../UTC\nwhere: {everyone: true}", "/timezone"),
        ("timezone: 5\nwhere: {everyone: true}", "/timezone"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(text: str, pointer: str) -> None:
    assert only_fault(text)[:2] == ("bad_value", pointer)


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{did: a, from: 10 days ago, to: 30 days ago}", "/to"),
        ("{did: a, from: 1 month ago, to: 2 months ago}", "/to"),
        ("{did: a, from: 1 quarter ago, to: 4 months ago}", "/to"),
        ("{did: a, from: 1 month ago, to: 40 days ago}", "/to"),
        ("{did: a, from: 50 weeks ago, to: 1 year ago}", "/to"),
        ("{did: a, from: 2026-02-01, to: 2026-01-01}", "/to"),
        ("{did: a, from: 2026-02-01T12:00Z, to: 2026-02-01T11:59:59Z}", "/to"),
        ("{did: a, from: 2026-02-01T12:00, to: 2026-02-01T11:59:59Z}", "/to"),
        ("{did: a, from: 3 days ago}", "/from"),
        ("{did: a, to: 3 days ago}", "/to"),
        ("{did: a, from: 3 days ago, to: 2026-01-01}", "/to"),
        ("{did: a, from: 2026-01-01, to: 3 days ago}", "/to"),
        ("{did: a, between_dates: [2026-01-02, 2026-01-01]}", "/between_dates"),
        ("{did: a, in_last: 3 days, older_than: 1 day}", "/older_than"),
        ("{did: a, in_last: 3 days, from: 2 days ago, to: 1 day ago}", "/from"),
        ("{trait: a, in_last: 3 days, during: this_week}", "/during"),
        ("{did: a, in_next: 3 days}", "/in_next"),
        ("{count: a, gte: 1, in_next: 3 days}", "/in_next"),
        ("{trait: a, since_start_of_day: 0}", "/since_start_of_day"),
        ("{did: a, where: [{prop: b, since_start_of_day: 0}]}", "/where/0/since_start_of_day"),
    ],
)
def test_a_window_has_one_form_and_ends_after_it_starts(text: str, pointer: str) -> None:
    assert only_fault(text)[:2] == ("bad_window", pointer)


@pytest.mark.parametrize(
    "text",
    [
        "{did: a, from: 1 month ago, to: 30 days ago}",
        "{did: a, from: 30 days ago, to: 1 month ago}",
        "{did: a, from: 10 days ago, to: 10 days ago}",
        "{did: a, from: 2026-02-01, to: 2026-02-01}",
        "{did: a, between_dates: [2026-01-01, 2026-01-01]}",
        "{did: a, times: {lte: 1}}",
        "{did: a, times: {neq: 1}}",
        "{did: a, times: {gt: 0, lt: 1.5}}",
        "{count: a, eq: 0}",
        "{count: a, lt: 1}",
        "{did: '*'}",
        "{trait: a, in_next: 3 days}",
        "{did: a, where: [{prop: b, in_next: 3 days}]}",
        "{trait: a, is: 1152921504606846976}",
        "{trait: a, is: 1152921504606847000}",
        "{trait: a, between: [5, 5]}",
        '{trait: a, is: ""}',
        "{did: a, older_than: 1 second}",
        f"{{in_segment: {'a' * 80}}}",
    ],
)
def test_what_can_be_meant_is_not_refused(text: str) -> None:
    assert isinstance(definition(text), Definition)


def test_suggestions_name_the_nearest_unit_zone_and_calendar_unit() -> None:
    assert only_fault("{did: a, in_last: 3 dayz}")[2] == "3 days"
    assert only_fault("timezone: Europe/Berln\nwhere: {everyone: true}")[2] == "Europe/Berlin"
    assert only_fault("{did: a, during: last_mnth}")[2] == "last_month"
    assert only_fault("{trait: a, on: tomorow}")[2] == "tomorrow"
