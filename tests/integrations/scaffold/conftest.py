"""Connectors of a test's own, beside the real ones."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.scaffold import folders
from integrations.scaffold.folders import Folders, folders_of

NAME = "tried_out"


@pytest.fixture
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """New connectors are made, and found, under a folder of this test; the real ones are not."""
    import integrations.connectors as code
    import tests.integrations.connectors as proof

    made = {folder: tmp_path / folder for folder in ("code", "tests")}
    for path in made.values():
        path.mkdir()
    monkeypatch.setattr(folders, "CONNECTORS", made["code"])
    monkeypatch.setattr(folders, "TESTS", made["tests"])
    monkeypatch.setattr(code, "__path__", [*code.__path__, str(made["code"])])
    monkeypatch.setattr(proof, "__path__", [*proof.__path__, str(made["tests"])])
    yield tmp_path
    forget_modules()


@pytest.fixture
def mailman_copy(own_folders: Path) -> Folders:
    """A whole connector that a test may spoil."""
    copy = folders_of(NAME)
    real = Path(__file__).parents[3]
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(real / "integrations" / "connectors" / "mailman", copy.code, ignore=ignored)
    shutil.copytree(
        real / "tests" / "integrations" / "connectors" / "mailman", copy.tests, ignore=ignored
    )
    return copy


def forget_modules() -> None:
    """What was imported of a connector that is about to change, or go."""
    for name in [name for name in sys.modules if f".{NAME}" in name]:
        del sys.modules[name]
    importlib.invalidate_caches()
