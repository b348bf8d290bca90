"""Segment files into the catalogue: all of one apply, or none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.models import ListedMember, Segment, Team, User
from catalogue.segments.documents import token_of
from catalogue.segments.folder import read_folder
from catalogue.segments.publishing import archive, publish, unarchive
from catalogue.segments.refusals import SegmentRefused
from catalogue.segments.reports import Applied, ApplyReport, FilesRefused
from catalogue.segments.services import apply_files
from tests.catalogue.workspace import load_workspace

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HEAD = "apiVersion: segment-catalogue/v1\nkind: Segment\n"
PROS = HEAD + "key: pros\nteam: growth\ndefinition: {trait: plan, is: pro}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    load_workspace()
    folder = tmp_path / "segments"
    folder.mkdir()
    return folder


def apply(folder: Path, *texts: str) -> ApplyReport:
    """Write each text into a file of its own and apply them all."""
    for old in folder.glob("*.yaml"):
        old.unlink()
    for position, text in enumerate(texts):
        (folder / f"{position}.yaml").write_text(text, encoding="utf-8")
    files, problems = read_folder([str(folder)], default_timezone="UTC")
    assert not problems, [problem.sentence() for problem in problems]
    return apply_files(files, by=None)


def refusals(folder: Path, *texts: str) -> list[str]:
    with pytest.raises(FilesRefused) as refused:
        apply(folder, *texts)
    return [problem.sentence() for problem in refused.value.problems]


def outcomes(report: ApplyReport) -> dict[str, str]:
    return {one.key: one.outcome for one in report.segments}


def test_a_file_becomes_a_segment_with_all_it_says(folder: Path) -> None:
    mia = User.objects.create_user("mia", email="Mia@example.org")
    apply(
        folder,
        HEAD
        + """
key: pros
name: Pros
status: live
team: growth
owner: mia@example.org
models: [plan_status, usage]
why: They pay.
evidence: [{kind: interview, source: research/x, n: 14, on: 2026-04-12}]
goal: {event: purchase, within: 14 days, at_least: 25%, by: 2026-12-31}
review: {every: 90 days, reviewer: tom@example.org}
refresh: every 6 hours at 05:30
definition: {trait: plan, is: pro}
members: {add: [dan], remove: [cleo]}
messages: {sales: Call them, marketing: Write to them}
sync: [{to: crm, as: Pros}]
""",
    )
    pros = Segment.objects.get(key="pros")
    assert (pros.name, pros.status, pros.team.slug) == ("Pros", "live", "growth")
    assert (pros.owner, pros.owner_email, pros.why) == (mia, "mia@example.org", "They pay.")
    assert pros.models_used == ["plan_status", "usage"]
    assert pros.refresh == {"every": 6, "unit": "hour", "at": "05:30"}
    assert pros.sync_wanted == [{"to": "crm", "as": "Pros"}]
    assert pros.goal is not None
    assert pros.goal["event"] == "purchase"
    assert dict(pros.messages.values_list("function", "text"))["sales"] == "Call them"
    evidence = pros.evidence.get()
    assert (evidence.n, str(evidence.on)) == (14, "2026-04-12")
    assert set(pros.listed.values_list("kind", "customer_id")) == {
        ("add", "dan"),
        ("remove", "cleo"),
    }


def test_applying_again_changes_nothing(folder: Path) -> None:
    apply(folder, PROS)
    before = Segment.objects.get(key="pros").updated_at
    assert outcomes(apply(folder, PROS)) == {"pros": "unchanged"}
    assert Segment.objects.get(key="pros").updated_at == before


@pytest.mark.parametrize(
    ("text", "is_new"),
    [
        (PROS.replace("{trait: plan, is: pro}", "{where: {trait: plan, is: 'pro'}}"), False),
        ("# a comment\n" + PROS, False),
        (PROS + "why: Because.\n", False),
        (PROS.replace("is: pro", "is: free"), True),
        (PROS.replace("definition: {", "definition: {any: [{") .replace("}\n", "}]}\n"), True),
    ],
)  # fmt: skip
def test_only_another_tree_makes_another_definition_version(
    folder: Path, text: str, is_new: bool
) -> None:
    apply(folder, PROS)
    report = apply(folder, text)
    assert report.segments[0].is_new_definition is is_new
    assert report.segments[0].definition_version == (2 if is_new else 1)


def test_what_a_file_no_longer_says_is_gone(folder: Path) -> None:
    apply(folder, PROS + "why: Because.\nmembers: {add: [dan]}\nmessages: {sales: Hi}\n")
    apply(folder, PROS)
    pros = Segment.objects.get(key="pros")
    assert pros.why == ""
    assert not pros.messages.exists()
    assert not pros.listed.exists()


def test_files_may_refer_to_each_other_in_any_order_and_to_stored_segments(folder: Path) -> None:
    built = HEAD + "key: built\nteam: growth\ndefinition: {in_segment: pros}\n"
    top = HEAD + "key: a-top\nteam: growth\ndefinition: {in_segment: built}\n"
    assert outcomes(apply(folder, top, built, PROS)) == {
        "a-top": "created",
        "built": "created",
        "pros": "created",
    }
    assert outcomes(apply(folder, built)) == {"built": "unchanged"}


def test_a_circle_through_stored_segments_is_refused(folder: Path) -> None:
    apply(folder, PROS, HEAD + "key: built\nteam: growth\ndefinition: {in_segment: pros}\n")
    problems = refusals(folder, PROS.replace("{trait: plan, is: pro}", "{in_segment: built}"))
    assert any("circle" in problem for problem in problems)


def test_a_list_may_be_referred_to(folder: Path) -> None:
    (folder / "vip.csv").write_text("customer_id\nada\n", encoding="utf-8")
    vip = HEAD + "key: vip\nteam: growth\nmembers: {static: vip.csv}\n"
    apply(folder, vip, HEAD + "key: built\nteam: growth\ndefinition: {in_segment: vip}\n")
    apply(folder, HEAD + "key: built\nteam: growth\ndefinition: {not: {in_segment: vip}}\n")


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ("{trait: plann, is: pro}", "Did you mean “plan”?"),
        ("{did: logn}", "Did you mean “login”?"),
        ("{in_segment: prso}", "Did you mean “pros”?"),
        ("{trait: plan, iz: pro}", "is"),
    ],
)
def test_one_bad_file_refuses_all_with_file_line_and_the_nearest_word(
    folder: Path, definition: str, said: str
) -> None:
    bad = HEAD + f"key: bad\nteam: new-team\ndefinition:\n  all:\n    - {definition}\n"
    problems = refusals(folder, PROS, bad)
    assert len(problems) == 1
    assert ": bad: line 7, column" in problems[0]
    assert "/definition/all/0" in problems[0]
    assert said in problems[0]
    assert not Segment.objects.exists()
    assert not Team.objects.exists()


def test_every_problem_of_every_file_is_told(folder: Path) -> None:
    bad = HEAD + "key: {key}\nteam: growth\ndefinition: {{any: [{{trait: x}}, {{did: nope}}]}}\n"
    problems = refusals(folder, bad.format(key="a"), bad.format(key="b").replace("x}", "y, is: 1}"))
    assert len(problems) >= 3
    assert {problem.partition(".yaml")[0][-1] for problem in problems} == {"0", "1"}


def test_a_key_in_two_files_is_refused(folder: Path) -> None:
    assert any("given more than once" in one for one in refusals(folder, PROS, PROS))


def test_a_missing_team_and_an_unknown_owner_are_reported(folder: Path) -> None:
    report = apply(folder, PROS + "owner: who@example.org\n")
    assert report.teams_created == ["growth"]
    assert report.unknown_owners == ["who@example.org"]
    assert Segment.objects.get(key="pros").owner_email == "who@example.org"
    assert apply(folder, PROS).teams_created == []


def test_a_file_without_a_team_is_kept_apart_and_says_so(folder: Path) -> None:
    report = apply(folder, PROS.replace("team: growth\n", ""))
    assert "names no team" in report.segments[0].warnings[0]


def test_live_passes_the_gate_or_everything_missing_is_told(folder: Path) -> None:
    problems = refusals(folder, PROS + "status: live\n")
    assert any("has no owner" in problem for problem in problems)
    assert any("does not say why" in problem for problem in problems)
    live = PROS + "status: live\nowner: mia@example.org\nwhy: They pay.\n"
    assert outcomes(apply(folder, live)) == {"pros": "created"}


def test_ids_nobody_has_yet_are_kept_aside_and_each_is_reported(folder: Path) -> None:
    (folder / "vip.csv").write_text("customer_id\nada\nnobody\n007\n", encoding="utf-8")
    report = apply(folder, HEAD + "key: vip\nteam: growth\nmembers: {static: vip.csv}\n")
    one: Applied = report.segments[0]
    assert [warning for warning in one.warnings if "no customer" in warning] == [
        f"Static list: there is no customer “{customer_id}” yet; kept aside until there is."
        for customer_id in ("nobody", "007")
    ]
    assert set(ListedMember.objects.values_list("customer_id", flat=True)) == {
        "ada",
        "nobody",
        "007",
    }


def test_another_list_is_another_definition_version_and_another_order_is_not(folder: Path) -> None:
    text = HEAD + "key: vip\nteam: growth\nmembers: {static: vip.csv}\n"
    versions = []
    for ids in ("ada\nbob\n", "bob\nada\nbob\n", "ada\n"):
        (folder / "vip.csv").write_text(f"customer_id\n{ids}", encoding="utf-8")
        versions.append(apply(folder, text).segments[0].definition_version)
    assert versions == [1, 1, 2]


def test_the_key_of_an_archived_segment_is_never_used_again(folder: Path) -> None:
    apply(folder, PROS)
    archive(key="pros", by=None, via="command")
    assert any("is archived" in problem for problem in refusals(folder, PROS))
    unarchive(key="pros", by=None, via="command")
    assert outcomes(apply(folder, PROS)) == {"pros": "unchanged"}


def go_live(key: str) -> Segment:
    token = token_of(Segment.objects.get(key=key))
    return publish(key=key, message="We need them.", token=token, by=None, via="command")


def test_a_draft_goes_live_through_the_same_gate(folder: Path) -> None:
    apply(folder, PROS)
    with pytest.raises(SegmentRefused, match="cannot go live. It has no owner"):
        go_live("pros")
    Segment.objects.update(owner_email="mia@example.org", why="They pay.")
    assert go_live("pros").status == "live"
    Segment.objects.update(broken_reason="“x” is gone.", status="draft")
    with pytest.raises(SegmentRefused, match="It is broken: “x” is gone"):
        go_live("pros")
