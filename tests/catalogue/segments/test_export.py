"""Out and in again is the identity on what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.definitions.layout import format_yaml
from catalogue.models import DefinitionVersion, MessageGuide, Segment
from catalogue.segments import documents
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import edit_segment
from catalogue.segments.exporting import export_segment
from catalogue.segments.folder import read_folder
from catalogue.segments.services import apply_files
from tests.catalogue.management.test_segments_commands import manage
from tests.catalogue.workspace import define, load_workspace

pytestmark = pytest.mark.django_db

FULL = """\
# what they say
apiVersion: segment-catalogue/v1
kind: Segment
key: pros
name: "NO: 12:30"
status: live
team: growth
owner: mia@example.org
models: [usage]
why: |
  They pay.
  "Quoted", {braced} — and ünïcode.
evidence: [{kind: interview, source: research/x, n: 14, on: 2026-04-12}]
goal: {event: login, within: 14 days, at_least: 25%, by: 2026-12-31}
review: {every: 90 days, reviewer: tom@example.org}
refresh: every 1 day at 06:00
definition:
  timezone: Europe/Berlin
  where:
    all:
      - {trait: plan, in: [pro, "NO", "12:30", "007", 1.5, true]}
      - {did: login, times: {gte: 1}, in_last: 30 days}
members: {add: ["007", dan], remove: [cleo]}
messages: {sales: "yes", marketing: "- no"}
sync: [{to: crm, as: "Pros (catalogue)"}]
"""
OTHER = """\
apiVersion: segment-catalogue/v1
kind: Segment
key: other
team: growth
definition: {everyone: true}
"""


def stored(tmp_path: Path, text: str) -> None:
    load_workspace()
    (tmp_path / "pros.yaml").write_text(text, encoding="utf-8")
    files, problems = read_folder([str(tmp_path / "pros.yaml")], default_timezone="UTC")
    assert not problems
    apply_files(files, by=None)


def exported(key: str) -> str:
    return export_segment(Segment.objects.select_related("team", "definition").get(key=key)).text


def test_a_file_comes_out_as_it_went_in(tmp_path: Path) -> None:
    stored(tmp_path, FULL)
    assert exported("pros") == FULL


def test_one_document_of_several_comes_out_alone(tmp_path: Path) -> None:
    stored(tmp_path, f"{FULL}---\n{OTHER}")
    assert exported("pros") == FULL
    assert exported("other") == OTHER


def test_after_an_edit_elsewhere_a_file_is_made_that_says_what_is_stored(tmp_path: Path) -> None:
    stored(tmp_path, FULL)
    MessageGuide.objects.filter(function="sales").update(text="Something: new")
    made = exported("pros")
    assert made != FULL
    (tmp_path / "again.yaml").write_text(made, encoding="utf-8")
    files, problems = read_folder([str(tmp_path / "again.yaml")], default_timezone="UTC")
    assert not problems, [problem.sentence() for problem in problems]
    assert apply_files(files, by=None).segments[0].outcome == "unchanged"


def test_a_static_list_is_written_beside_its_file(tmp_path: Path) -> None:
    (tmp_path / "vip.csv").write_text("customer_id\nada\n0042\n", encoding="utf-8")
    text = OTHER.replace("definition: {everyone: true}", "members: {static: vip.csv}")
    stored(tmp_path, text)
    one = export_segment(Segment.objects.select_related("team", "definition").get(key="other"))
    assert (one.text, one.static_path) == (text, "growth/vip.csv")
    assert one.static is not None
    assert set(one.static.splitlines()) == {"customer_id", "ada", "0042"}


def edit(key: str, **changes: object) -> None:
    """Change a segment as a page does."""
    segment = Segment.objects.get(key=key)
    document = {**document_of(segment), **changes}
    edit_segment(key=key, document=document, token=token_of(segment), by=None, via="web")


def reapplied(tmp_path: Path, text: str) -> str:
    """What applying a file makes of its segment."""
    (tmp_path / "again.yaml").write_text(text, encoding="utf-8")
    files, problems = read_folder([str(tmp_path / "again.yaml")], default_timezone="UTC")
    assert not problems, [problem.sentence() for problem in problems]
    return apply_files(files, by=None).segments[0].outcome


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ("# what they say", "# what we say of them", "unchanged"),
        ("why: |", "why: |  # for sales", "unchanged"),
        ("evidence: [{", "evidence: [ {", "unchanged"),
        ('{sales: "yes",', '{sales: "no",', "changed"),
        ("14 days", "15 days", "changed"),
    ],
)
def test_the_file_that_was_applied_last_comes_out_whatever_it_changed(
    tmp_path: Path, old: str, new: str, outcome: str
) -> None:
    stored(tmp_path, FULL)
    assert old in FULL
    changed = FULL.replace(old, new)
    assert reapplied(tmp_path, changed) == outcome
    assert exported("pros") == changed
    assert DefinitionVersion.objects.count() == 1


def test_tests_alone_are_a_change_and_make_no_version(tmp_path: Path) -> None:
    test = "tests: [{it: works, now: 2026-03-18T12:00:00Z, given: [{id: a}], expect: []}]\n"
    stored(tmp_path, OTHER)
    assert reapplied(tmp_path, OTHER + test) == "changed"
    assert len(documents.tests_of(Segment.objects.get(key="other"))) == 1
    assert exported("other") == OTHER + test
    edit("other", tests=[])
    assert exported("other") == OTHER
    assert DefinitionVersion.objects.count() == 1


COMMENTED = """\
# what they say
apiVersion: segment-catalogue/v1
kind: Segment
key: pros   # for ever
team: growth

# because
why: They pay.
definition:
  all:
    # who pays
    - {trait: plan, is: pro}   # or more
    # who comes
    - {did: login, in_last: 30 days}
"""


def test_an_edit_on_a_page_leaves_all_comments_that_are_not_of_what_changed(
    tmp_path: Path,
) -> None:
    stored(tmp_path, COMMENTED)
    where = {"all": [{"trait": "plan", "is": "pro"}, {"did": "login", "in_last": "7 days"}]}
    edit("pros", why="They pay and stay.", owner="mia@example.org", definition=where)
    expected = (
        COMMENTED.replace("They pay.", "They pay and stay.")
        .replace("in_last: 30 days", "in_last: 7 day")
        .replace("team: growth\n", "team: growth\nowner: mia@example.org\n")
    )
    assert exported("pros") == expected
    assert reapplied(tmp_path, expected) == "unchanged"
    assert exported("pros") == expected


def test_what_was_never_a_file_is_made_in_the_one_layout_and_stays_so(tmp_path: Path) -> None:
    load_workspace()
    where = {"all": [{"trait": "plan", "is": "pro"}, {"trait": "plan", "is_set": True}]}
    define("pros", where, why="NO: 12:30\n\nOr so.", owner_email="mia@example.org")
    made = exported("pros")
    assert format_yaml(made) == made
    assert reapplied(tmp_path, made) == "unchanged"
    assert exported("pros") == made


def test_a_folder_that_was_written_is_written_the_same_after_it_was_applied(
    tmp_path: Path,
) -> None:
    (tmp_path / "vip.csv").write_text("customer_id\nada\n0042\n", encoding="utf-8")
    static = OTHER.replace("definition: {everyone: true}", "members: {static: vip.csv}")
    stored(tmp_path, f"{FULL}---\n{static}")
    MessageGuide.objects.filter(function="sales").update(text="Something: new")
    first, second = tmp_path / "first", tmp_path / "second"
    assert manage("segments", "export", "--to", str(first))[0] == 0
    assert manage("segments", "apply", str(first))[0] == 0
    # A folder alone means the same.
    second.mkdir()
    assert manage("segments", "export", str(second))[0] == 0
    assert tree(first) == tree(second)
    assert set(tree(first)) == {"growth/other.yaml", "growth/pros.yaml", "growth/vip.csv"}


def test_a_segment_that_stands_in_another_file_of_the_folder_is_mentioned(tmp_path: Path) -> None:
    stored(tmp_path, f"{FULL}---\n{OTHER}")
    err = manage("segments", "export", str(tmp_path))[2]
    written = tmp_path / "growth" / "other.yaml"
    assert f"“other” is in {tmp_path / 'pros.yaml'} too, and in {written} from now on." in err


def tree(folder: Path) -> dict[str, bytes]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}
