"""Stops a sync that would empty a list, fill it beyond belief, or rests on data that has gaps,
before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass

# A sync that removes more than both is not believed without a person; nor one that adds more than
# its share and this count.
MOST_REMOVED_SHARE = 0.20
MOST_CHANGED_COUNT = 100
# Customers known when the version was judged, as a share of those known for the one before.
LEAST_KNOWN_SHARE = 0.80
APPROVE = "If that is right, approve it on the page of the segment’s tools, or sync with --approve."


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a sync would do. Counts are of members; `known_before` and `known_now` of all customers
    there were when the confirmed version and the new one were judged, 0 where that is not known.
    `is_edited`: the definition is another one."""

    acknowledged: int
    target: int
    to_remove: int
    to_add: int = 0
    most_added_percent: int = 200
    known_before: int = 0
    known_now: int = 0
    is_edited: bool = False

    @property
    def is_shrunken(self) -> bool:
        """Whether customers are missing that were there before."""
        return self.known_now < LEAST_KNOWN_SHARE * self.known_before


def brake_sentence(steps: Steps) -> str | None:
    """Why this sync may not go on by itself, and what is the likely cause, or None."""
    what = _too_much(steps)
    return f"{what} Nothing was sent. {cause_of(steps)} {APPROVE}" if what else None


def _too_much(steps: Steps) -> str:
    there = steps.acknowledged
    if there and not steps.target:
        return (
            f"The segment is empty now, and this sync would remove all {there:,} members from the"
            " list."
        )
    if steps.is_shrunken and steps.to_remove:
        return (
            f"This sync would remove {steps.to_remove:,} of {there:,} members, and of"
            f" {steps.known_before:,} customers only {steps.known_now:,} are still known."
        )
    share = steps.to_remove / there if there else 0.0
    if share > MOST_REMOVED_SHARE and steps.to_remove > MOST_CHANGED_COUNT:
        return (
            f"This sync would remove {steps.to_remove:,} of {there:,} members ({share:.0%}) from "
            f"the list, more than {MOST_REMOVED_SHARE:.0%} and more than {MOST_CHANGED_COUNT}."
        )
    added = 100 * steps.to_add / there if there else 0.0
    if added > steps.most_added_percent and steps.to_add > MOST_CHANGED_COUNT:
        return (
            f"This sync would add {steps.to_add:,} members to a list of {there:,}, more than the"
            f" {steps.most_added_percent} % that this tool takes without being asked."
        )
    return ""


def cause_of(steps: Steps) -> str:
    """What most likely moved so many people, in a sentence."""
    if steps.is_shrunken:
        return (
            "The likely cause is a gap in the data: look at the newest load of customers before"
            " anything else."
        )
    if steps.is_edited:
        return "The likely cause is the edit of the definition since the last sync."
    return "The definition is the same: the likely cause is what customers did, or time passing."
