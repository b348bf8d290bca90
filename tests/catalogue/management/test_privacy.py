"""manage.py privacy."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Customer, Erasure, Suppression, Workspace
from tests.catalogue.privacy.ground import audience, names, segment_of
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db


def run(*words: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("privacy", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_a_file_suppresses_and_says_how_many(tmp_path: Path) -> None:
    version = segment_of("ada", "bob")
    file = tmp_path / "stop.csv"
    file.write_text("customer_id\nada\nlater\n", encoding="utf-8")
    said = run("suppress", str(file), "--reason", "List")
    assert said.startswith("2 suppressions added, 0 were in force; 1 customers of today")
    assert run("suppress", str(file), "--reason", "List").startswith("0 suppressions added, 2")
    assert names(audience(version)) == ["bob"]


def test_somebody_is_suppressed_by_an_option_and_lifted() -> None:
    load_workspace()
    assert run("suppress", "--email", "ada@x.example", "--reason", "Phoned.").startswith(
        "Suppression "
    )
    number = str(Suppression.objects.get().pk)
    assert (
        run("lift", number, "--reason", "A mistake.").strip() == f"Suppression {number} is lifted."
    )
    with pytest.raises(CommandError, match="was lifted on"):
        run("lift", number, "--reason", "Again.")
    with pytest.raises(CommandError, match="no suppression 99999"):
        run("lift", "99999", "--reason", "Again.")


def test_a_purpose_is_set_and_words_are_noted(tmp_path: Path) -> None:
    version = segment_of("ada", "bob")
    assert "marketing         yes" in run("purposes", "marketing", "--needed")
    file = tmp_path / "words.csv"
    file.write_text("customer_id,purpose,given\nada,marketing,yes\n", encoding="utf-8")
    assert run("consent", str(file), "--source", "fair").strip() == "1 words of consent noted."
    assert names(audience(version, "marketing")) == ["ada"]
    assert Workspace.current().consent["marketing"] == {"is_needed": True, "trait": ""}


def test_somebody_is_erased_with_the_evidence_printed(settings: Any) -> None:
    settings.ERASURE_READ_SECONDS = 0
    load_workspace()
    said = run("erase", "ada", "--reason", "Letter.")
    assert "events and" in said
    assert said.strip().endswith(": done.")
    assert not Customer.objects.filter(external_id="ada").exists()
    assert '"name": "lake"' in run("erasure", str(Erasure.objects.get().pk), "--json")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("suppress", "/no/such.csv"), "cannot be read"),
        (("suppress", "--reason", "x"), "Say who"),
        (("erase", "nobody", "--reason", "x"), "no customer"),
        (("erasure", "5"), "no erasure 5"),
        (("purposes", "Ads!"), "small letters"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(words: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        run(*words)
