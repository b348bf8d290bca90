"""Members are dealt out by salt and id alone, and a split that cannot be is refused."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.experiments.arms import HELD_OUT, Arm, Split
from tests.catalogue.experiments.ground import percent, split

IDS = [f"c{number}" for number in range(20_000)]


def test_adding_people_never_moves_anyone() -> None:
    dealt = split(45, 45, holdout=10)
    before = dict(zip(IDS[:500], dealt.assign(IDS[:500]), strict=True))
    after = dict(zip(reversed(IDS), dealt.assign(list(reversed(IDS))), strict=True))
    assert {id_: after[id_] for id_ in before} == before


def test_the_draw_is_the_one_of_samples_in_the_language() -> None:
    dealt = split("12.5", "37.5", "40", holdout=10, salt="s")
    places = dealt.assign(IDS[:300])
    for id_, place in zip(IDS[:300], places, strict=True):
        u = int.from_bytes(sha256(f"s:{id_}".encode()).digest()[:8], "big") / 2**64
        ends = [0.1, 0.225, 0.6, 1]
        assert place == next(i for i, end in enumerate(ends) if u < end) + HELD_OUT


def test_arms_and_holdout_get_their_shares() -> None:
    places = split(60, 25, 5, holdout=10).assign(IDS)
    found = np.bincount(places - HELD_OUT) / len(IDS)
    # Four standard errors.
    assert found == pytest.approx([0.10, 0.60, 0.25, 0.05], abs=0.014)


def test_another_salt_deals_anew_and_independently() -> None:
    one, other = split(50, 50, salt="exp-1").assign(IDS), split(50, 50, salt="exp-2").assign(IDS)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


def test_the_holdout_stays_the_same_people_when_arms_are_shared_anew() -> None:
    one, other = split(45, 45, holdout=10).assign(IDS), split(20, 30, 40, holdout=10).assign(IDS)
    assert (one == HELD_OUT).tolist() == (other == HELD_OUT).tolist()


def test_nobody_is_dealt_out_to_nowhere() -> None:
    assert split(50, 50).assign([]).tolist() == []
    assert set(split(50, 50).assign(IDS).tolist()) == {0, 1}


@pytest.mark.parametrize(
    ("shares", "holdout", "said"),
    [
        ((50, 40), 0, "/arms: Arms and holdout come to 90 %. Make it 100 %."),
        ((50, 50), 10, "/arms: Arms and holdout come to 110 %. Make it 100 %."),
        (("33.3", "33.3", "33.3"), 0, "/arms: Arms and holdout come to 99.9 %. Make it 100 %."),
        ((100,), 0, "/arms: An experiment has at least two arms, the first as control."),
        ((100, 0), 0, "/arms/1/share: The arm gets nobody. Give it a share, or leave it out."),
    ],
)
def test_arms_that_do_not_add_up_are_refused(
    shares: tuple[str | int, ...], holdout: int, said: str
) -> None:
    with pytest.raises(DefinitionError) as refused:
        split(*shares, holdout=holdout)
    assert str(refused.value) == said


def test_names_of_arms_are_parts_of_a_segment_and_differ() -> None:
    half = percent(50)
    with pytest.raises(DefinitionError, match="^/arms/1/key: “a” names two arms"):
        Split(salt="s", arms=(Arm(key="a", share=half), Arm(key="a", share=half)))
    with pytest.raises(DefinitionError, match="no part of a segment"):
        Arm(key="Not so", share=half)
    with pytest.raises(DefinitionError, match="^/salt: The salt is empty"):
        split(50, 50, salt="")
