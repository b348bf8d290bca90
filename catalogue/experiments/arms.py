"""Who is in which arm: a draw made of the salt and the customer's id alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from catalogue.definitions import rules
from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.shares import Share
from catalogue.engine.conditions.sample import DRAWS, draws

NOBODY = Share(percent=Decimal(0))
# In place of an arm's position: held out, told nothing by anybody.
HELD_OUT = -1
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One way of treating people. `key` is the name behind the # of `segment#key`."""

    key: str
    share: Share

    def __post_init__(self) -> None:
        rules.check_part(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """How members are dealt out. The first arm is the control that others are compared with. The
    shares of all arms and the holdout are of all members and come to 100 %.

    `salt` belongs to this experiment alone: with a shared one the arms of two experiments would
    hold the same people. Raises DefinitionError with the place of the fault."""

    salt: str
    arms: tuple[Arm, ...]
    holdout: Share = NOBODY

    def __post_init__(self) -> None:
        if not self.salt:
            raise refuse(Code.BAD_VALUE, "The salt is empty. Write a name of its own.", "/salt")
        if len(self.arms) < 2:
            raise refuse(
                Code.BAD_VALUE,
                "An experiment has at least two arms, the first as control.",
                "/arms",
            )
        _check_keys([arm.key for arm in self.arms])
        _check_shares([arm.share.percent for arm in self.arms], self.holdout.percent)

    @property
    def control(self) -> Arm:
        """The arm that others are compared with."""
        return self.arms[0]

    @property
    def treatments(self) -> tuple[Arm, ...]:
        """All other arms."""
        return self.arms[1:]

    def assign(self, ids: Iterable[str]) -> Positions:
        """For each customer id the position of its arm, or HELD_OUT. The answer rests on salt and
        id, so whoever comes or goes besides moves nobody."""
        places = np.searchsorted(self._bounds(), draws(self.salt, ids), side="right")
        # The holdout comes first, so that it stays the same people when arms are shared anew.
        return places.astype(np.int64) + HELD_OUT

    def _bounds(self) -> npt.NDArray[np.uint64]:
        """Below which draw each part ends, without the last one, which takes all the rest."""
        parts = [self.holdout.fraction, *(arm.share.fraction for arm in self.arms)]
        ends = list(accumulate(parts))[:-1]
        # Rounded up, as samples of the language are.
        limits = [-(-end.numerator * DRAWS // end.denominator) for end in ends]
        return np.array(limits, dtype=np.uint64)


def _check_keys(keys: list[str]) -> None:
    for place, key in enumerate(keys):
        if key in keys[:place]:
            raise refuse(Code.BAD_VALUE, f"“{key}” names two arms.", f"/arms/{place}/key")


def _check_shares(arms: list[Decimal], holdout: Decimal) -> None:
    for place, percent in enumerate(arms):
        if not percent:
            raise refuse(
                Code.BAD_VALUE,
                "The arm gets nobody. Give it a share, or leave it out.",
                f"/arms/{place}/share",
            )
    total = sum(arms) + holdout
    if total != 100:
        raise refuse(
            Code.BAD_VALUE,
            f"Arms and holdout come to {total.normalize():f} %. Make it 100 %.",
            "/arms",
        )
