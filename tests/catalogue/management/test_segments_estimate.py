"""manage.py segments estimate, as people and programs call it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.models import Segment, TraitEntry
from tests.catalogue.management.test_segments_commands import HEAD, manage, rows
from tests.catalogue.workspace import define, load_workspace

pytestmark = pytest.mark.django_db
NOW = "2026-03-18T12:00:00Z"
WHERE = {"all": [{"trait": "plan", "is": "pro"}, {"did": "login", "in_last": "7 days"}]}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def test_a_stored_segment_is_counted_condition_by_condition() -> None:
    define("active-pros", WHERE)
    code, out, err = manage("segments", "estimate", "active-pros", "--now", NOW)
    first, empty, *table = out.splitlines()
    assert (code, err, empty) == (0, "", "")
    assert first.startswith(
        "active-pros: 1 of 5 customers (20.0%). Counted, as of 2026-03-18 12:00 UTC, on data loaded"
    )
    assert table == [
        "alone  remaining  unknown  condition",
        "    1          1        –  all of these are true:",
        "    2          2        1    Plan is pro",
        "    1          1        –    has done “Login” in the last 7 days",
    ]


def test_names_from_the_dictionary_are_used() -> None:
    define("pros", {"trait": "plan", "is": "pro"})
    TraitEntry.objects.filter(name="plan").update(label="Tariff")
    assert "Tariff is pro" in manage("segments", "estimate", "pros")[1]


def test_as_json_it_is_one_object() -> None:
    define("active-pros", WHERE)
    code, out, _ = manage("segments", "estimate", "active-pros", "--now", NOW, "--json")
    row = rows(out)[0]
    assert code == 0
    assert (row["segment"], row["size"], row["population"], row["now"]) == (
        "active-pros",
        1,
        5,
        NOW,
    )
    assert row["nodes"][1] == {
        "pointer": "/where/all/0",
        "about": "customer",
        "text": "Plan is pro",
        "alone": 2,
        "remaining": 2,
        "null_count": 1,
        "null_share": 0.2,
    }


def test_a_file_is_counted_before_it_is_applied(tmp_path: Path) -> None:
    path = tmp_path / "pros.yaml"
    path.write_text(HEAD + "key: pros\ndefinition: {trait: plan, is: pro}\n")
    code, out, _ = manage("segments", "estimate", str(path))
    assert code == 0
    assert out.startswith("pros: 2 of 5 customers (40.0%).")
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ("definition: {trait: plam, is: pro}\n", "line 4, column 14 (/definition/trait)"),
        (
            "definition:\n  where:\n    any:\n      - {trait: plam, is: pro}\n",
            "line 7, column 10 (/definition/where/any/0/trait)",
        ),
        ("definition: {trait: plan, iz: pro}\n", "line 4, column 27 (/definition/iz)"),
    ],
)
def test_what_is_refused_is_pointed_at_in_the_file(
    tmp_path: Path, definition: str, place: str
) -> None:
    path = tmp_path / "pros.yaml"
    path.write_text(HEAD + "key: pros\n" + definition)
    code, out, err = manage("segments", "estimate", str(path))
    assert (code, out) == (1, "")
    assert f": pros: {place}" in err
    assert "Did you mean" in err
    code, out, _ = manage("segments", "estimate", str(path), "--json")
    assert (code, rows(out)[0]["outcome"]) == (1, "refused")


def test_a_stored_definition_that_cannot_be_judged_says_why() -> None:
    define("lost", {"in_segment": "nowhere"})
    code, _, err = manage("segments", "estimate", "lost")
    assert code == 1
    assert "there is no segment “nowhere”" in err.lower()


def test_what_has_no_conditions_says_so(tmp_path: Path) -> None:
    segment = define("pros", {"trait": "plan", "is": "pro"})
    Segment.objects.filter(pk=segment.pk).update(definition=None)
    assert "“pros” is a list kept by hand" in manage("segments", "estimate", "pros")[2]
    Segment.objects.filter(pk=segment.pk).update(status="archived")
    assert "“pros” is archived" in manage("segments", "estimate", "pros")[2]
    (tmp_path / "ids.csv").write_text("customer_id\nada\n")
    path = tmp_path / "vips.yaml"
    path.write_text(HEAD + "key: vips\nmembers: {static: ids.csv}\n")
    assert "only lists kept by hand" in manage("segments", "estimate", str(path))[2]


def test_an_unknown_key_is_a_sentence() -> None:
    define("pros", {"trait": "plan", "is": "pro"})
    code, _, err = manage("segments", "estimate", "pro")
    assert (code, err) == (1, "There is no segment “pro”. Did you mean “pros”?")
