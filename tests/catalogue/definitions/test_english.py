"""English, word for word: one message per head and operator, nothing of the file's spelling."""

from __future__ import annotations

import gettext
import re

import pytest

from catalogue.definitions.describe import Labels, describe, one_line
from catalogue.definitions.english import terms
from catalogue.definitions.heads import HEADS
from catalogue.definitions.terms import POSITIVE_TWIN, Operator
from tests.catalogue.definitions.reading import definition

PERIODS = "per: 7 days, in_at_least: 3, of_last: 4"
WALKS = {
    "{sequence: [{did: viewed}, {did: asked, within: 7 days}], in_last: 90 days}": (
        "did “Viewed”, then “Asked” within 7 days, all in the last 90 days"
    ),
    "{sequence: [{did: [a, b]}, {did: c, where: [{prop: x, is_not: 1}]},"
    " {did: 'd*', within: 1 day}]}": (
        "did “A” or “B”, then “C” (where x is not 1 (or is unknown)), then any event that begins"
        " with “d” within 1 day, at any time"
    ),
    "{dropped_off: {from: checkout_started, to: order_paid, within: 24 hours}, in_last: 30 days}": (
        "has done “Checkout started” in the last 30 days and, the latest time, did not do “Order"
        " paid” within 24 hours (waiting time over)"
    ),
    "{stopped: login, active_within: 14 days, quiet_for: 7 days}": (
        "has done “Login” in the last 14 days, but not in the last 7 days"
    ),
    "{resumed: login, back_within: 2 days, quiet_within: 7 days}": (
        "has done “Login” in the last 2 days, and the last time before that more than 7 days ago"
    ),
    f"{{regularly: login, times: {{gte: 2}}, {PERIODS}}}": (
        "has done “Login” at least 2 times in at least 3 of the last 4 periods of 7 days"
    ),
    f"{{regularly: login, {PERIODS}}}": (
        "has done “Login” in at least 3 of the last 4 periods of 7 days"
    ),
    f"{{regularly: login, times: {{lte: 2}}, {PERIODS}}}": (
        "has done “Login” at least once and at most 2 times in at least 3 of the last 4 periods of"
        " 7 days"
    ),
    "{regularly: login, per: 1 month, in_at_least: 1, of_last: 1}": (
        "has done “Login” in at least 1 of the last 1 period of 1 month"
    ),
    f"{{active_days: app_opened, gte: 4, {PERIODS}}}": (
        "has done “App opened” on at least 4 days in at least 3 of the last 4 periods of 7 days"
    ),
    "{active_days: app_opened, eq: 1, during: this_month}": (
        "has done “App opened” on exactly 1 day this month"
    ),
    "{active_days: app_opened, neq: 2}": "has not done “App opened” on exactly 2 days at any time",
    "{active_days: app_opened, lt: 2, in_last: 7 days}": (
        "has done “App opened” on less than 2 days in the last 7 days"
    ),
    "{active_days: app_opened, between: [2, 5], in_last: 7 days}": (
        "has done “App opened” on between 2 and 5 days in the last 7 days"
    ),
    "{latest: ticket, where: [{prop: queue, is: billing}], has: [{prop: status, is: open}]}": (
        "the newest “Ticket” (where queue is billing) at any time is one where status is open"
    ),
    "{latest: ticket, has: [{prop: status, is_not: open}, {prop: n, gt: 1}]}": (
        "the newest “Ticket” at any time is one where status is not open (or is unknown)"
        " and n is more than 1"
    ),
}


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (
            "{did: report_exported, where: [{prop: format, is: pdf}], times: {gte: 3},"
            " in_last: 30 days}",
            "has done “Report exported” (where format is pdf) at least 3 times in the last 30 days",
        ),
        ("{trait: country, is_not: DE}", "Country is not DE (or is unknown)"),
        ("{trait: country, is: DE}", "Country is DE"),
        ("{trait: opted_in, is: true}", "Opted in is true"),
        ("{trait: note, is: ''}", "Note is “”"),
        ("{trait: country, in: [DE, AT, CH]}", "Country is one of DE, AT or CH"),
        ("{trait: country, in: [DE]}", "Country is DE"),
        ("{trait: country, not_in: [DE, AT]}", "Country is none of DE or AT (or is unknown)"),
        ("{trait: country, not_in: [DE]}", "Country is not DE (or is unknown)"),
        ("{trait: seats, gt: 5}", "Seats is more than 5"),
        ("{trait: seats, gte: 5.50}", "Seats is at least 5.5"),
        ("{trait: seats, lt: 5}", "Seats is less than 5"),
        ("{trait: seats, lte: 5}", "Seats is at most 5"),
        ("{trait: seats, between: [5, 20]}", "Seats is between 5 and 20"),
        (
            "{trait: seats, not_between: [5, 20]}",
            "Seats is not between 5 and 20 (or is unknown)",
        ),
        ("{trait: email, contains: '@acme.'}", "Email contains “@acme.”"),
        ("{trait: email, not_contains: x}", "Email does not contain “x” (or is unknown)"),
        ("{trait: email, starts_with: x}", "Email starts with “x”"),
        ("{trait: email, not_starts_with: x}", "Email does not start with “x” (or is unknown)"),
        ("{trait: email, ends_with: x}", "Email ends with “x”"),
        ("{trait: email, not_ends_with: x}", "Email does not end with “x” (or is unknown)"),
        ("{trait: email, matches: 'x{2}'}", "Email matches the pattern “x{2}”"),
        (
            "{trait: email, not_matches: x}",
            "Email does not match the pattern “x” (or is unknown)",
        ),
        ("{trait: phone, is_set: true}", "Phone is known"),
        ("{trait: phone, is_set: false}", "Phone is unknown"),
        ("{trait: phone, is_empty: true}", "Phone is empty or unknown"),
        ("{trait: phone, is_empty: false}", "Phone is known and not empty"),
        ("{trait: tags, has_any: [vip, beta]}", "Tags has any of vip or beta"),
        ("{trait: tags, has_all: [vip, beta]}", "Tags has all of vip and beta"),
        ("{trait: tags, has_none: [vip, beta]}", "Tags has none of vip or beta (or is unknown)"),
        ("{trait: tags, has_none: [vip]}", "Tags does not have vip (or is unknown)"),
        (
            "{trait: interests, item: [{prop: key, is: cars}, {prop: value, gt: 45}]}",
            "Interests has an element where key is cars and value is more than 45",
        ),
        ("{trait: company.size, gte: 10}", "Company › size is at least 10"),
        ("{trait: due, before: 2026-03-18}", "Due is before 18 March 2026"),
        ("{trait: due, after: 2026-03-18T12:00Z}", "Due is after 18 March 2026, 12:00 UTC"),
        ("{trait: due, after: 2026-03-18T12:00:05}", "Due is after 18 March 2026, 12:00:05"),
        ("{trait: due, on: 2026-03-18}", "Due is on 18 March 2026"),
        ("{trait: due, on: today}", "Due is today"),
        ("{trait: due, before: tomorrow}", "Due is before tomorrow"),
        ("{trait: due, in_last: 1 day}", "Due is in the last 1 day"),
        ("{trait: due, in_next: 30 days}", "Due is in the next 30 days"),
        ("{trait: due, older_than: 2 weeks}", "Due is more than 2 weeks ago"),
        ("{trait: due, since: 2026-03-18}", "Due is between 18 March 2026 and now"),
        (
            "{trait: due, between_dates: [2026-01-01, 2026-03-31]}",
            "Due is from 1 January 2026 through 31 March 2026",
        ),
        ("{trait: due, during: last_month}", "Due is during last month"),
        ("{trait: due, during: next_day}", "Due is tomorrow"),
        (
            "{trait: due, from: 30 days ago, to: 10 days ago}",
            "Due is between 30 days ago and 10 days ago",
        ),
        (
            "{trait: born, anniversary_on: 2026-03-18}",
            "Born has its anniversary on 18 March 2026",
        ),
        ("{trait: born, anniversary_on: today}", "Born has its anniversary today"),
        (
            "{trait: born, anniversary_in_next: 2 months}",
            "Born has its anniversary in the next 2 months",
        ),
        ("{did: login}", "has done “Login” at any time"),
        ("{did: login, since_start_of_day: 0}", "has done “Login” since the start of today"),
        ("{did: login, since_start_of_day: 1}", "has done “Login” since the start of yesterday"),
        (
            "{did: login, since_start_of_day: 3}",
            "has done “Login” since the start of the day 3 days ago",
        ),
        ("{did: login, times: {eq: 1}, in_last: 1 week}", None),
        ("{did: login, times: {lte: 1}}", None),
        ("{did: login, times: {gte: 2, lt: 5}}", None),
        ("{did: login, times: {neq: 3, lt: 5}}", None),
        ("{did: login, times: {gte: 0}}", None),
        ("{did: login, times: {between: [0, 1]}}", None),
        ("{did: login, times: {between: [2, 5]}}", None),
        ("{did_not: invite_sent, in_last: 60 days}", None),
        ("{count: login, lt: 2, in_last: 7 days}", None),
        ("{count: login, neq: 1}", None),
        ("{count: login, gte: 1.5}", None),
        ("{count: login, between: [0, 1]}", None),
        ("{first_did: app_opened, in_last: 90 days}", None),
        ("{last_did: app_opened, older_than: 14 days}", None),
        ("{did: [login, 'test_*']}", None),
        ("{did: '*', during: this_year}", None),
        ("{sum: amount, of: order_paid, in_last: 90 days, gt: 500}", None),
        ("{avg: amount, of: order_paid, between: [1, 2]}", None),
        ("{min: amount, of: order_paid, eq: 1}", None),
        ("{max: amount, of: order_paid, lte: 1}", None),
        ("{count_distinct: item.sku, of: order_paid, neq: 3}", None),
        ("{in_segment: power-users}", "is in segment “Power users”"),
        ("{not: {in_segment: power-users}}", "is not in segment “Power users”"),
        (
            "{in_segment: checkout-intent#not_reached}",
            "is in segment “Checkout intent”, goal not reached",
        ),
        ("{everyone: true}", "is any customer"),
        *((text, None) for text in WALKS),
    ],
)
def test_a_condition_reads_as_a_sentence(text: str, english: str | None) -> None:
    wanted = english or {**EVENTS, **WALKS}[text]
    assert one_line(definition(text)) == wanted
    assert describe(definition(text)).lines == [
        (0, "A customer belongs when this is true:"),
        (1, wanted),
    ]


EVENTS = {
    "{did: login, times: {eq: 1}, in_last: 1 week}": (
        "has done “Login” exactly 1 time in the last 1 week"
    ),
    "{did: login, times: {lte: 1}}": (
        "has done “Login” at least once but at most 1 time at any time"
    ),
    "{did: login, times: {gte: 2, lt: 5}}": (
        "has done “Login” at least 2 times and less than 5 times at any time"
    ),
    "{did: login, times: {neq: 3, lt: 5}}": (
        "has done “Login” at least once and not exactly 3 times and less than 5 times at any time"
    ),
    "{did: login, times: {gte: 0}}": (
        "has done “Login” at least once and at least 0 times at any time"
    ),
    "{did: login, times: {between: [0, 1]}}": (
        "has done “Login” at least once and between 0 and 1 time at any time"
    ),
    "{did: login, times: {between: [2, 5]}}": "has done “Login” between 2 and 5 times at any time",
    "{did_not: invite_sent, in_last: 60 days}": "has not done “Invite sent” in the last 60 days",
    "{count: login, lt: 2, in_last: 7 days}": (
        "has done “Login” less than 2 times in the last 7 days"
    ),
    "{count: login, neq: 1}": "has not done “Login” exactly 1 time at any time",
    "{count: login, gte: 1.5}": "has done “Login” at least 1.5 times at any time",
    "{count: login, between: [0, 1]}": "has done “Login” between 0 and 1 time at any time",
    "{first_did: app_opened, in_last: 90 days}": (
        "did “App opened” for the first time in the last 90 days"
    ),
    "{last_did: app_opened, older_than: 14 days}": (
        "did “App opened” for the last time more than 14 days ago"
    ),
    "{did: [login, 'test_*']}": (
        "has done “Login” or any event that begins with “test_” at any time"
    ),
    "{did: '*', during: this_year}": "has done any event this year",
    "{sum: amount, of: order_paid, in_last: 90 days, gt: 500}": (
        "the sum of amount over “Order paid” in the last 90 days is more than 500"
    ),
    "{avg: amount, of: order_paid, between: [1, 2]}": (
        "the average amount of “Order paid” at any time is between 1 and 2"
    ),
    "{min: amount, of: order_paid, eq: 1}": (
        "the smallest amount of “Order paid” at any time is exactly 1"
    ),
    "{max: amount, of: order_paid, lte: 1}": (
        "the largest amount of “Order paid” at any time is at most 1"
    ),
    "{count_distinct: item.sku, of: order_paid, neq: 3}": (
        "the number of different values of item › sku in “Order paid” at any time is anything but 3"
    ),
}

NESTED = """
all:
  - {trait: plan, is: pro}
  - any:
      - {did: login}
      - {none: [{trait: country, is_not: DE}, {not: {in_segment: vips}}]}
  - {not: {did_not: paid}}
"""


def test_a_block_has_one_line_per_condition_in_the_order_written() -> None:
    assert str(describe(definition(NESTED))) == (
        "A customer belongs when all of these are true:\n"
        "  Plan is pro\n"
        "  at least one of these is true:\n"
        "    has done “Login” at any time\n"
        "    none of these are true:\n"
        "      Country is not DE (or is unknown)\n"
        "      is not in segment “Vips”\n"
        "  this is not true:\n"
        "    has not done “Paid” at any time"
    )


def test_one_line_puts_groups_inside_groups_in_brackets() -> None:
    assert one_line(definition(NESTED)) == (
        "Plan is pro and (has done “Login” at any time or (none of these: Country is not DE"
        " (or is unknown); is not in segment “Vips”)) and (not true: has not done “Paid”"
        " at any time)"
    )


def test_labels_replace_names() -> None:
    labels = Labels(
        traits={"plan": "Subscription plan"},
        events={"login": "Signed in"},
        properties={"os": "operating system"},
        segments={"vips": "Our best"},
    )
    text = (
        "all: [{trait: plan, is: pro}, {did: login, where: [{prop: os, is: x}]},"
        " {in_segment: vips}]"
    )
    assert one_line(definition(text), labels=labels) == (
        "Subscription plan is pro and has done “Signed in” (where operating system is x)"
        " at any time and is in segment “Our best”"
    )


def test_a_long_list_is_cut_on_one_line_and_whole_in_the_block() -> None:
    text = "{trait: a, in: [" + ", ".join(f"v{number}" for number in range(40)) + "]}"
    assert one_line(definition(text)).endswith("v11 or 28 more")
    assert describe(definition(text)).lines[1][1].endswith("v38 or v39")


def test_every_negative_operator_says_or_is_unknown() -> None:
    messages = {**terms.ONE_VALUE, **terms.TEXTS, **terms.RANGES, **terms.LISTS}
    for operator, message in messages.items():
        for form in (message,) if isinstance(message, str) else message:
            assert form.endswith("(or is unknown)") is (operator in POSITIVE_TWIN)


def test_every_operator_and_every_head_has_its_words() -> None:
    assert set(terms.SPEAKERS) == set(Operator)
    above_others = {"all", "any", "none", "not", "account_members", "customers"}
    assert {name for name, head in HEADS.items() if head.say is None} == above_others


def test_braces_in_names_and_values_are_left_alone() -> None:
    assert one_line(definition("{trait: '{x}', is: '{value}'}")) == "{x} is {value}"


class German(gettext.NullTranslations):
    """Some messages in another language, with another order of words."""

    def gettext(self, message: str) -> str:
        return {
            "{name} is {value}": "{name} ist {value}",
            "has done {events} {window}": "hat {window} {events} getan",
            "in the last {duration}": "in den letzten {duration}",
        }.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return {"{count} day": ("{count} Tag", "{count} Tagen")}.get(msgid1, (msgid1, msgid2))[
            n != 1
        ]


def test_messages_go_through_translations_with_their_plural_forms() -> None:
    text = "all: [{trait: plan, is: pro}, {did: login, in_last: 3 days}]"
    assert one_line(definition(text), translations=German()) == (
        "Plan ist pro and hat in den letzten 3 Tagen “Login” getan"
    )


def test_no_key_or_operator_of_the_file_is_among_the_messages() -> None:
    found = one_line(definition("{count_distinct: x, of: e, gte: 2, since_start_of_day: 2}"))
    assert not re.search(r"[{}_]|gte|count_distinct", found)
