"""How true the copies of a segment in its tools are, in one phrase."""

from __future__ import annotations

from collections.abc import Sequence

from catalogue.ports import ToolState
from catalogue.segments.facts import copy_state
from catalogue.web.components.states import State

# Tools that cannot say whom they hold, in words.
UNPROVEN = {"count_only": "Count only", "unverifiable": "Unverifiable"}


def copies_in_short(tools: Sequence[ToolState]) -> State | None:
    """Proven copies of all, and what is the matter with the others; None when no tool holds it."""
    if not tools:
        return None
    states = {tool.destination: copy_state(tool) for tool in tools}
    wrong = [name for name, state in states.items() if state == "differs"]
    behind = [name for name, state in states.items() if state == "behind"]
    unknown = [name for name, state in states.items() if state == "unknown"]
    blind = [name for name, state in states.items() if state in UNPROVEN]
    word = f"{list(states.values()).count('equal')} of {len(states)}"
    if wrong:
        verb = "differs" if len(wrong) == 1 else "differ"
        return State(tone="bad", word=word, proof=f"{_and(wrong)} {verb}")
    if behind:
        verb = "is" if len(behind) == 1 else "are"
        return State(tone="warn", word=word, icon="clock", proof=f"{_and(behind)} {verb} behind")
    if unknown:
        return State(tone="idle", word=word, proof=f"{len(unknown)} not read back yet")
    if blind:
        return State(tone="idle", word=word, proof=f"{_and(blind)} cannot be read back")
    return State(tone="good", word=word, proof="all proven equal")


def copy_in_words(tool: ToolState) -> State:
    """One copy: what was read back, and when the proof is missing, that it is."""
    state = copy_state(tool)
    if state == "unknown":
        return State(tone="idle", word="Unknown", proof=tool.text)
    if state == "equal":
        return State(tone="good", word="Equal", proof=tool.text)
    if state == "behind":
        return State(tone="warn", word="Behind", icon="clock", proof=tool.text)
    if state in UNPROVEN:
        return State(tone="idle", word=UNPROVEN[state], proof=tool.text)
    return State(tone="bad", word=f"Differs by {tool.drift:,}", proof=tool.text)


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
