"""manage.py segments explain, as people and programs call it."""

from __future__ import annotations

import pyarrow as pa
import pytest

from catalogue.models import ListedMember, Segment
from catalogue.warehouse.population import merge_customers
from tests.catalogue.management.test_segments_commands import manage, rows
from tests.catalogue.workspace import NOW, define, load_workspace

pytestmark = pytest.mark.django_db
WHERE = {
    "all": [
        {"trait": "plan", "is": "pro"},
        {"none": [{"did": "login", "in_last": "7 days"}]},
    ]
}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()
    define("quiet-pros", WHERE, name="Quiet pros")


def explain(customer: str, *more: str) -> tuple[int, str, str]:
    return manage("segments", "explain", "quiet-pros", customer, "--now", NOW.isoformat(), *more)


def test_the_tree_says_yes_or_no_and_why_at_each_condition() -> None:
    code, out, err = explain("ada")
    first, *rest = out.splitlines()
    assert (code, err) == (0, "")
    assert first.startswith(
        "ada is not in “Quiet pros”. Judged as of 2026-03-18 12:00 UTC, on data loaded"
    )
    assert rest == [
        "Enters on 24 March 2026, 08:00 UTC, if nothing more is said or done.",
        "NO   all of these are true:",
        "  yes  Plan is pro                            (it is pro, since 1 March 2026, 00:00 UTC)",
        "  NO   none of these are true:",
        "    yes  has done “Login” in the last 7 days  "
        "(done once, on 17 March 2026, 08:00 UTC; no from 24 March 2026, 08:00 UTC on)",
    ]


def test_hands_are_said_before_the_tree() -> None:
    segment = Segment.objects.get(key="quiet-pros")
    ListedMember.objects.create(segment=segment, kind="add", customer_id="ada")
    lines = explain("ada")[1].splitlines()
    assert lines[0].startswith("ada is in “Quiet pros”.")
    assert lines[1] == "Added by hand, so in, whatever else is said of the segment."
    assert lines[2] == "NO   all of these are true:"


def test_a_merged_customer_is_explained_as_its_survivor() -> None:
    merge_customers(pa.table({"from": ["ada"], "into": ["cleo"]}), now=NOW)
    lines = explain("ada")[1].splitlines()
    assert lines[0].startswith("cleo is not in “Quiet pros”.")
    assert lines[1].startswith("“ada” was merged into “cleo”")


def test_as_json_it_is_one_object() -> None:
    code, out, _ = explain("ada", "--json")
    row = rows(out)[0]
    assert code == 0
    assert (row["segment"], row["customer_id"], row["is_in"]) == ("quiet-pros", "ada", False)
    assert row["flips_at"] == "2026-03-24T08:00:00.000001Z"
    assert row["nodes"][3] == {
        "pointer": "/where/all/1/none/0",
        "text": "has done “Login” in the last 7 days",
        "answer": True,
        "because": "done once, on 17 March 2026, 08:00 UTC",
        "flips_at": "2026-03-24T08:00:00.000001Z",
        "reason": {
            "count": 1,
            "newest": "2026-03-17T08:00:00Z",
            "first_ever": "2026-03-17T08:00:00Z",
            "last_ever": "2026-03-17T08:00:00Z",
            "figure": None,
        },
    }


def test_sums_are_exact_in_json() -> None:
    define("spenders", {"sum": "amount", "of": "purchase", "gt": 10})
    out = manage("segments", "explain", "spenders", "ada", "--json")[1]
    assert rows(out)[0]["nodes"][0]["reason"]["figure"] == "12.500000"


def test_complaints_are_sentences() -> None:
    assert "There is no customer “nobody”." in explain("nobody")[2]
    unknown = manage("segments", "explain", "quiet-pro", "ada")
    assert unknown[2] == "There is no segment “quiet-pro”. Did you mean “quiet-pros”?"
    define("lost", {"in_segment": "nowhere"})
    assert "there is no segment “nowhere”" in manage("segments", "explain", "lost", "ada")[2]
    Segment.objects.filter(key="quiet-pros").update(status="archived")
    assert "is archived, so nobody is in it" in explain("ada")[2]
