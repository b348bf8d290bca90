"""The two folders of a connector, and the files that belong in them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from integrations.registry import CONNECTORS

TESTS = CONNECTORS.parents[1] / "tests" / "integrations" / "connectors"
CODE_FILES = (
    "manifest.toml",
    "__init__.py",
    "config.py",
    "client.py",
    "connector.py",
    "README.md",
)
HARNESS = "harness.py"
FAKE = "fake.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folders:
    """`code` holds what runs, `tests` what proves it."""

    code: Path
    tests: Path

    @property
    def name(self) -> str:
        """The connector's name."""
        return self.code.name

    @property
    def sources(self) -> list[Path]:
        """Every Python file of both."""
        return sorted([*self.code.rglob("*.py"), *self.tests.rglob("*.py")])

    def module(self, stem: str) -> str:
        """The import path of a file of the code folder."""
        return f"integrations.connectors.{self.name}.{stem}"

    def test_module(self, stem: str) -> str:
        """The import path of a file of the test folder."""
        return f"tests.integrations.connectors.{self.name}.{stem}"


def folders_of(name: str) -> Folders:
    """The two folders of that name, whether they are there or not."""
    return Folders(code=CONNECTORS / name, tests=TESTS / name)


def all_folders() -> list[Folders]:
    """Every folder that is, or wants to be, a connector."""
    names = sorted(path.name for path in CONNECTORS.iterdir() if path.is_dir())
    return [folders_of(name) for name in names if not name.startswith(("_", "."))]
