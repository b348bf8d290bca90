"""manage.py segments fmt. Needs no database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.catalogue.management.test_segments_commands import HEAD, manage, rows

UGLY = HEAD + "key:   pros   # ours\ndefinition: {trait: plan,is: pro}\n"
TIDY = HEAD + "key: pros     # ours\ndefinition: {trait: plan, is: pro}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ugly.yaml").write_text(UGLY)
    (tmp_path / "tidy.yml").write_text(TIDY)
    return tmp_path


def test_files_are_rewritten_and_named_and_then_there_is_nothing_to_do(folder: Path) -> None:
    (folder / "ugly.yaml").chmod(0o640)
    assert manage("segments", "fmt", str(folder)) == (0, f"{folder / 'ugly.yaml'}\n", "")
    assert (folder / "ugly.yaml").read_text() == (folder / "tidy.yml").read_text() == TIDY
    assert (folder / "ugly.yaml").stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in folder.iterdir()) == ["tidy.yml", "ugly.yaml"]
    assert manage("segments", "fmt", str(folder)) == (0, "", "")


def test_check_names_what_would_change_and_writes_nothing(folder: Path) -> None:
    code, out, _ = manage("segments", "fmt", str(folder), "--check")
    assert (code, out) == (1, f"{folder / 'ugly.yaml'}\n")
    assert (folder / "ugly.yaml").read_text() == UGLY
    out = manage("segments", "fmt", str(folder), "--check", "--json")[1]
    assert rows(out) == [{"outcome": "would_change", "file": str(folder / "ugly.yaml")}]
    assert manage("segments", "fmt", str(folder / "tidy.yml"), "--check") == (0, "", "")


def test_a_file_that_cannot_be_read_is_named_and_left_and_the_others_are_done(
    folder: Path,
) -> None:
    (folder / "bad.yaml").write_text("key: [1, 2\nname:  x\n")
    code, out, err = manage("segments", "fmt", str(folder))
    assert (code, out) == (1, f"{folder / 'ugly.yaml'}\n")
    assert f"{folder / 'bad.yaml'}:2:5: " in err
    assert (folder / "bad.yaml").read_text() == "key: [1, 2\nname:  x\n"
    assert (folder / "ugly.yaml").read_text() == TIDY
