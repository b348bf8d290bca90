"""What a segment needs before it may be live. Pages, files and the API pass the same gate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What the gate looks at, of a stored segment or of a file about to be stored."""

    owner_email: str
    why: str
    has_definition: bool
    broken: str = ""


def missing_for_live(candidate: Candidate) -> list[str]:
    """One sentence for each thing that keeps the segment from going live; empty: it may."""
    wanted = [
        (candidate.owner_email.strip(), "It has no owner. Name the person who answers for it."),
        (candidate.why.strip(), "It does not say why it exists. Write a why."),
        (candidate.has_definition, "It has neither a definition nor a static list. Add one."),
        (not candidate.broken, f"It is broken: {candidate.broken}"),
    ]
    return [sentence for is_there, sentence in wanted if not is_there]
