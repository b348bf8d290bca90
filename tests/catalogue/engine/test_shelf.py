"""What a process keeps of what it found."""

from __future__ import annotations

from catalogue.engine.shelf import Shelf


def test_values_are_given_back_by_their_keys() -> None:
    kept: Shelf[str] = Shelf(100)
    kept.keep(("a", 1), "x", 10)
    assert (kept.get(("a", 1)), kept.get(("a", 2)), kept.bytes) == ("x", None, 10)


def test_those_least_recently_asked_for_go_first() -> None:
    kept: Shelf[str] = Shelf(30)
    for key in ("a", "b", "c"):
        kept.keep(key, key, 10)
    assert kept.get("a") == "a"
    kept.keep("d", "d", 10)
    assert [kept.get(key) for key in ("a", "b", "c", "d")] == ["a", None, "c", "d"]
    kept.keep("e", "e", 25)
    assert (kept.get("d"), kept.get("e"), kept.bytes) == (None, "e", 25)


def test_what_is_larger_than_everything_is_not_kept_and_pushes_nothing_out() -> None:
    kept: Shelf[str] = Shelf(30)
    kept.keep("a", "a", 10)
    kept.keep("b", "b", 31)
    assert (kept.get("a"), kept.get("b"), kept.bytes) == ("a", None, 10)


def test_a_new_value_takes_the_place_of_the_one_before() -> None:
    kept: Shelf[str] = Shelf(30)
    kept.keep("a", "old", 20)
    kept.keep("a", "new", 15)
    assert (kept.get("a"), kept.bytes) == ("new", 15)
    kept.clear()
    assert (kept.get("a"), kept.bytes) == (None, 0)
