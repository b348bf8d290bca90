"""Explaining an ordinal over stored data."""

from __future__ import annotations

import pyarrow as pa
import pytest

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.membership.estimating import NoDataYet
from catalogue.membership.explaining import Explained, Explanation, TraitReason, explain
from catalogue.models import Customer, ListedMember, Load, Photo, Segment
from catalogue.warehouse.population import delete_customers, merge_customers
from tests.catalogue.workspace import LOADED, NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db
PRO: dict[str, object] = {"trait": "plan", "is": "pro"}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def ordinal(name: str) -> int:
    return Customer.objects.get(external_id=name).ordinal


def about(name: str, *keys: str) -> Explanation:
    return explain(keys=keys, ordinal=ordinal(name), now=NOW)


def one(name: str, key: str) -> Explained:
    found = about(name, key).segments[key]
    assert isinstance(found, Explained)
    return found


def test_everybody_is_explained_as_a_refresh_would_judge() -> None:
    where = {"any": [PRO, {"last_did": "login", "older_than": "30 days"}]}
    define("some", where)
    refresh("some")
    names = ("ada", "bob", "cleo", "dan", "eve")
    assert (
        {name for name in names if one(name, "some").is_in}
        == ids("some")
        == {
            "ada",
            "cleo",
            "eve",
        }
    )


def test_reasons_are_read_from_the_lake() -> None:
    define("pros", PRO)
    found = one("ada", "pros").nodes[0]
    assert found.reason == TraitReason(path=("plan",), value="pro", since=LOADED)
    assert found.because == "it is pro, since 1 March 2026, 00:00 UTC"


def test_several_segments_are_explained_together_each_with_its_hands() -> None:
    define("pros", PRO)
    both = define("both", {"all": [{"in_segment": "pros"}, {"did": "purchase"}]})
    ListedMember.objects.create(segment=both, kind="add", customer_id="cleo")
    found = about("cleo", "both", "pros").segments
    assert {key: one.is_in for key, one in found.items() if isinstance(one, Explained)} == {
        "both": True,
        "pros": True,
    }
    told = found["both"]
    assert isinstance(told, Explained)
    assert (told.own, told.by_hand) == (False, "added")


def test_a_draft_is_explained_in_the_place_of_what_is_stored() -> None:
    define("pros", PRO)
    define("others", {"none": [{"in_segment": "pros"}]})
    free = parse_definition({"trait": "plan", "is": "free"})
    found = explain(
        keys=["pros", "others"], ordinal=ordinal("bob"), now=NOW, proposed={"pros": free}
    ).segments
    assert [one.is_in for one in found.values() if isinstance(one, Explained)] == [True, False]
    assert not one("bob", "pros").is_in


def test_a_merged_customer_is_explained_as_its_survivor() -> None:
    define("buyers", {"did": "purchase"})
    merge_customers(pa.table({"from": ["ada"], "into": ["bob"]}), now=NOW)
    found = about("ada", "buyers")
    assert found.ordinal == ordinal("bob")
    told = found.segments["buyers"]
    assert isinstance(told, Explained)
    assert told.is_in


def test_a_deleted_customer_is_in_nothing() -> None:
    define("pros", PRO)
    delete_customers(pa.table({"customer_id": ["ada"]}), now=NOW)
    found = about("ada", "pros")
    assert (found.ordinal, found.segments) == (None, {})


def test_a_segment_that_cannot_be_judged_says_why_and_stops_no_other() -> None:
    define("pros", PRO)
    define("lost", {"in_segment": "nowhere"})
    found = about("ada", "pros", "lost").segments
    assert isinstance(found["pros"], Explained)
    lost = found["lost"]
    assert isinstance(lost, DefinitionError)
    assert lost.code == Code.MISSING_REFERENCE


def test_archived_segments_and_unknown_keys_are_left_out() -> None:
    define("pros", PRO)
    Segment.objects.filter(key="pros").update(status="archived")
    assert about("ada", "pros", "nothing").segments == {}


def test_a_segment_without_a_definition_says_so() -> None:
    segment = define("pros", PRO)
    Segment.objects.filter(pk=segment.pk).update(definition=None)
    found = about("ada", "pros").segments["pros"]
    assert isinstance(found, DefinitionError)
    assert found.code == Code.EMPTY_DEFINITION


def test_before_the_first_load_it_says_what_to_do() -> None:
    Load.objects.all().delete()
    Photo.objects.all().delete()
    with pytest.raises(NoDataYet):
        about("ada", "pros")
