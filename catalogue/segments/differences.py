"""What differs between two definitions, line by line, in English and as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

from catalogue.definitions.describe import Labels, describe
from catalogue.definitions.nodes import Definition

# Lines shown around a change of a text, and of a whole difference.
AROUND = 3
MOST_SHOWN = 1_000
# Longer texts are compared by what is in one and not in the other, whatever the order: a definition
# is as long only where it lists values.
LONGEST = 2_000
Change = Literal["same", "gone", "new"]
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that both have, only the earlier one (gone) or only the later one (new)."""

    text: str
    change: Change = "same"
    depth: int = 0


def english_difference(
    before: Definition | None, after: Definition | None, *, labels: Labels | None = None
) -> list[Line]:
    """All lines of both definitions in English. None stands for no definition."""
    return [
        Line(text=text, change=change, depth=depth)
        for change, (depth, text) in _paired(_said(before, labels), _said(after, labels))
    ]


def text_difference(before: str, after: str) -> list[Line]:
    """The lines of two texts that differ, and a few around each; the same texts have none. A line
    of three dots stands for those left out."""
    lines = list(_paired(before.splitlines(), after.splitlines()))
    near = {
        place
        for changed, (change, _) in enumerate(lines)
        if change != "same"
        for place in range(changed - AROUND, changed + AROUND + 1)
    }
    found: list[Line] = []
    last = -1
    for place, (change, text) in enumerate(lines):
        if place in near:
            found += [Line(text="…")] if place != last + 1 else []
            found.append(Line(text=text, change=change))
            last = place
    if len(found) > MOST_SHOWN:
        more = Line(text=f"… and {len(found) - MOST_SHOWN:,} further lines")
        return [*found[:MOST_SHOWN], more]
    return found + ([Line(text="…")] if found and last < len(lines) - 1 else [])


def _said(definition: Definition | None, labels: Labels | None) -> list[tuple[int, str]]:
    return [] if definition is None else describe(definition, labels=labels).lines


def _paired(before: Sequence[Item], after: Sequence[Item]) -> Iterator[tuple[Change, Item]]:
    if len(before) > LONGEST or len(after) > LONGEST:
        yield from (("gone", item) for item in _without(before, after))
        yield from (("new", item) for item in _without(after, before))
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (("same", item) for item in before[i1:i2])
            continue
        yield from (("gone", item) for item in before[i1:i2])
        yield from (("new", item) for item in after[j1:j2])


def _without(some: Sequence[Item], others: Sequence[Item]) -> Iterator[Item]:
    """Those of `some` that `others` have not, each as often as it is missing there."""
    left = Counter(others)
    for item in some:
        if left[item]:
            left[item] -= 1
        else:
            yield item
