"""Why something is not done with an idea. The messages are for people."""

from __future__ import annotations


class IdeaRefused(Exception):
    """An idea may not become what was asked. `pointer` is the JSON pointer of the field at fault,
    "" when none is: then it is how things stand."""

    def __init__(self, sentence: str, *, pointer: str = "") -> None:
        self.pointer = pointer
        super().__init__(sentence)


class StaleIdea(IdeaRefused):
    """Somebody changed the idea since it was read."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"Somebody changed “{title}” since you read it. Nothing of yours was stored. Read it"
            " again, then decide."
        )
