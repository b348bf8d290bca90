"""Out and in again is the identity on what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.models import MessageGuide, Segment
from catalogue.segments.exporting import export_segment
from catalogue.segments.folder import read_folder
from catalogue.segments.services import apply_files
from tests.catalogue.workspace import load_workspace

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
