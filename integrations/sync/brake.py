"""Stops a sync that would empty a list, before the first removal."""

from __future__ import annotations

# A sync that removes more than both is not believed without a person.
MOST_REMOVED_SHARE = 0.20
MOST_REMOVED_COUNT = 100


def brake_sentence(*, acknowledged: int, target: int, to_remove: int) -> str | None:
    """Why this sync may not go on by itself, or None. All three are counts of members."""
    if acknowledged and not target:
        return (
            f"The segment is empty now, and this sync would remove all {acknowledged:,} members "
            "from the list. Nothing was sent. If that is right, run it again with --approve."
        )
    share = to_remove / acknowledged if acknowledged else 0.0
    if share > MOST_REMOVED_SHARE and to_remove > MOST_REMOVED_COUNT:
        return (
            f"This sync would remove {to_remove:,} of {acknowledged:,} members ({share:.0%}) from "
            f"the list, more than {MOST_REMOVED_SHARE:.0%} and more than {MOST_REMOVED_COUNT}. "
            "Nothing was sent. If that is right, run it again with --approve."
        )
    return None
