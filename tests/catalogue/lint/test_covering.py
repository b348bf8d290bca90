"""Who is in no segment, in many, or told two things, against counting person by person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from catalogue.lint.covering import MANY, Laid, cover, only

TEXTS = st.sampled_from(["", "Hello.", "Hello. ", "Buy now."])
LAID = st.lists(
    st.builds(
        lambda key, members, messages: Laid(
            key=key, name=key.title(), members=BitMap(members), messages=messages
        ),
        st.text("abcdefgh", min_size=1, max_size=4),
        st.sets(st.integers(0, 12)),
        st.dictionaries(st.sampled_from(["sales", "marketing"]), TEXTS, max_size=2),
    ),
    max_size=8,
    unique_by=lambda one: one.key,
)
PEOPLE = st.sets(st.integers(0, 10)).map(BitMap)


@given(LAID, PEOPLE)
def test_everybody_is_counted_once_by_how_many_segments_they_are_in(
    laid: list[Laid], people: BitMap
) -> None:
    covered = cover(laid, people)
    counts = [sum(person in one.members for one in laid) for person in people]
    wanted = [sum(min(count, MANY) == number for count in counts) for number in range(MANY + 1)]
    assert list(covered.by_count) == wanted
    assert sum(covered.by_count) == covered.people == len(people)


@given(LAID, PEOPLE)
def test_whoever_is_in_segments_with_different_messages_is_told_two_things(
    laid: list[Laid], people: BitMap
) -> None:
    conflicts = cover(laid, people).conflicts
    for function in ("sales", "marketing"):
        told = [
            {
                one.messages[function].strip()
                for one in laid
                if person in one.members and one.messages.get(function, "").strip()
            }
            for person in people
        ]
        assert conflicts.get(function, {"people": 0})["people"] == sum(len(s) > 1 for s in told)


def test_the_map_says_what_every_two_have_in_common() -> None:
    laid = [
        Laid(key="few", name="Few", members=BitMap({1}), messages={"sales": "A"}),
        Laid(key="most", name="Most", members=BitMap({1, 2, 3}), messages={"sales": "B"}),
    ]
    covered = cover(laid, BitMap({1, 2, 3, 4}))
    assert [key for key, *_ in covered.map] == ["most", "few"]
    assert covered.common == ((3, 1), (1, 1))
    assert covered.conflicts["sales"]["pairs"] == [
        {"segments": ["few", "most"], "names": ["Few", "Most"], "people": 1}
    ]


def test_a_segment_that_does_not_exist_for_somebody_is_not_named_to_them() -> None:
    laid = [
        Laid(key="few", name="Few", members=BitMap({1}), messages={"sales": "A"}),
        Laid(key="most", name="Most", members=BitMap({1, 2}), messages={"sales": "B"}),
    ]
    shown = only(cover(laid, BitMap({1, 2})).row(), {"few"})
    assert "most" not in str(shown).lower()
    assert (shown["people"], shown["in_none"]) == (2, 0)
    assert shown["common"] == [[1]]
