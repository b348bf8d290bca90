"""manage.py sync, drift and destinations, as a person meets them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalogue import ports
from integrations.models import Audience, Destination, SyncRun
from integrations.tasks import sync_audience as sync_task
from integrations.tasks import tick
from tests.integrations.ground import live_segment, make_customers, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    make_customers([f"c{number}" for number in range(500)])
    folder = tmp_path / "drop"
    folder.mkdir()
    run("destinations", "add", "files", "--name", "drop", "--option", f"directory={folder}")
    return folder


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def run_json(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*words, "--json").splitlines()]


def ids(count: int) -> list[str]:
    return [f"c{number}" for number in range(count)]


def test_sync_says_what_became_of_every_list(drop: Path) -> None:
    publish(live_segment("one", to="drop"), ids(3))
    publish(live_segment("two", to="drop", called="Second"), ids(2))

    assert run("sync").splitlines() == [
        "one → drop: succeeded, m1: 3 added, 0 removed, holds 3, drift 0.",
        "two → drop: succeeded, m1: 2 added, 0 removed, holds 2, drift 0.",
    ]
    assert {path.name for path in drop.glob("*.csv")} == {"one.csv", "Second.csv"}


def test_sync_in_json_is_one_object_per_list(drop: Path) -> None:
    publish(live_segment("one", to="drop"), ids(3))

    (line,) = run_json("sync", "one", "--to", "drop")

    assert line["segment"] == "one"
    assert (line["ok"], line["added"], line["held"], line["drift"]) == (True, 3, 3, 0)


def test_a_dry_run_sends_nothing_and_says_what_it_would(drop: Path) -> None:
    publish(live_segment("one", to="drop"), ids(3))

    (line,) = run_json("sync", "--dry-run")

    assert (line["to_add"], line["to_remove"]) == (3, 0)
    assert not SyncRun.objects.exists()
    assert list(drop.iterdir()) == []


def test_the_brake_is_an_error_that_says_how_to_go_on(drop: Path) -> None:
    segment = live_segment("one", to="drop")
    publish(segment, ids(400))
    run("sync")
    publish(segment, ids(100))
    out = io.StringIO()

    with pytest.raises(CommandError, match="Not every list"):
        call_command("sync", stdout=out)

    assert "would remove 300 of 400 members (75%)" in out.getvalue()
    assert run_json("sync", "--approve")[0]["removed"] == 300


def test_drafts_and_archived_segments_are_never_synced(drop: Path) -> None:
    publish(live_segment("one", to="drop", status="draft"), ids(3))

    with pytest.raises(CommandError, match="one is not synced"):
        run("sync", "one")
    assert list(drop.iterdir()) == []


def test_an_unknown_destination_is_named_and_the_others_go_on(drop: Path) -> None:
    publish(live_segment("one", to="crm"), ids(3))
    publish(live_segment("two", to="drop"), ids(3))

    with pytest.raises(CommandError, match=r"'crm', which is not a destination \(there are: drop"):
        run("sync")
    assert (drop / "two.csv").exists()


def test_two_segments_cannot_share_one_list(drop: Path) -> None:
    publish(live_segment("one", to="drop", called="list"), ids(3))
    publish(live_segment("two", to="drop", called="list"), ids(5))

    with pytest.raises(CommandError, match="another segment is called that"):
        run("sync")
    assert Audience.objects.get().segment_key == "one"


def test_a_segment_without_a_version_waits(drop: Path) -> None:
    live_segment("one", to="drop")
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("sync", stdout=out)
    assert "has not been refreshed yet" in out.getvalue()


def test_drift_exits_2_when_something_of_ours_differs_and_0_when_not(drop: Path) -> None:
    publish(live_segment("one", to="drop"), ids(3))
    run("sync")
    assert run("drift").startswith("one in drop: holds 3, drift 0 (0 missing, 0 extra), 0 foreign.")
    (drop / "one.csv").write_text("customer_id\nc0\nc1\nstranger\n")

    with pytest.raises(SystemExit) as ended:
        run("drift")
    assert ended.value.code == 2
    run("sync")
    (line,) = run_json("drift", "one")
    assert (line["different"], line["missing"], line["foreign"], line["held"]) == (False, 0, 1, 4)


def test_a_stranger_alone_is_no_difference_of_ours(drop: Path) -> None:
    publish(live_segment("one", to="drop"), ids(3))
    run("sync")
    with (drop / "one.csv").open("a") as file:
        file.write("stranger\n")

    assert "1 foreign" in run("drift")


def test_drift_of_a_list_that_is_gone_is_an_error_with_a_sentence(drop: Path) -> None:
    publish(live_segment("one", to="drop"), ids(3))
    run("sync")
    (drop / "one.csv").unlink()
    out = io.StringIO()

    with pytest.raises(CommandError, match="could be read"):
        call_command("drift", stdout=out)
    assert "no longer there" in out.getvalue()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ["add", "crm", "--name", "x"],
            "no connector called 'crm'; there are: customerio, files, hubspot",
        ),
        (["add", "files", "--name", "x"], "needs the option 'directory'"),
        (["add", "files", "--name", "x", "--option", "folder=/x"], "no option 'folder'"),
        (["add", "files", "--name", "x", "--option", "directory"], "Write --option NAME=VALUE"),
        (
            ["add", "files", "--name", "X Y", "--option", "directory=/x"],
            "cannot name a destination",
        ),
        (["check", "nowhere"], "no destination 'nowhere'"),
    ],
)
def test_a_wrong_destination_is_refused_with_a_sentence(words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run("destinations", *words)
    assert not Destination.objects.exists()


def test_a_secret_in_clear_is_refused_and_not_stored() -> None:
    options = ["url=http://x.example", "domain=x.example", "password=hunter2"]
    words = [part for option in options for part in ("--option", option)]

    with pytest.raises(CommandError, match="is a secret and is not kept in clear"):
        run("destinations", "add", "mailman", "--name", "news", *words)
    assert not Destination.objects.exists()


def test_a_missing_secret_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_SUCH", raising=False)
    options = ["url=http://x.example", "domain=x.example", "password=env:NO_SUCH"]
    words = [part for option in options for part in ("--option", option)]
    run("destinations", "add", "mailman", "--name", "news", *words)
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("destinations", "check", "news", stdout=out)
    assert "NO_SUCH: not set" in out.getvalue()


def test_a_check_says_what_answered(drop: Path) -> None:
    assert f"Files can be written to {drop}." in run("destinations", "check")
    drop.rmdir()
    out = io.StringIO()

    with pytest.raises(CommandError):
        call_command("destinations", "check", stdout=out)
    assert "does not exist" in out.getvalue()


def test_the_timetable_rings_only_for_lists_that_are_due(drop: Path) -> None:
    segment = live_segment("one", to="drop")
    publish(segment, ids(3))
    assert tick() == 1
    assert sync_task(Audience.objects.get().pk) == "succeeded"
    assert tick() == 0
    publish(segment, ids(4))
    assert tick() == 1


def test_pages_learn_the_state_of_tools_in_few_queries(
    drop: Path, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        publish(live_segment(f"s{number}", to="drop"), ids(3))
    run("sync", "s0", "s1", "s2", "s3")
    (drop / "s1.csv").write_text("customer_id\nc0\n")
    with pytest.raises(SystemExit):
        run("drift", "s1")

    # Lists, drift and syncs, and once the newest versions that they are compared with.
    with django_assert_max_num_queries(4):
        states = ports.tool_states([f"s{number}" for number in range(5)])

    assert states["s4"] == []
    (fine,), (differs,) = states["s0"], states["s1"]
    assert (fine.destination, fine.in_step_with, fine.held, fine.drift) == ("drop", 1, 3, 0)
    assert fine.text == "in step"
    assert (differs.in_step_with, differs.held, differs.drift) == (None, 1, 2)
    assert "next sync" in differs.text
