"""What the nodes about order and habit may hold (see `rules`)."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.rules import can_exceed

# A count and its unit.
Age = tuple[int, str]
# As many as there are hours in a year, and some more.
MAX_PERIODS = 10_000


def check_steps(bounded: Sequence[bool]) -> None:
    """`bounded`: for each step of a sequence whether it has `within`."""
    if len(bounded) < 2:
        raise refuse(
            Code.BAD_VALUE,
            "A sequence has at least two steps, as in [{did: a}, {did: b}]. For a single event"
            " write “did”.",
        )
    if bounded[0]:
        raise refuse(
            Code.UNKNOWN_OPERATOR,
            "“within” bounds the time since the step before, and the first step has none before"
            " it. Write it on a later step; for all steps together give the sequence a window.",
            "/0/within",
        )


def check_pause(longer: Age, shorter: Age, names: tuple[str, str]) -> None:
    """The first duration is, or in some months can be, the longer one; `names` are theirs."""
    if not can_exceed(longer, shorter):
        raise refuse(
            Code.BAD_WINDOW,
            f"“{names[1]}” must be shorter than “{names[0]}”, or nobody could ever fit. Make it"
            " shorter.",
        )


def check_count(value: object) -> None:
    """A whole number of periods."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise refuse(Code.BAD_VALUE, "Write a whole number of periods, at least 1.")
    if value > MAX_PERIODS:
        raise refuse(
            Code.BAD_VALUE,
            f"{value} periods are more than can be judged; at most {MAX_PERIODS} are allowed."
            " Choose a longer period.",
        )


def check_periods(in_at_least: int, of_last: int) -> None:
    """No more periods are asked for than there are."""
    for count in (in_at_least, of_last):
        check_count(count)
    if in_at_least > of_last:
        raise refuse(
            Code.BAD_VALUE,
            f"“in_at_least” is {in_at_least}, but “of_last” only {of_last}: nobody could ever fit."
            f" Write at most {of_last}.",
        )


def check_when(has_window: bool, has_periods: bool) -> None:
    """Days are counted in a window or in periods."""
    if has_window and has_periods:
        raise refuse(
            Code.BAD_WINDOW,
            "“per”, “in_at_least” and “of_last” say already when; a window beside them is a second"
            " one. Keep one of the two.",
        )


def check_has(has: Sequence[object]) -> None:
    """`has` asks for something."""
    if not has:
        raise refuse(Code.BAD_VALUE, "The list is empty. Write at least one term.")
