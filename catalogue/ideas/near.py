"""Ideas that say nearly the same."""

from __future__ import annotations

from difflib import SequenceMatcher

from catalogue.models import Idea, IdeaState
from catalogue.permissions import Actor

SHOWN = 3
# Shorter titles are like everything.
FEWEST_LETTERS = 6
# Share of letters in common blocks; words alike in another order count too.
ALIKE = 0.6
COMPARED = 2_000


def near_ideas(title: str, *, actor: Actor) -> list[Idea]:
    """The newest ideas that exist for `actor` and have a title like this one, most alike first."""
    wanted = _plain(title)
    if len(wanted) < FEWEST_LETTERS:
        return []
    rows = Idea.objects.visible_to(actor).exclude(state=IdeaState.MERGED)
    recent = rows.only("pk", "title", "state").order_by("-pk")[:COMPARED]
    found = [(likeness(wanted, _plain(idea.title)), idea) for idea in recent]
    alike = sorted((pair for pair in found if pair[0] >= ALIKE), key=lambda pair: -pair[0])
    return [idea for _, idea in alike[:SHOWN]]


def likeness(one: str, other: str) -> float:
    """0 to 1: by letters, or by words whatever their order, whichever is more alike."""
    words, others = set(one.split()), set(other.split())
    shared = len(words & others) / max(min(len(words), len(others)), 1)
    # One word alone is no likeness.
    by_words = shared if min(len(words), len(others)) > 2 else 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return max(by_words, matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0)


def _plain(title: str) -> str:
    return " ".join(title.casefold().split())
