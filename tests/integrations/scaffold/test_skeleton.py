"""A new connector's folders: in order from the first minute, and honest about what is missing."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations.quality import RULES
from integrations.scaffold.checks import check_connector
from integrations.scaffold.folders import folders_of
from integrations.scaffold.signatures import METHODS
from tests.integrations.scaffold.conftest import NAME

ROOT = Path(__file__).parents[3]


def scaffold(name: str = NAME, **about: str) -> str:
    out = io.StringIO()
    said = {"title": "Tried Out", "function": "sales", "audience": "tag", **about}
    call_command("new_connector", name, stdout=out, **said)
    return out.getvalue()


def test_a_new_connector_has_no_fault_and_says_all_that_is_to_do(own_folders: Path) -> None:
    said = scaffold()

    found = check_connector(folders_of(NAME))

    assert "manage.py check_connectors tried_out" in said
    assert not found.faults
    assert found.manifest is not None
    assert (found.manifest.title, found.manifest.function) == ("Tried Out", "sales")
    assert len([todo for todo in found.todos if todo.startswith("rule ")]) == len(RULES)
    for where in (
        "manifest.toml: source",
        "README.md: ",
        "config.py: the vendor's own address",
        "client.py: make_list",
        "tests: fake.py: answer",
        "tests: test_oracle.py",
    ):
        assert [todo for todo in found.todos if todo.startswith(where)], found.todos
    assert not found.is_whole


def test_the_connector_is_whole_once_everything_is_written(own_folders: Path) -> None:
    scaffold()
    folders = folders_of(NAME)
    for path in (*folders.sources, folders.code / "manifest.toml", folders.code / "README.md"):
        text = path.read_text(encoding="utf-8")
        for old, new in (
            ("raise NotImplementedError(", "print("),
            ("TODO:", "Done:"),
            ('"todo: try it"', '"exempt: this is a test"'),
        ):
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")

    assert check_connector(folders).is_whole


@pytest.mark.parametrize("name", ["x", "as_long_as_names_may"])
def test_the_linter_has_nothing_to_say_of_it(own_folders: Path, name: str) -> None:
    scaffold(name, title="T" * len(name), audience="a" * len(name))
    settings = ["--config", str(ROOT / "pyproject.toml"), "--quiet"]

    for words in (["check"], ["format", "--check", "--diff"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, *settings],
            capture_output=True,
            text=True,
            cwd=own_folders,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_its_class_has_every_method_of_the_contract(own_folders: Path) -> None:
    scaffold()

    source = (folders_of(NAME).code / "connector.py").read_text(encoding="utf-8")

    assert len(METHODS) >= 7
    assert [name for name in METHODS if f"def {name}(" not in source] == []


@pytest.mark.parametrize(
    ("name", "about", "said"),
    [
        ("Upper", {}, "cannot name a connector"),
        ("../../evil", {}, "cannot name a connector"),
        ("two__lines", {}, "cannot name a connector"),
        ("n" * 21, {}, "cannot name a connector"),
        (NAME, {"title": 'a "quote"'}, "The title is"),
        (NAME, {"audience": "a\nline"}, "The audience is"),
        (NAME, {"function": "football"}, "The function is one of: marketing"),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_written(
    own_folders: Path, name: str, about: dict[str, str], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        scaffold(name, **about)

    assert not [path for path in own_folders.rglob("*") if path.is_file()]


def test_nothing_that_is_there_is_written_over(own_folders: Path) -> None:
    scaffold()
    before = {path: path.read_bytes() for path in own_folders.rglob("*") if path.is_file()}

    with pytest.raises(CommandError, match="is there already"):
        scaffold(title="Another")
    assert {path: path.read_bytes() for path in own_folders.rglob("*") if path.is_file()} == before
