"""Commands about segments of accounts say what they count, list and explain."""

from __future__ import annotations

import pytest

from tests.catalogue.management.test_segments_commands import manage, rows
from tests.catalogue.workspace import NOW, define, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
WHERE = {
    "all": [
        {"trait": "tier", "is": "business"},
        {"customers": "any", "where": {"did": "login", "in_last": "30 days"}},
    ]
}
AT = ("--now", NOW.isoformat())


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_accounts_too()
    define("firms", {"subject": "account", "where": WHERE}, name="Firms")


def test_an_estimate_says_that_it_counts_accounts_and_where_it_does_not() -> None:
    code, out, err = manage("segments", "estimate", "firms", *AT)
    first, _, *table = out.splitlines()
    assert (code, err) == (0, "")
    assert first.startswith("firms: 1 of 3 accounts (33.3%).")
    assert table == [
        "alone  remaining  unknown  condition",
        "    1          1        –  all of these are true:",
        "    2          2        0    Tier is business",
        "    1          1        –    this is true for at least one customer:",
        "    2          2        –      has done “Login” in the last 30 days [customers]",
    ]
    (row,) = rows(manage("segments", "estimate", "firms", *AT, "--json")[1])
    assert (row["subject"], row["size"], row["population"]) == ("account", 1, 3)


def test_an_account_is_explained() -> None:
    code, out, _ = manage("segments", "explain", "firms", "acme", *AT)
    first, *rest = out.splitlines()
    assert code == 0
    assert first.startswith("acme is in “Firms”.")
    assert [line.split("(")[0].rstrip() for line in rest] == [
        "yes  all of these are true:",
        "  yes  Tier is business",
        "  yes  this is true for at least one customer:",
        "    …    has done “Login” in the last 30 days",
    ]
    assert rest[3].endswith("(true for 2 of the 2 customers of the account)")
    (row,) = rows(manage("segments", "explain", "firms", "acme", *AT, "--json")[1])
    assert (row["subject"], row["account_id"], row["is_in"]) == ("account", "acme", True)
    assert row["nodes"][3]["reason"] == {"fits": 2, "of": 2}


def test_a_customer_is_no_account() -> None:
    assert "There is no account “ada”." in manage("segments", "explain", "firms", "ada", *AT)[2]


def test_members_are_listed_under_what_they_are() -> None:
    refresh("firms")
    assert manage("segments", "members", "firms")[1] == "account_id\nacme\n"
    assert rows(manage("segments", "members", "firms", "--json")[1]) == [{"account_id": "acme"}]
