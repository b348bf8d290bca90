"""Whether the arms hold as many people as they should: if not, something moved people between
assignment and measurement, and no result can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from catalogue.definitions.errors import Code, refuse
from catalogue.experiments.arms import Split

# An alarm throws a whole experiment away, so one false one in a thousand.
ALARM = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioCheck:
    """People seen in each arm, people expected there, and how often chance alone parts as far."""

    observed: tuple[int, ...]
    expected: tuple[float, ...]
    p_value: float

    @property
    def is_off(self) -> bool:
        """Whether the arms are not as they were drawn."""
        return self.p_value < ALARM


def check_ratio(split: Split, observed: Sequence[int]) -> RatioCheck:
    """The people of each arm against its share of all of them (chi-square); the holdout, of which
    nobody is treated, is left out.

    Raises DefinitionError when there is nobody, or not one number for each arm."""
    if len(observed) != len(split.arms) or min(observed) < 0:
        raise refuse(Code.BAD_VALUE, "Each arm needs the number of its people.", "/arms")
    if not sum(observed):
        raise refuse(Code.BAD_VALUE, "The arms hold nobody.", "/segment")
    shares = [float(arm.share.fraction) for arm in split.arms]
    expected = tuple(sum(observed) * one / sum(shares) for one in shares)
    p_value = float(stats.chisquare(observed, expected).pvalue)
    return RatioCheck(observed=tuple(observed), expected=expected, p_value=p_value)
