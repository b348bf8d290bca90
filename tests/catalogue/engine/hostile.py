"""Values and names that somebody may write who means ill, or no more than to try."""

from __future__ import annotations

from datetime import UTC, datetime

from catalogue.definitions.nodes import Operator

NAN, INFINITE = float("nan"), float("inf")
SQL = "'; DROP TABLE catalogue_segment; --"
TEXTS = [
    *(
        "",
        " ",
        "pro",
        "%",
        "_",
        "\\",
        "'",
        '"',
        "`",
        ";",
        "--",
        "/*",
        SQL,
        '" OR 1=1 --',
        "$1",
        "{0}",
    ),
    *(
        "?",
        "x' UNION SELECT 1",
        "İ",
        "ß",
        "ﬁ",
        "é",
        "e\u0301",
        "🧊",
        "\u202e",
        "\u200b",
        "a" * 5_000,
    ),
    *("0", "-0", "+1", "1e999", "1e-999", "٣", "0x10", "1_000", "NaN", "Infinity", "null", "true"),
]
NUMBERS = [
    *(0, -0.0, 1, -1, 0.1, 5e-324, 1e-7, 1e308, -1e308, 2**53, 2**53 + 1, 2**63, 2**64, 10**30),
    *(10**308, -(2**63) - 1, NAN, INFINITE, -INFINITE, 10**400),
]
DATES = [
    *("0001-01-01", "9999-12-31", "0000-12-31", "10000-01-01", "2026-02-29", "2024-02-29"),
    *("2026-02-30", "2026-13-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59.999999-14:00"),
    *("2026-03-29T02:30:00", "2026-10-25T02:30:00", "2026-03-18T24:00:00", "2026-03-18T12:00:60Z"),
    *("today", "yesterday", "tomorrow", "now"),
]
DURATIONS = [
    *(
        "1 day",
        "0 days",
        "-1 days",
        "1.5 days",
        "1 fortnight",
        "999999999999 years",
        "1000000000000 days",
    ),
    *("9" * 50 + " days", "12000 months", "100000000 weeks", "1 day; --", "٣ days", "1e3 days"),
    *("last_month", "this_year", "next_day", "last_century"),
]
PATTERNS = [
    *(
        "(a+)+$",
        "(?P<x",
        "[",
        "a{1000}",
        "a{99999999}",
        "(?=x)",
        r"\1",
        "((((((a))))))",
        "(?i)PRO",
        "$^",
    ),
    *(
        "^" * 200,
        "(" * 300 + ")" * 300,
        "(a|b|c)*" * 50,
        r"\p{Greek}",
        r"\C",
        "\ufffd",
        ".*.*.*.*x",
    ),
]
OTHERS: list[object] = [
    *(
        None,
        True,
        False,
        [],
        [None],
        [1, "1", True],
        ["x"] * 3,
        [[1]],
        {},
        {"a": 1},
        [NAN],
        [10, 1],
    ),
    *([1, 2], [1, 2, 3], ["2026-01-01", "2025-01-01"], ["0001-01-01", "9999-12-31"], [{}]),
    *([{"prop": "k", "is": 1}], [{"prop": "k", "is": None}], [{"prop": "", "is": 1}], [{"is": 1}]),
    datetime(2026, 3, 1, tzinfo=UTC),
    b"x",
    object,
]
VALUES: list[object] = [*TEXTS, *NUMBERS, *DATES, *DURATIONS, *PATTERNS, *OTHERS]
WINDOWS = ["in_last", "in_next", "older_than", "since", "between_dates", "during"]
OPERATORS = [*(one.value for one in Operator if one is not Operator.WITHIN), *WINDOWS]
NAMES = [
    *(SQL, '"', '""', 'a"b', "a'b", "a b", " a", "a ", "A", "ordinal", "at", "sequence", "table"),
    *(
        "select",
        "text",
        "number",
        "changes",
        "account",
        "c0",
        "w0",
        "m0_count",
        "it's; --",
        "%",
        "é",
    ),
    *(
        "🧊",
        "../../etc/passwd",
        "C:\\x",
        "a/b",
        "a.b",
        ".",
        "..",
        "*",
        "?",
        "{0}",
        "$1",
        "\u202e",
        "x" * 300,
    ),
]
# What data may hold; what else is written above cannot be loaded.
HELD: list[object] = [
    *TEXTS,
    *DATES[:14],
    *(0, -0.0, 1, -1, 0.1, 5e-324, 1e308, -1e308, float(2**53), NAN, INFINITE, -INFINITE, None),
    *(True, False, [], [None], [1, "1", True], ["x"], [[1]], {}, {"a": 1}, [{"k": 1}, {"k": "'"}]),
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
]
