"""What the next refresh would read. Reads definitions and the photo, and writes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from catalogue.definitions.errors import DefinitionError
from catalogue.engine.refresh_plan import PlannedScan as PlannedScan
from catalogue.engine.refresh_plan import refresh_plan
from catalogue.membership.estimating import NoDataYet
from catalogue.membership.gathering import gather
from catalogue.membership.judging import crowds_for
from catalogue.segments.vocabulary import stored_labels
from catalogue.warehouse import photos


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A refresh as of `now`, on the data loaded at `data_as_of` (photo `photo`). `segments`: how
    many would be judged; `refused`: why, by key, the others are not. `parts`: by key of a segment
    that is divided, what that reads beside the scans, every time."""

    scans: tuple[PlannedScan, ...]
    refused: dict[str, str]
    segments: int
    now: datetime
    photo: int
    data_as_of: datetime
    parts: dict[str, str]


def plan_refresh(keys: Collection[str], *, now: datetime) -> Planned:
    """The scans that a refresh of `keys` (empty: of all that are not archived) would make. Raises
    NoDataYet."""
    photo = photos.newest_photo()
    if photo is None:
        raise NoDataYet
    gathered = gather(keys, with_parts=True)
    inputs = {**gathered.inputs, **crowds_for(gathered)}
    found = refresh_plan(
        inputs, photos.open_photo(photo), now=now, labels=stored_labels(viewer=None)
    )
    refused = {key: _sentence(error) for key, error in gathered.refused.items()}
    refused |= dict(found.refused)
    return Planned(
        scans=found.scans,
        refused=refused,
        segments=len(gathered.asked) - len(refused.keys() & gathered.asked.keys()),
        now=now,
        photo=photo.pk,
        data_as_of=photo.created_at,
        parts=gathered.read_anew,
    )


def _sentence(error: DefinitionError) -> str:
    return " ".join(fault.sentence() for fault in error.faults)
