"""A tiny measuring ground, made, loaded and judged by the product once for all tests of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.benchmarks.ground.contestant import Members, rising
from tests.benchmarks.ground.files import Files, files
from tests.benchmarks.ground.lake import LakeFiles, place_of
from tests.benchmarks.ground.scale import NOW, Scale
from tests.benchmarks.ground.segments import HUNDRED, Tree, conditions, segments
from tests.benchmarks.ground.segments import Leaf as OneCondition

SCALE = Scale(customers=6_000, events=25_000, edges=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """The ground, its files in the lake, and whom the product finds: in the first hundred segments,
    and for each of their conditions (by its place) alone."""

    files: Files
    lake: LakeFiles
    members: Members
    by_condition: Members


@pytest.fixture(scope="session")
def judged(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: Any, django_db_blocker: Any
) -> Judged:
    ground = files(SCALE, tmp_path_factory.mktemp("ground"))
    alone = {
        f"condition-{place}": OneCondition(condition=condition)
        for place, condition in enumerate(conditions(segments(HUNDRED)))
    }
    lake = override_settings(LAKE_DIR=place_of(ground).parent / "lake")
    with django_db_blocker.unblock(), lake, transaction.atomic():
        read = load_lake(ground)
        members = judge(segments(HUNDRED) | alone, read)
        transaction.set_rollback(True)
    by_condition = {key: members.pop(key) for key in alone}
    return Judged(files=ground, lake=read, members=members, by_condition=by_condition)


def load_lake(ground: Files) -> LakeFiles:
    from tests.benchmarks.ground import workspace

    workspace.load(ground)
    read = workspace.lake_files(Path(place_of(ground)).parent)
    read.write(place_of(ground))
    return read


def judge(trees: dict[str, Tree], lake: LakeFiles) -> Members:
    from catalogue.definitions.parse import parse_definition
    from catalogue.engine.evaluate import evaluate
    from catalogue.engine.inputs import Judged as Found
    from catalogue.engine.inputs import SegmentInput
    from catalogue.warehouse.photos import newest_photo, open_photo
    from tests.benchmarks.ground.segments import document

    photo = newest_photo()
    assert photo is not None
    asked = {
        key: SegmentInput(definition=parse_definition(document(tree)))
        for key, tree in trees.items()
    }
    outcomes = evaluate(asked, open_photo(photo), now=NOW).outcomes
    numbers, found = lake.by_ordinal(), {}
    for key, outcome in outcomes.items():
        assert isinstance(outcome, Found)
        found[key] = rising(numbers[outcome.members.to_array()])
    return found
