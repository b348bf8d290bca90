"""manage.py segments plan, and apply --plan."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalogue import ports
from catalogue.models import ListedMember, Segment, Team
from catalogue.ports import ToolState
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import edit_segment, save_draft
from catalogue.segments.publishing import archive
from tests.catalogue.management.test_segments_commands import HEAD, manage, rows
from tests.catalogue.segments.ground import seat
from tests.catalogue.segments.test_export import FULL
from tests.catalogue.workspace import NOW, load_workspace

pytestmark = pytest.mark.django_db
PROS = HEAD + "key: pros\nname: Pros\nteam: growth\ndefinition: {trait: plan, is: pro}\n"
OTHERS = HEAD + "key: others\nteam: growth\ndefinition: {none: [{in_segment: pros}]}\n"
AS_OF = ("--now", NOW.isoformat())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    load_workspace()
    folder = tmp_path / "segments"
    folder.mkdir()
    (folder / "pros.yaml").write_text(PROS)
    (folder / "others.yaml").write_text(OTHERS)
    return folder


def apply(folder: Path) -> None:
    assert manage("segments", "apply", str(folder))[0] == 0


def rewrite(folder: Path, old: str, new: str, name: str = "pros") -> None:
    path = folder / f"{name}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def edit(key: str, **changes: object) -> None:
    """Somebody changes the segment on a page."""
    segment = Segment.objects.get(key=key)
    document = {**document_of(segment), **changes}
    by = seat("mia")
    edit_segment(key=key, document=document, token=token_of(segment), by=by, via="web")


def test_no_difference_is_exit_status_0(folder: Path) -> None:
    apply(folder)
    before = Segment.objects.get(key="pros").updated_at
    code, out, err = manage("segments", "plan", str(folder))
    assert (code, err) == (0, "")
    assert out == "0 new, 0 changed, 2 unchanged, 0 without a file.\n"
    assert Segment.objects.get(key="pros").updated_at == before


def test_every_fact_that_was_applied_is_no_difference(folder: Path) -> None:
    (folder / "pros.yaml").write_text(FULL)
    apply(folder)
    assert manage("segments", "plan", str(folder))[0] == 0
    rewrite(folder, "n: 14, on", "n: 15, on")
    out = manage("segments", "plan", str(folder))[1]
    assert [line for line in out.splitlines() if line.startswith("  +")] == ["  +   n: 15"]


def test_another_layout_is_no_difference(folder: Path) -> None:
    apply(folder)
    rewrite(folder, "{trait: plan, is: pro}", "\n  where:\n    trait: plan\n    is: 'pro' # paying")
    assert manage("segments", "plan", str(folder))[0] == 0


def test_a_changed_definition_is_said_in_english_with_its_people(folder: Path) -> None:
    apply(folder)
    rewrite(folder, "is: pro", "in: [pro, free]")
    code, out, _ = manage("segments", "plan", str(folder), *AS_OF)
    assert code == 2
    assert out.splitlines() == [
        f"~ pros (Pros): d1 → d2  [{folder / 'pros.yaml'}]",
        "    A customer belongs when this is true:",
        "  -   Plan is pro",
        "  +   Plan is one of pro or free",
        "    Holds 2 → 4 customers (+2 −0).",
        "    Built on it: others: 3 → 1 customers (+0 −2).",
        "0 new, 1 changed, 1 unchanged, 0 without a file. Counted as of 2026-03-18 12:00 UTC, on"
        f" data loaded {loaded()}.",
    ]
    assert Segment.objects.get(key="pros").definition.number == 1  # type: ignore[union-attr]


def loaded() -> str:
    from catalogue.models import Photo

    return f"{Photo.objects.latest('pk').created_at:%Y-%m-%d %H:%M} UTC"


def test_files_are_judged_together_also_new_ones_that_build_on_new_ones(folder: Path) -> None:
    code, out, _ = manage("segments", "plan", str(folder), "--json", *AS_OF)
    assert code == 2
    others, pros, whole = rows(out)
    assert [others["outcome"], pros["outcome"], whole["outcome"]] == ["new", "new", "planned"]
    people = others["people"]
    assert isinstance(people, dict)
    assert (people["before"], people["after"], people["entering"]) == (None, 3, 0)
    assert pros["definition_version"] is None
    assert not Segment.objects.exists()


def test_two_changed_files_are_counted_as_they_would_be_together(folder: Path) -> None:
    apply(folder)
    rewrite(folder, "is: pro", "is: free")
    rewrite(folder, "{none: [{in_segment: pros}]}", "{in_segment: pros}", "others")
    out = manage("segments", "plan", str(folder), *AS_OF)[1]
    # Before: all but ada and cleo. After: bob and eve.
    assert "    Holds 3 → 2 customers (+0 −1)." in out.splitlines()


def test_a_definition_may_come_to_rest_on_what_is_stored_alone(folder: Path) -> None:
    apply(folder)
    (folder / "free.yaml").write_text(HEAD + "key: free\ndefinition: {trait: plan, is: free}\n")
    apply(folder)
    (folder / "free.yaml").unlink()
    rewrite(folder, "{trait: plan, is: pro}", "{in_segment: free}")
    out = manage("segments", "plan", str(folder / "pros.yaml"), *AS_OF)[1]
    assert "    Holds 2 → 2 customers (+2 −2)." in out.splitlines()
    assert "    Built on it: others: 3 → 3 customers (+2 −2)." in out.splitlines()


def test_every_other_fact_that_differs_is_shown_as_the_file_writes_it(folder: Path) -> None:
    apply(folder)
    more = "owner: mia@example.org\nwhy: They pay.\nmessages: {sales: Call}\n"
    (folder / "pros.yaml").write_text(f"{PROS}{more}members: {{add: [dan], remove: [ada]}}\n")
    code, out, _ = manage("segments", "plan", str(folder), *AS_OF)
    assert code == 2
    for line in ("  + owner: mia@example.org", "  + why: They pay.", "  +   sales: Call"):
        assert line in out.splitlines()
    assert "d1 stays" in out
    assert "Added by hand: 0 → 1 (+1 −0)." in out
    assert "Holds 2 → 2 customers (+1 −1)." in out
    assert "dan" not in out
    row = rows(manage("segments", "plan", str(folder), "--json")[1])[1]
    assert row["fields"]["owner"] == [None, "mia@example.org"]  # type: ignore[index]
    assert row["new_definition"] is False


def test_what_has_no_file_is_said_and_stays(folder: Path) -> None:
    apply(folder)
    (folder / "others.yaml").unlink()
    code, out, _ = manage("segments", "plan", str(folder))
    assert code == 0
    assert out.startswith("? others (others) is stored and in none of these files. It stays:")
    apply(folder)
    assert Segment.objects.get(key="others").status == "draft"
    assert "others" not in manage("segments", "plan", str(folder / "pros.yaml"))[1]


def test_the_tools_that_follow_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = "status: live\nowner: mia@example.org\nwhy: They pay.\n"
    (folder / "pros.yaml").write_text(f"{PROS}{live}sync: [{{to: news}}, {{to: crm}}]\n")
    apply(folder)
    rewrite(folder, "{to: crm}", "{to: ads}")
    state = ToolState(
        destination="news",
        function="marketing",
        in_step_with=1,
        held=2,
        drift=0,
        as_of=NOW,
        text="in step",
        verdict="equal",
    )
    monkeypatch.setattr(ports, "_tool_states", [lambda keys: {"pros": [state]}])
    out = manage("segments", "plan", str(folder))[1]
    assert [line for line in out.splitlines() if "Tool " in line] == [
        "    Tool news: follows (now: 2 held, equal).",
        "    Tool ads: new.",
        "    Tool crm: not kept in step any more.",
    ]


def test_a_draft_that_waits_is_mentioned(folder: Path) -> None:
    live = "status: live\nowner: mia@example.org\nwhy: They pay.\n"
    (folder / "pros.yaml").write_text(PROS + live)
    apply(folder)
    segment = Segment.objects.get(key="pros")
    document = {**document_of(segment), "why": "Because."}
    save_draft(key="pros", document=document, token=token_of(segment), by=seat("mia"), via="web")
    rewrite(folder, "is: pro", "is: free")
    out = manage("segments", "plan", str(folder))[1]
    assert "A draft of d2 waits; applying this makes it stale." in out


def test_before_the_first_load_the_plan_says_why_nobody_is_counted(tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(HEAD + "key: all\ndefinition: {everyone: true}\n")
    code, out, _ = manage("segments", "plan", str(tmp_path))
    assert code == 2
    assert "Nobody was counted: There are no customers yet" in out


def test_what_cannot_be_applied_is_refused_with_file_line_and_column(folder: Path) -> None:
    rewrite(folder, "trait: plan", "trait: plann")
    code, out, err = manage("segments", "plan", str(folder))
    assert (code, out) == (1, "")
    assert f"{folder / 'pros.yaml'}:6:14: pros: " in err
    assert "Did you mean “plan”?" in err
    rewrite(folder, "trait: plann", "trade: plan")
    assert manage("segments", "plan", str(folder))[0] == 1


# ── apply --plan ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def planned(folder: Path, tmp_path: Path) -> Path:
    """A plan to change pros, on a server that has both."""
    apply(folder)
    rewrite(folder, "is: pro", "is: free")
    plan = tmp_path / "plan.json"
    assert manage("segments", "plan", str(folder), "--out", str(plan))[0] == 2
    return plan


def refused(folder: Path, plan: Path) -> str:
    """What an apply says that must be refused, and store nothing."""
    numbers = dict(Segment.objects.values_list("key", "definition__number"))
    code, out, err = manage("segments", "apply", str(folder), "--plan", str(plan))
    assert (code, out) == (1, "")
    assert "Nothing was stored. Plan again" in err
    assert dict(Segment.objects.values_list("key", "definition__number")) == numbers
    return err


@pytest.mark.both_databases
def test_a_plan_is_applied_while_nothing_moved(folder: Path, planned: Path) -> None:
    code, out, _ = manage("segments", "apply", str(folder), "--plan", str(planned))
    assert code == 0
    assert "changed    pros d2" in out
    assert manage("segments", "plan", str(folder))[0] == 0
    # It is used up: what it was made of has moved, by itself.
    assert "moved from d1 to d2" in refused(folder, planned)


@pytest.mark.both_databases
def test_a_definition_that_moved_is_named_with_who_and_when(folder: Path, planned: Path) -> None:
    edit("pros", definition={"trait": "plan", "is": "basic"})
    said = refused(folder, planned)
    assert "“Pros” (pros) moved from d1 to d2 since the plan: Mia (Web) on " in said
    assert f"{datetime.now(UTC):%Y-%m-%d} at " in said


def test_any_other_fact_that_moved_is_enough(folder: Path, planned: Path) -> None:
    edit("pros", why="Somebody wrote this.")
    assert "“Pros” (pros) was changed since the plan, and is d1 as before" in refused(
        folder, planned
    )


def test_a_list_kept_by_hand_that_moved_is_enough(folder: Path, planned: Path) -> None:
    segment = Segment.objects.get(key="pros")
    ListedMember.objects.create(segment=segment, kind="add", customer_id="dan")
    assert "was changed since the plan" in refused(folder, planned)


def test_what_is_built_on_it_and_what_it_is_built_on_belong_to_the_plan(
    folder: Path, tmp_path: Path
) -> None:
    apply(folder)
    top = folder / "top.yaml"
    top.write_text(HEAD + "key: top\nteam: growth\ndefinition: {in_segment: others}\n")
    plan = tmp_path / "plan.json"
    assert manage("segments", "plan", str(top), "--out", str(plan))[0] == 2
    assert set(json.loads(plan.read_text())["basis"]) == {"top", "others", "pros"}
    edit("pros", why="Somebody wrote this.")
    assert "“Pros” (pros) was changed" in refused(top, plan)


@pytest.mark.both_databases
def test_a_new_segment_that_somebody_else_made_meanwhile(folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    manage("segments", "plan", str(folder), "--out", str(plan))
    apply(folder)
    assert "“Pros” (pros) was not there when this was planned, and is d1 now" in refused(
        folder, plan
    )


def test_an_archived_segment_is_refused(folder: Path, planned: Path) -> None:
    archive(key="pros", by=None, via="web", replacement="others")
    assert "“Pros” (pros) was archived since the plan" in refused(folder, planned)


@pytest.mark.both_databases
def test_other_files_than_those_planned_are_refused(folder: Path, planned: Path) -> None:
    rewrite(folder, "name: Pros", "name: Pros # a comment")
    said = refused(folder, planned)
    assert f"{folder / 'pros.yaml'} says something else of “pros” than was planned." in said
    rewrite(folder, "name: Pros # a comment", "name: Pros")
    (folder / "more.yaml").write_text(HEAD + "key: more\ndefinition: {everyone: true}\n")
    (folder / "others.yaml").unlink()
    said = refused(folder, planned)
    assert f"“more”, in {folder / 'more.yaml'}, was not planned." in said
    assert "“others” was planned, and is in none of these files." in said


def test_what_moved_comes_as_json_too(folder: Path, planned: Path) -> None:
    edit("pros", why="Somebody wrote this.")
    code, out, _ = manage("segments", "apply", str(folder), "--plan", str(planned), "--json")
    assert code == 1
    assert rows(out)[0]["code"] == "plan_outdated"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"apiVersion": "x", "kind": "y"}', "\x00"])
def test_what_is_no_plan_is_a_sentence(folder: Path, tmp_path: Path, text: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(text)
    code, _, err = manage("segments", "apply", str(folder), "--plan", str(plan))
    assert code == 1
    assert "is no plan to apply. Write one with manage.py segments plan" in err
    assert not Segment.objects.exists()


def test_a_plan_names_nobody(folder: Path, tmp_path: Path) -> None:
    (folder / "pros.yaml").write_text(PROS + "members: {add: [dan]}\n")
    plan = tmp_path / "plan.json"
    manage("segments", "plan", str(folder), "--out", str(plan))
    assert "dan" not in plan.read_text()
    assert Team.objects.count() == 0
