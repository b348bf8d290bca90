"""Who enters and leaves by a change that is not made yet, and what becomes of all built on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pyroaring import BitMap

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.parse import parse_definition
from catalogue.membership.effect import Effect, Hands, SegmentEffect, built_on, effect_of
from catalogue.membership.estimating import NoDataYet
from catalogue.models import ListedMember, Load, Photo, Segment, Team, User
from catalogue.warehouse.ordinals import ids_of
from tests.catalogue.workspace import NOW, define, load_workspace, refresh

pytestmark = pytest.mark.django_db
PRO: dict[str, object] = {"trait": "plan", "is": "pro"}  # ada, cleo
FREE: dict[str, object] = {"trait": "plan", "is": "free"}  # bob, eve


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()


def effect(key: str, where: object | None, hands: Hands | None = None) -> Effect:
    definition = None if where is None else parse_definition(where)
    return effect_of(key=key, definition=definition, now=NOW, hands=hands)


def names(ordinals: BitMap) -> set[str]:
    return {name for _, name in ids_of(ordinals)}


def plain(one: SegmentEffect) -> tuple[object, ...]:
    return one.key, one.before, one.after, names(one.entering), names(one.leaving)


def test_who_enters_and_who_leaves() -> None:
    define("known", {"any": [PRO, {"trait": "plan", "is_set": False}]})
    found = effect("known", {"any": [PRO, FREE]})
    assert plain(found.own) == ("known", 3, 4, {"bob", "eve"}, {"dan"})
    assert (found.built_on_it, found.population, found.now) == ((), 5, NOW)
    assert found.data_as_of == Photo.objects.latest("pk").created_at


def test_nothing_but_the_change_makes_a_difference() -> None:
    """What was published a week ago is shown beside it, and takes no part."""
    define("recent", {"did": "login", "in_last": "7 days"})
    refresh("recent", now=NOW - timedelta(days=7))
    found = effect("recent", {"did": "login", "in_last": "9 days"})
    assert plain(found.own) == ("recent", 1, 2, {"bob"}, set())
    assert (found.published_size, found.published_at) == (1, NOW - timedelta(days=7))


def test_before_the_first_refresh_there_is_no_published_size() -> None:
    define("pros", PRO)
    found = effect("pros", PRO)
    assert (found.published_size, found.published_at) == (None, None)


def test_all_that_is_built_on_it_is_judged_with_it() -> None:
    define("pros", PRO)
    define("others", {"none": [{"in_segment": "pros"}]}, name="Others")
    define(
        "others-with-mail", {"all": [{"in_segment": "others"}, {"trait": "email", "is_set": True}]}
    )
    define("apart", FREE)
    found = effect("pros", FREE)
    assert plain(found.own) == ("pros", 2, 2, {"bob", "eve"}, {"ada", "cleo"})
    assert [plain(one) for one in found.built_on_it] == [
        ("others", 3, 3, {"ada", "cleo"}, {"bob", "eve"}),
        ("others-with-mail", 3, 2, {"ada"}, {"bob", "eve"}),
    ]
    assert found.built_on_it[0].name == "Others"


def test_a_segment_that_is_not_stored_yet_has_no_size_before() -> None:
    found = effect("new-one", PRO)
    assert plain(found.own) == ("new-one", None, 2, set(), set())
    assert (found.own.name, found.own.status, found.own.refused) == ("new-one", "draft", "")


def test_hands_as_stored_count_before_and_after() -> None:
    segment = define("pros", PRO)
    ListedMember.objects.create(segment=segment, kind="add", customer_id="dan")
    assert plain(effect("pros", FREE).own) == ("pros", 3, 3, {"bob", "eve"}, {"ada", "cleo"})


def test_hands_as_the_document_has_them_count_after() -> None:
    segment = define("pros", PRO)
    ListedMember.objects.create(segment=segment, kind="add", customer_id="dan")
    found = effect("pros", PRO, Hands(adds=["eve", "a stranger"], removes=["ada"]))
    assert plain(found.own) == ("pros", 3, 2, {"eve"}, {"ada", "dan"})


def test_a_list_may_take_the_place_of_a_definition() -> None:
    define("pros", PRO)
    found = effect("pros", None, Hands(static=["ada", "bob"]))
    assert plain(found.own) == ("pros", 2, 2, {"bob"}, {"cleo"})


def test_archiving_says_what_is_built_on_it_and_what_becomes_of_that() -> None:
    define("pros", PRO, name="Pros")
    define("others", {"none": [{"in_segment": "pros"}]})
    define("mail", {"all": [{"in_segment": "others"}]})
    found = effect("pros", None)
    assert plain(found.own) == ("pros", 2, None, set(), set())
    assert [(one.key, one.before, one.after) for one in found.built_on_it] == [
        ("mail", 3, None),
        ("others", 3, None),
    ]
    for one in found.built_on_it:
        assert one.refused.startswith("It is built on “Pros”, itself or by way of others.")


def test_a_change_that_would_make_a_circle_is_refused() -> None:
    define("pros", PRO)
    define("others", {"none": [{"in_segment": "pros"}]})
    with pytest.raises(DefinitionError) as caught:
        effect("pros", {"in_segment": "others"})
    assert caught.value.code == Code.CYCLE


def test_unknown_words_are_refused_with_their_place() -> None:
    with pytest.raises(DefinitionError) as caught:
        effect("pros", {"any": [PRO, {"trait": "plam", "is": "pro"}]})
    assert caught.value.faults[0].pointer == "/where/any/1/trait"


def test_a_segment_that_was_broken_before_may_be_mended() -> None:
    define("pros", {"in_segment": "nowhere"})
    define("others", {"none": [{"in_segment": "pros"}]})
    found = effect("pros", PRO)
    assert plain(found.own) == ("pros", None, 2, set(), set())
    assert [plain(one) for one in found.built_on_it] == [("others", None, 3, set(), set())]


def test_a_segment_of_another_team_that_is_private_is_not_named() -> None:
    define("pros", PRO)
    other = Team.objects.create(slug="sales", name="Sales")
    secret = define("secret", {"in_segment": "pros"})
    Segment.objects.filter(pk=secret.pk).update(team=other, is_private=True)
    viewer = User.objects.create_user("vic")
    definition = parse_definition(FREE)
    found = effect_of(key="pros", definition=definition, now=NOW, viewer=viewer)
    assert found.built_on_it == ()
    assert [one.key for one in effect("pros", FREE).built_on_it] == ["secret"]


def test_built_on_goes_upwards_nearest_first_and_leaves_archived_ones_out() -> None:
    define("a", PRO)
    define("b", {"in_segment": "a"})
    define("c", {"any": [{"in_segment": "b"}, {"in_segment": "a"}]})
    define("d", {"in_segment": "c"})
    define("e", {"in_segment": "a"}, status="archived")
    define("f", {"trait": "plan", "is": '"in_segment": "a"'})
    assert built_on("a") == ["b", "c", "d"]
    assert built_on("d") == []


def test_too_little_time_is_said() -> None:
    with pytest.raises(DefinitionError) as caught:
        effect_of(key="pros", definition=parse_definition(PRO), now=NOW, seconds=0)
    assert caught.value.code == Code.TOO_EXPENSIVE


def test_before_the_first_load_it_says_what_to_do() -> None:
    Load.objects.all().delete()
    Photo.objects.all().delete()
    with pytest.raises(NoDataYet):
        effect("pros", PRO)
