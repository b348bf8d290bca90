"""Stops a sync that would empty a list, before the first removal."""

from __future__ import annotations

# A sync that removes more than both is not believed without a person.
MOST_REMOVED_SHARE = 0.20
MOST_REMOVED_COUNT = 100
APPROVE = "If that is right, approve it on the page of the segment’s tools, or sync with --approve."


def brake_sentence(*, acknowledged: int, target: int, to_remove: int) -> str | None:
    """Why this sync may not go on by itself, or None. All three are counts of members."""
    if acknowledged and not target:
        return (
            f"The segment is empty now, and this sync would remove all {acknowledged:,} members "
            f"from the list. Nothing was sent. {APPROVE}"
        )
    share = to_remove / acknowledged if acknowledged else 0.0
    if share > MOST_REMOVED_SHARE and to_remove > MOST_REMOVED_COUNT:
        return (
            f"This sync would remove {to_remove:,} of {acknowledged:,} members ({share:.0%}) from "
            f"the list, more than {MOST_REMOVED_SHARE:.0%} and more than {MOST_REMOVED_COUNT}. "
            f"Nothing was sent. {APPROVE}"
        )
    return None
