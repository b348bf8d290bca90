"""Tools over REST: what they are, what was sent, and how true each copy is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from catalogue.models import DefinitionVersion, Scope, Segment
from integrations.models import Audience, Destination, DriftReport, SyncRun
from integrations.sync.destinations import save_destination
from tests.catalogue.api.asking import problem, program
from tests.catalogue.segments.ground import team
from tests.catalogue.web.workspace import make_segment

pytestmark = pytest.mark.django_db
READ_AT = datetime(2026, 11, 23, 7, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def own_cache() -> None:
    cache.clear()


def held(tmp_path: Path, key: str = "payers", *, version: int | None = 2, **facts: Any) -> Audience:
    """A segment whose list in the tool `drop` was confirmed at `version` of two."""
    segment = Segment.objects.filter(key=key).first() or make_segment(key, sizes=[5, 7])
    if not Destination.objects.filter(key="drop").exists():
        save_destination(
            key="drop", connector="files", options={"directory": str(tmp_path / "secret-place")}
        )
    assert segment.definition is not None
    return Audience.objects.create(
        destination=Destination.objects.get(key="drop"),
        segment_key=key,
        name=f"{key} list",
        version=version,
        definition_hash=segment.definition.definition_hash if version else "",
        confirmed_at=READ_AT if version else None,
        **facts,
    )


def read_back(audience: Audience, **facts: Any) -> DriftReport:
    facts = {"version": audience.version, "held": 7, "expected": 7, **facts}
    return DriftReport.objects.create(audience=audience, as_of=READ_AT, **facts)


def synced(audience: Audience, state: str = "succeeded", **facts: Any) -> SyncRun:
    return SyncRun.objects.create(
        audience=audience,
        state=state,
        actor="scheduler",
        fence=1,
        to_version=2,
        to_add=7,
        added=7,
        started_at=READ_AT,
        finished_at=READ_AT,
        **facts,
    )


def truth() -> dict[str, Any]:
    (found,) = program(Scope.DESTINATIONS_READ).get("drift/").json()["results"]
    return found


def states(found: dict[str, Any]) -> tuple[str, str, str]:
    return tuple(found[axis]["state"] for axis in ("definition", "people", "connection"))  # type: ignore[return-value]


def test_a_copy_is_true_on_three_axes_each_with_its_proof(tmp_path: Path) -> None:
    audience = held(tmp_path)
    synced(audience)
    read_back(audience, foreign=2)
    found = truth()
    assert (found["destination"], found["segment"], found["name"]) == (
        "drop",
        "payers",
        "payers list",
    )
    assert states(found) == ("current", "equal", "working")
    assert found["definition"]["held"] == found["definition"]["current"]
    people = found["people"]
    assert (people["held"], people["missing"], people["extra"], people["foreign"]) == (7, 0, 0, 2)
    assert (people["held_version"], people["newest_version"]) == (2, 2)
    assert people["as_of"] == "2026-11-23T07:00:00Z"
    assert people["evidence"] == "Read back: exactly m2, 7 people."


def test_nothing_is_equal_without_having_been_read_back(tmp_path: Path) -> None:
    audience = held(tmp_path)
    synced(audience)
    assert states(truth()) == ("current", "unknown", "working")
    read_back(audience, verifiable=False, note="This tool cannot list its members.")
    found = truth()
    assert states(found) == ("current", "unverifiable", "working")
    assert found["people"]["evidence"] == "This tool cannot list its members."
    assert found["people"]["held"] is None
    read_back(audience, verifiable=False, count_only=True, held=7, note="It lists nobody.")
    found = truth()
    assert states(found) == ("current", "count_only", "working")
    assert found["people"]["evidence"].startswith("It holds 7, and ")


def test_what_differs_is_counted(tmp_path: Path) -> None:
    audience = held(tmp_path)
    synced(audience)
    read_back(audience, missing=3, extra=1)
    people = truth()["people"]
    assert (people["state"], people["missing"], people["extra"]) == ("differs", 3, 1)


def test_the_states_of_people_are_those_that_the_document_names() -> None:
    from typing import get_args

    from catalogue.segments.facts import COPY_STATES
    from integrations.sync.truth import People

    assert set(get_args(People)) == set(COPY_STATES)


def test_a_copy_of_an_older_version_is_behind_not_wrong(tmp_path: Path) -> None:
    audience = held(tmp_path, version=1)
    synced(audience, "incomplete", sentence="The rest follows.")
    read_back(audience, held=5, expected=5)
    found = truth()
    assert states(found) == ("current", "behind", "failing")
    assert found["connection"]["evidence"] == "The rest follows."


def test_another_definition_is_another_axis(tmp_path: Path) -> None:
    audience = held(tmp_path)
    synced(audience)
    read_back(audience)
    Audience.objects.update(definition_hash="0" * 64)
    assert states(truth()) == ("different", "equal", "working")
    segment = Segment.objects.get(key=audience.segment_key)
    assert segment.definition
    DefinitionVersion.objects.create(
        segment=segment,
        number=segment.definition.number + 1,
        canonical='{"where":"everyone","again":1}',
        definition_hash="1" * 64,
    )
    Segment.objects.filter(pk=segment.pk).update(definition=segment.definitions.last())
    Audience.objects.update(definition_hash=segment.definition.definition_hash)
    found = truth()
    assert states(found)[0] == "older"
    assert found["definition"]["behind"] == 1


@pytest.mark.parametrize(
    ("audience", "destination", "run", "state"),
    [
        ({}, {"off_reason": "The key was refused."}, "succeeded", "off"),
        ({"stopped_reason": "The list is gone."}, {}, "succeeded", "stopped"),
        ({}, {}, "braked", "braked"),
        ({"paused_reason": "Ada: not now."}, {}, "succeeded", "paused"),
        ({}, {"resting_until": FAR}, "incomplete", "resting"),
        ({}, {"not_before": FAR}, "incomplete", "waiting"),
        ({}, {}, "failed", "failing"),
        ({}, {}, "running", "unknown"),
        ({}, {}, None, "unknown"),
    ],
)
def test_the_connection_has_a_state_of_its_own(
    tmp_path: Path, audience: dict[str, str], destination: dict[str, Any], run: Any, state: str
) -> None:
    row = held(tmp_path, version=None, **audience)
    Destination.objects.update(**destination or {"off_reason": ""})
    if run:
        synced(row, run)
    assert states(truth()) == ("unknown", "unknown", state)


def test_copies_are_narrowed_by_tool_and_segment_and_come_in_pages(tmp_path: Path) -> None:
    for key in ("a", "b", "c"):
        held(tmp_path, key)
    asks = program()
    assert [one["segment"] for one in asks.get("drift/?segment=b").json()["results"]] == ["b"]
    assert asks.get("drift/?destination=other").json()["results"] == []
    problem(asks.get("drift/?segmnt=b"), 400, "unknown_parameter")
    found: list[str] = []
    address = "drift/?destination=drop&page_size=2"
    while address:
        answer = asks.get(address)
        found += [one["segment"] for one in answer.json()["results"]]
        address = answer.json()["next"]
    assert found == ["a", "b", "c"]


def test_tools_are_listed_without_their_options_and_secrets(tmp_path: Path) -> None:
    synced(held(tmp_path))
    asks = program(Scope.DESTINATIONS_READ)
    listed, one, syncs = (
        asks.get(path)
        for path in ("destinations/", "destinations/drop/", "destinations/drop/syncs/")
    )
    assert listed.json()["results"] == [one.json()]
    assert (one.json()["connector"], one.json()["is_on"], one.json()["lists"]) == ("files", True, 1)
    (sync,) = syncs.json()["results"]
    assert (sync["state"], sync["segment"], sync["to_add"], sync["added"]) == (
        "succeeded",
        "payers",
        7,
        7,
    )
    for answer in (listed, one, syncs, asks.get("drift/")):
        assert "secret-place" not in answer.content.decode()


def test_what_tools_hold_of_a_segment_is_as_hidden_as_the_segment(tmp_path: Path) -> None:
    synced(held(tmp_path))
    team("sales")
    Segment.objects.update(status="draft", is_private=True)
    asks = program(at="sales")
    assert asks.get("drift/").json()["results"] == []
    assert asks.get("destinations/drop/syncs/").json()["results"] == []
    assert asks.get("destinations/drop/").json()["lists"] == 0


def test_a_tool_that_there_is_not_is_not_found() -> None:
    asks = program()
    for path in ("destinations/x/", "destinations/x/syncs/", "destinations/a%00b/"):
        problem(asks.get(path), 404, "not_found")


def test_tools_need_their_scope() -> None:
    asks = program(Scope.SEGMENTS_READ)
    for path in ("drift/", "destinations/", "destinations/x/", "destinations/x/syncs/"):
        data = problem(asks.get(path), 403, "missing_scope")
        assert data["scope"] == "destinations:read"
