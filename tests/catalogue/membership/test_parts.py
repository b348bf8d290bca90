"""Parts of segments, whatever divides them: judged with the segment, and built on like segments."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from pyroaring import BitMap

from catalogue.definitions.errors import Code, DefinitionError
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from catalogue.membership.effect import built_on, effect_of
from catalogue.membership.estimating import estimate
from catalogue.membership.explaining import SegmentReason, explain
from catalogue.membership.leaving import leaving
from catalogue.models import Segment
from catalogue.segments import parts
from catalogue.segments.parts import Parts
from catalogue.warehouse.ordinals import ordinals_of
from catalogue.warehouse.tables import Tables
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db
PRO: dict[str, object] = {"trait": "plan", "is": "pro"}  # ada, cleo
KNOWN: dict[str, object] = {"trait": "plan", "is_set": True}  # ada, bob, cleo, eve
TRUE = parse_definition({"did": "login"})  # ada, bob, eve


@dataclass(frozen=True, slots=True)
class Both:
    """Those of a segment who are in another set of people too."""

    reads: tuple[str, ...]

    def members(self, read: Mapping[str, BitMap], tables: Tables, now: datetime) -> BitMap:
        whole, others = (read[key] for key in self.reads)
        return whole & others


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """Divides the segments of these keys by who fits a definition."""

    keys: Collection[str]
    by: Definition = TRUE

    def names(self) -> dict[str, Collection[str]]:
        return {key: ["active"] for key in self.keys}

    def parts(self, segments: Sequence[Segment]) -> dict[str, Parts]:
        return {one.key: self._parts(one.key) for one in segments if one.key in self.keys}

    def _parts(self, key: str) -> Parts:
        beside = f"activity:{key}"
        return Parts(named={"active": Both((key, beside))}, beside={beside: self.by})


@pytest.fixture(autouse=True)
def workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_registered", {})
    load_workspace()
    parts.register("activity", LoggedIn(["known"]))
    define("known", KNOWN)


def refused(key: str) -> str:
    run = refresh(key)
    return next(str(row["error"]) for row in run.results if row["key"] == key)


def test_a_part_is_judged_in_the_same_refresh_as_what_is_built_on_it() -> None:
    define("active", {"in_segment": "known#active"})
    define("pros", {"all": [PRO, {"not": {"in_segment": "known#active"}}]})
    refresh("active", "pros")
    assert ids("active") == {"ada", "bob", "eve"}
    assert ids("pros") == {"cleo"}


def test_a_part_that_there_is_not_is_refused_with_the_nearest_name() -> None:
    define("active", {"in_segment": "known#actve"})
    said = refused("active")
    assert "the segment “known” has no part “actve”" in said
    assert "Did you mean “known#active”?" in said


def test_a_part_of_a_segment_that_is_gone_is_refused() -> None:
    define("active", {"in_segment": "known#active"})
    Segment.objects.filter(key="known").update(status="archived")
    assert "there is no segment “known”" in refused("active")


def test_a_circle_by_way_of_what_a_part_asks_is_found() -> None:
    define("active", {"in_segment": "known#active"})
    parts.register("activity", LoggedIn(["known"], parse_definition({"in_segment": "active"})))
    assert "is built on itself (“active” → “known#active” → “active”)" in refused("active")


def test_an_estimate_counts_a_part() -> None:
    found = estimate(parse_definition({"all": [PRO, {"in_segment": "known#active"}]}), now=NOW)
    assert [(node.text, node.alone) for node in found.nodes][1:] == [
        ("Plan is pro", 2),
        ("is in part “Active” of segment “Known”", 3),
    ]
    assert found.size == 1
    with pytest.raises(DefinitionError, match="It has active") as wrong:
        estimate(parse_definition({"in_segment": "known#inactive"}), now=NOW)
    assert wrong.value.code == Code.MISSING_REFERENCE
    assert wrong.value.faults[0].suggestion == "known#active"


def test_a_change_to_a_segment_moves_the_people_of_what_is_built_on_its_part() -> None:
    define("active", {"in_segment": "known#active"})
    assert built_on("known") == ["active"]
    found = effect_of(key="known", definition=parse_definition(PRO), now=NOW)
    assert [(one.key, one.before, one.after) for one in found.built_on_it] == [("active", 3, 1)]


def test_somebody_is_explained_by_the_part_they_are_in() -> None:
    define("active", {"in_segment": "known#active"})
    (cleo,) = ordinals_of(["cleo"])[0]
    found = explain(keys=["active"], ordinal=cleo, now=NOW).segments["active"]
    assert not isinstance(found, DefinitionError)
    assert (found.is_in, found.nodes[0].reason) == (
        False,
        SegmentReason(key="known#active", is_in=False, by_hand=None),
    )


def test_those_who_leave_a_part_leave_what_is_built_on_it() -> None:
    recent = parse_definition({"did": "login", "in_last": "3 days"})  # ada, until the 20th
    parts.register("activity", LoggedIn(["known"], recent))
    segment = define("active", {"in_segment": "known#active"})
    refresh("active")
    segment.refresh_from_db()
    days = leaving(segment, now=NOW, days=3).days
    assert [(day.number, day.count) for day in days] == [(1, 0), (2, 1), (3, 0)]


def test_what_follows_from_the_refresh_before_is_the_same_with_parts() -> None:
    define("active", {"in_segment": "known#active"})
    refresh()
    run = refresh(now=NOW + timedelta(days=1))
    assert run.check_result is not None
    assert run.check_result["different"] == []
