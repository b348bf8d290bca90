"""The product's own files of one workspace, as others may read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from tests.benchmarks.ground.conditions import Happened, Has
from tests.benchmarks.ground.files import Files
from tests.benchmarks.ground.segments import HUNDRED, conditions, segments


@dataclass(frozen=True, slots=True, kw_only=True)
class LakeFiles:
    """Parquet files by event and by trait, and who is who: `numbers` is a file with the ground's
    number for each ordinal (and 2³²−1 for ordinals nobody has)."""

    events: Mapping[str, list[str]]
    traits: Mapping[str, list[str]]
    numbers: str

    def by_ordinal(self) -> np.ndarray:
        """The ground's numbers by ordinal."""
        found: np.ndarray = np.load(self.numbers)
        return found

    def write(self, path: Path) -> None:
        """Into a file, for another process."""
        path.write_text(json.dumps(asdict(self)))

    @classmethod
    def read(cls, path: Path) -> LakeFiles:
        """What `write` wrote."""
        return cls(**json.loads(path.read_text()))


def place_of(ground: Files) -> Path:
    """The file that says where the product's files of this ground are."""
    return ground.folder.parent / "workspace" / "lake.json"


def columns_read(lake: LakeFiles) -> dict[str, tuple[list[str], list[str]]]:
    """What the first hundred segments cannot do without: for each event and trait that they speak
    of, its files and the columns of these."""
    read: dict[str, tuple[list[str], list[str]]] = {}
    for one in conditions(segments(HUNDRED)):
        if isinstance(one, Has):
            files, known = lake.traits[one.trait], ["ordinal", "at", "sequence"]
            needs = [name for name in _names(files) if name in KINDS]
        else:
            files, known = lake.events[one.event], ["ordinal", "at"]
            prefixes = _properties(one)
            needs = [name for name in _names(files) if name.partition(".")[0] in prefixes]
        place = one.trait if isinstance(one, Has) else one.event
        before = read.get(place, (files, known))[1]
        read[place] = (files, list(dict.fromkeys([*before, *needs])))
    return read


KINDS = ("text", "number", "boolean", "instant", "json")


def _properties(one: Happened) -> set[str]:
    money = {"amount"} if one.figure in ("sum", "largest") else set()
    return money if one.item is None else {*money, "item"}


def _names(files: list[str]) -> list[str]:
    return list(dict.fromkeys(name for file in files for name in pq.read_schema(file).names))
