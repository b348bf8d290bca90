"""Who was merged into whom."""

from __future__ import annotations

from catalogue.models import Customer, PrivacyState

CHUNK = 300


class Merges:
    """Who was merged into whom, directly; ordinals. Nothing is written before `save`."""

    def __init__(self) -> None:
        rows = Customer.objects.filter(merged_into__isnull=False)
        self.into: dict[int, int] = dict(rows.values_list("ordinal", "merged_into_id"))
        self.new: dict[int, int] = {}

    def survivor(self, ordinal: int) -> int:
        """The end of the chain."""
        while ordinal in self.into:
            ordinal = self.into[ordinal]
        return ordinal

    def add(self, away: int, into: int) -> str | None:
        """Merge, or say why not."""
        if away in self.into and self.into[away] != into:
            return "was merged into another customer before"
        if self.survivor(into) == away:
            return "would end where it began: the other customer is merged into this one"
        if away not in self.into:
            self.new[away] = self.into[away] = into
        return None

    def take_back(self, away: int) -> None:
        """Do not merge this one after all."""
        del self.into[away], self.new[away]

    def last_survivors(self) -> dict[int, int]:
        """Merged-away ordinal → end of its chain."""
        return {away: self.survivor(away) for away in self.into}

    def save(self) -> None:
        """Write the new ones. From then on what was said of both, that they are suppressed or
        consent to something, holds for the one who stays."""
        if self.new:
            PrivacyState.move_on()
        rows = [Customer(ordinal=away, merged_into_id=into) for away, into in self.new.items()]
        Customer.objects.bulk_update(rows, ["merged_into"], batch_size=CHUNK)
