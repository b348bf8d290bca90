"""Whether the goal of a segment is reached, in one word and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.conf import settings

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.pieces import Piece
from catalogue.definitions.share_forms import parse_share
from catalogue.models import GoalSplit, Segment

# In the order in which they need somebody.
GOAL_STATES: Mapping[str, str] = {
    "missed": "Missed",
    "not_reached": "Not reached yet",
    "too_early": "Too early to tell",
    "no_data": "Nobody entered yet",
    "not_measured": "Not measured yet",
    "measured": "Measured",
    "reached": "Reached",
    "none": "No goal",
}
# Never alone on the next line.
SIGN = "\N{NO-BREAK SPACE}%"
# For queries of many segments: what `standing_of` does not look at, and what it does.
HEAVY_SPLIT = tuple(f"goal_split__{name}" for name in (*GoalSplit.HEAVY, "figures", "goal"))
LIGHT_SPLIT = (
    *("goal", "goal_as_of", "goal_fault", "goal_split__share_low", "goal_split__share_high"),
    *(f"goal_split__{state}_count" for state in GoalSplit.STATES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`state` is a key of GOAL_STATES. `share`, with the ends of its 95 % interval, is that of the
    `decided` people whose time is over; hidden (None) while they are too few. `target` is what the
    goal asks for. `as_of`: when it was last found to be so."""

    state: str
    because: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    target: float | None = None
    decided: int = 0
    as_of: datetime | None = None

    @property
    def word(self) -> str:
        """The state for people."""
        return GOAL_STATES[self.state]

    @property
    def is_beyond_chance(self) -> bool:
        """Whether what is asked for lies outside the interval."""
        if self.low is None or self.high is None or self.target is None:
            return False
        return not self.low <= self.target <= self.high

    @property
    def urgency(self) -> tuple[int, bool, float]:
        """Sorts those first that need somebody most."""
        short = (self.target or 0) - (self.share or 0)
        return list(GOAL_STATES).index(self.state), not self.is_beyond_chance, -short


def standing_of(segment: Segment, *, fewest: int) -> Standing:
    """How the goal of a segment stands by its newest split; a number measured on fewer people than
    `fewest` is hidden."""
    goal, split = segment.goal, segment.goal_split
    if not goal:
        return Standing(state="none", because="It has no goal yet.")
    target = target_of(goal)
    share = None if target is None else float(target)
    if split is None:
        fault = segment.goal_fault
        because = f"It could not be measured: {fault}" if fault else "The next refresh measures it."
        return Standing(state="not_measured", because=because, target=share)
    if split.decided < fewest:
        return _too_few(split, share, fewest, segment.goal_as_of)
    state, because = _verdict(split, target, _due(goal), segment.goal_as_of)
    return Standing(
        state=state,
        because=because,
        share=split.share,
        low=split.share_low,
        high=split.share_high,
        target=share,
        decided=split.decided,
        as_of=segment.goal_as_of,
    )


def _too_few(
    split: GoalSplit, target: float | None, fewest: int, as_of: datetime | None
) -> Standing:
    if not split.entered:
        because = "Nobody has entered, so there is nobody who could reach it."
        return Standing(state="no_data", because=because, target=target, as_of=as_of)
    because = (
        f"The time of fewer than {fewest} people is over. A share of so few is hidden: it would say"
        " little, and could tell something about single persons."
    )
    return Standing(
        state="too_early", because=because, target=target, decided=split.decided, as_of=as_of
    )


def _verdict(
    split: GoalSplit, target: Fraction | None, due: date | None, as_of: datetime | None
) -> tuple[str, str]:
    if target is None:
        return "measured", "The goal names no share that is enough."
    low, high, wanted = split.share_low or 0.0, split.share_high or 0.0, float(target)
    inside = low <= wanted <= high
    if Fraction(split.reached_count, split.decided) >= target:
        chance = "it may be by chance" if inside else "not by chance"
        return "reached", f"It is there, and {chance}: {_shown(wanted)} lies {_where(inside)}."
    chance = "perhaps by chance" if inside else "not by chance"
    said = f"Not there, and {chance}: {_shown(wanted)} lies {_where(inside)}."
    is_over = due is not None and as_of is not None and _local_day(as_of) > due
    return ("missed", f"The day is over. {said}") if is_over else ("not_reached", said)


def _where(inside: bool) -> str:
    return "inside the interval" if inside else "outside"


def _shown(share: float) -> str:
    return f"{100 * share:.4g}{SIGN}"


def _local_day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(settings.WORKSPACE_TIME_ZONE)).date()


def target_of(goal: Mapping[str, object]) -> Fraction | None:
    """The share that a goal asks for, 0 to 1."""
    written = goal.get("at_least")
    if written is None:
        return None
    try:
        piece = Piece(value=written, pointer="/goal/at_least", zone=ZoneInfo("UTC"))
        return parse_share(piece).fraction
    except DefinitionError:
        return None


def _due(goal: Mapping[str, object]) -> date | None:
    try:
        return date.fromisoformat(str(goal["by"]))
    except (KeyError, ValueError):
        return None
