"""Counting a definition over stored data, stored itself or not."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

import pyarrow as pa
import pytest
from django.apps import apps

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.membership.estimating import Estimate, NoDataYet, ScanFailed, estimate, steady
from catalogue.models import ListedMember, Load, Photo, Segment, Team, User
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.ordinals import ids_of
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db
PRO: dict[str, object] = {"trait": "plan", "is": "pro"}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def tree(where: object) -> Definition:
    return parse_definition(where)


def count(where: object, key: str | None = None) -> Estimate:
    return estimate(tree(where), key=key, now=NOW)


def names(found: Estimate) -> set[str]:
    return {name for _, name in ids_of(found.members)}


def test_a_definition_that_is_stored_nowhere_is_counted() -> None:
    found = count({"all": [PRO, {"did": "login", "in_last": "7 days"}]})
    assert names(found) == {"ada"}
    assert (found.size, found.population, found.share) == (1, 5, 0.2)
    assert [(one.pointer, one.alone, one.remaining) for one in found.nodes] == [
        ("/where", 1, 1),
        ("/where/all/0", 2, 2),
        ("/where/all/1", 1, 1),
    ]
    assert (found.nodes[1].null_count, found.nodes[1].null_share) == (1, 0.2)


def test_an_estimate_says_as_of_when_and_on_which_data() -> None:
    photo = Photo.objects.latest("pk")
    found = count(PRO)
    assert (found.now, found.photo, found.data_as_of) == (NOW, photo.pk, photo.created_at)
    assert found.milliseconds > 0


def test_it_is_what_a_refresh_at_the_same_instant_publishes() -> None:
    where = {
        "any": [{"last_did": "login", "older_than": "5 days"}, {"trait": "email", "is_set": False}]
    }
    segment = define("quiet", where)
    refresh("quiet")
    segment.refresh_from_db()
    assert segment.membership is not None
    assert count(where, key="quiet").size == segment.membership.size == 3


def test_histories_rankings_and_samples_are_read_from_the_lake() -> None:
    # Of ada it is said again, of bob it is new.
    again = pa.table({"id": ["ada", "bob"], "plan": ["pro", "pro"]})
    load_customers(again, as_of=NOW - timedelta(days=3))
    held = {"held": "plan", "is": "pro"}
    assert names(count({**held, "for_at_least": "17 days"})) == {"ada", "cleo"}
    assert names(count({**held, "for_at_least": "18 days"})) == set()
    assert names(count({**held, "for_less_than": "4 days"})) == {"bob"}
    by_count = {"by": {"count": "login", "in_last": "60 days"}, "among": {"did": "purchase"}}
    assert names(count({"bottom": 1, **by_count})) == {"ada"}
    assert names(count({"top": "20%", "by": {"sum": "amount", "of": "purchase"}})) == {"ada"}
    assert names(count({"bottom": "20%", "by": {"count": "login"}})) == {"cleo", "dan"}
    drawn = {
        name
        for name in ("ada", "bob", "cleo", "dan", "eve")
        if int(sha256(f"x:{name}".encode()).hexdigest()[:16], 16) < 2**63
    }
    assert names(count({"sample": "50%", "salt": "x"})) == drawn


def test_of_a_stored_segment_hands_count() -> None:
    segment = define("pros", PRO)
    ListedMember.objects.create(segment=segment, kind="add", customer_id="dan")
    ListedMember.objects.create(segment=segment, kind="add", customer_id="a stranger")
    ListedMember.objects.create(segment=segment, kind="remove", customer_id="ada")
    assert names(count({"trait": "plan", "is": "free"}, key="pros")) == {"bob", "eve", "dan"}
    assert names(count(PRO)) == {"ada", "cleo"}


def test_references_go_to_what_is_stored_with_all_that_that_is_built_on() -> None:
    define("pros", PRO)
    define("known-pros", {"all": [{"in_segment": "pros"}, {"trait": "email", "is_set": True}]})
    assert names(count({"none": [{"in_segment": "known-pros"}]})) == {"bob", "cleo", "dan", "eve"}


def test_a_segment_may_not_be_built_on_itself_by_way_of_another() -> None:
    define("pros", PRO)
    define("others", {"none": [{"in_segment": "pros"}]})
    with pytest.raises(DefinitionError, match="built on itself") as caught:
        count({"in_segment": "others"}, key="pros")
    assert caught.value.code == Code.CYCLE


def test_everything_unknown_is_refused_with_its_place_and_the_nearest_name() -> None:
    define("pros", PRO)
    where = {"all": [{"trait": "plam", "is": 1}, {"did": "logim"}, {"in_segment": "pro"}]}
    with pytest.raises(DefinitionError) as caught:
        count(where)
    assert [(one.code, one.pointer, one.suggestion) for one in caught.value.faults] == [
        (Code.UNKNOWN_TRAIT, "/where/all/0/trait", "plan"),
        (Code.UNKNOWN_EVENT, "/where/all/1/did", "login"),
        (Code.MISSING_REFERENCE, "/where/all/2/in_segment", "pros"),
    ]


def test_an_archived_segment_may_not_be_built_on() -> None:
    Segment.objects.filter(pk=define("pros", PRO).pk).update(status="archived")
    with pytest.raises(DefinitionError, match="no segment “pros”"):
        count({"in_segment": "pros"})


def test_a_private_draft_of_another_team_may_not_be_referred_to_unless_it_was_before() -> None:
    sales = Team.objects.create(slug="sales", name="Sales")
    secret = define("secret", PRO)
    Segment.objects.filter(pk=secret.pk).update(team=sales, is_private=True)
    vic = User.objects.create_user("vic")
    asked = tree({"none": [{"in_segment": "secret"}]})
    with pytest.raises(DefinitionError, match="no segment “secret”"):
        estimate(asked, now=NOW, viewer=vic)
    define("others", {"in_segment": "secret"})
    assert estimate(asked, key="others", now=NOW, viewer=vic).size == 3


def test_a_budget_of_no_time_at_all_is_too_little() -> None:
    with pytest.raises(DefinitionError) as caught:
        estimate(tree(PRO), now=NOW, seconds=0)
    assert caught.value.code == Code.TOO_EXPENSIVE


def test_nothing_is_written() -> None:
    def rows() -> list[int]:
        return [model.objects.count() for model in apps.get_app_config("catalogue").get_models()]

    before = rows()
    count(PRO, key="pros")
    assert rows() == before


def test_before_the_first_load_it_says_what_to_do() -> None:
    Load.objects.all().delete()
    Photo.objects.all().delete()
    with pytest.raises(NoDataYet, match="Load them first: manage.py load customers"):
        count(PRO)


def test_a_lake_that_lost_a_file_is_a_sentence(settings: Any) -> None:
    for file in settings.LAKE_DIR.rglob("traits/**/*.parquet"):
        file.unlink()
    with pytest.raises(ScanFailed, match="could not be read"):
        count(PRO)


def test_a_definition_is_judged_as_of_the_instant_asked_for() -> None:
    recent = {"did": "login", "in_last": "7 days"}
    assert estimate(tree(recent), now=NOW - timedelta(days=7)).size == 1
    assert estimate(tree(recent), now=NOW + timedelta(days=90)).size == 0


def test_while_somebody_edits_all_is_counted_as_of_one_instant_until_newer_data_come() -> None:
    second = timedelta(seconds=1)
    assert steady(NOW) == NOW
    assert steady(NOW + 59 * second) == NOW
    assert steady(NOW - second) == NOW - second  # a clock that was put back
    assert steady(NOW + 60 * second) == NOW + 60 * second
    load_customers(pa.table({"id": ["fay"], "plan": ["pro"]}), as_of=NOW + 62 * second)
    assert steady(NOW + 63 * second) == NOW + 63 * second
    assert estimate(tree(PRO), now=steady(NOW + 64 * second)).size == 3
