"""Segments of accounts as files and documents: what they hold stays so, and no tool takes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.definitions.errors import DefinitionError
from catalogue.models import Segment
from catalogue.segments.documents import token_of
from catalogue.segments.editing import create_segment, save_draft
from catalogue.segments.exporting import export_segment
from catalogue.segments.folder import read_folder
from catalogue.segments.publishing import publish
from catalogue.segments.queries.uses import uses_of
from catalogue.segments.reports import ApplyReport, FilesRefused
from catalogue.segments.services import apply_files
from tests.catalogue.segments.ground import changed, document, team
from tests.catalogue.workspace import ids, load_accounts_too, refresh

pytestmark = pytest.mark.django_db
HEAD = "apiVersion: segment-catalogue/v1\nkind: Segment\nteam: growth\n"
BUSINESS = "definition: {subject: account, where: {trait: tier, is: business}}\n"
BELOW = "definition: {{subject: account, where: {{customers: any, where: {}}}}}\n"
LISTED = "members: {static: named.csv, subject: account}\n"
ACCOUNTS = {"subject": "account", "where": {"trait": "tier", "is": "business"}}


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_accounts_too()
    team()


def apply(folder: Path, **texts: str) -> ApplyReport:
    """Apply one file per key; `csv` beside them is a list."""
    (folder / "named.csv").write_text("account_id,x\nsolo,1\nada,2\n", encoding="utf-8")
    for key, text in texts.items():
        whole = f"{HEAD}key: {key}\n{text}"
        (folder / f"{key}.yaml").write_text(whole, encoding="utf-8")
    files, problems = read_folder([str(folder)], default_timezone="UTC")
    assert not problems, [problem.sentence() for problem in problems]
    return apply_files(files, by=None)


def refusals(folder: Path, **texts: str) -> list[str]:
    with pytest.raises(FilesRefused) as refused:
        apply(folder, **texts)
    return [problem.sentence() for problem in refused.value.problems]


def test_files_of_accounts_are_stored_with_what_they_hold(tmp_path: Path) -> None:
    report = apply(tmp_path, business=BUSINESS, listed=LISTED)
    held = dict(Segment.objects.values_list("key", "definition__subject"))
    assert held == {"business": "account", "listed": "account"}
    warnings = {one.key: one.warnings for one in report.segments}
    assert warnings["listed"] == [
        "Static list: there is no account “ada” yet; kept aside until there is."
    ]
    refresh()
    assert ids("listed") == {"solo"}


def test_a_list_of_accounts_goes_out_and_in_as_the_same(tmp_path: Path) -> None:
    apply(tmp_path, listed=LISTED)
    segment = Segment.objects.get(key="listed")
    Segment.objects.filter(pk=segment.pk).update(name="Renamed")  # so that its file is made anew
    exported = export_segment(Segment.objects.get(pk=segment.pk))
    assert exported.static == "account_id\nada\nsolo\n"
    out = tmp_path / "out"
    out.mkdir()
    (out / "listed.yaml").write_text(exported.text, encoding="utf-8")
    (out / "listed.csv").write_text(exported.static, encoding="utf-8")
    files, problems = read_folder([str(out)], default_timezone="UTC")
    assert not problems
    (one,) = apply_files(files, by=None).segments
    assert (one.outcome, one.definition_version) == ("unchanged", 1)


def test_a_list_of_accounts_is_another_than_one_of_customers_with_the_same_ids(
    tmp_path: Path,
) -> None:
    apply(tmp_path, listed=LISTED, people="members: {static: named.csv}\n")
    hashes = set(Segment.objects.values_list("definition__definition_hash", flat=True))
    assert len(hashes) == 2


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        (BUSINESS, "definition: {trait: plan, is: pro}\n", "/definition/subject"),
        ("definition: {trait: plan, is: pro}\n", BUSINESS, "/definition/subject"),
        (BUSINESS, "members: {static: named.csv}\n", "/members/subject"),
        (LISTED, "members: {static: named.csv}\n", "/members/subject"),
    ],
)
def test_what_a_segment_holds_stays_so(tmp_path: Path, before: str, after: str, place: str) -> None:
    apply(tmp_path, it=before)
    (said,) = refusals(tmp_path, it=after)
    assert place in said
    assert "goes on to: who follows it knows their ids" in said
    assert "under a key of its own." in said


def test_a_list_may_become_a_definition_of_the_same_subject(tmp_path: Path) -> None:
    apply(tmp_path, it=LISTED)
    (one,) = apply(tmp_path, it=BUSINESS).segments
    assert (one.outcome, one.definition_version) == ("changed", 2)


def test_accounts_are_not_sent_to_tools(tmp_path: Path) -> None:
    (said,) = refusals(tmp_path, it=BUSINESS + "sync: [{to: newsletter}, {to: crm}]\n")
    assert "/sync" in said
    assert "Tools take people, and “it” holds accounts" in said
    assert "“newsletter”, “crm”" in said


def test_references_between_subjects_are_refused_in_files_applied_together(tmp_path: Path) -> None:
    said = refusals(
        tmp_path,
        business=BUSINESS,
        pros="definition: {trait: plan, is: pro}\n",
        one="definition: {in_segment: business}\n",
        two="definition: {subject: account, where: {in_segment: pros}}\n",
        three=BELOW.format("{in_segment: pros}"),
    )
    assert len(said) == 2
    assert any("“business” holds accounts, and customers are judged here" in one for one in said)
    assert any("{customers: any, where: {in_segment: pros}}" in one for one in said)


def test_a_document_is_held_to_the_same(tmp_path: Path) -> None:
    made = create_segment(document=document(definition=ACCOUNTS), by=None, via="web")
    live = publish(key=made.key, message="First.", token=token_of(made), by=None, via="web")
    assert live.definition.subject == "account"
    for changes, said in (
        ({"definition": {"trait": "plan", "is": "pro"}}, "holds accounts, and goes on to"),
        ({"sync": [{"to": "newsletter"}]}, "it cannot go to “newsletter”"),
    ):
        with pytest.raises(DefinitionError, match=said):
            save_draft(
                key=live.key,
                document=changed(live, **changes),
                token=token_of(live),
                by=None,
                via="web",
            )


def test_it_is_known_which_segments_look_at_which_traits_of_accounts(tmp_path: Path) -> None:
    apply(
        tmp_path,
        business=BUSINESS,
        mixed="definition: {all: [{account_trait: tier, is: a}, {trait: plan, is: pro}]}\n",
        below=BELOW.format("{trait: plan, is: x}"),
    )
    uses = uses_of(None)
    assert [use.key for use in uses.of_trait("tier", "account")] == ["business", "mixed"]
    assert uses.of_trait("tier") == []
    assert [use.key for use in uses.of_trait("plan")] == ["below", "mixed"]
