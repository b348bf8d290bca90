"""The guide for writing connectors says all that the code asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.manifest import Known, Mode
from integrations.quality import RULES
from integrations.scaffold.folders import CODE_FILES, FAKE, HARNESS
from integrations.scaffold.signatures import METHODS

GUIDE = Path(__file__).parents[3] / "docs" / "connectors.md"
OUTCOMES = ("Accepted", "Rejected", "RetryAfter", "Unknown", "Split")


@pytest.mark.parametrize(
    "said",
    [
        *(f"| `{rule}` |" for rule in RULES),
        *(f"| `{method}(" for method in METHODS),
        *(f"| `{outcome}(" for outcome in OUTCOMES),
        *CODE_FILES,
        *Known,
        *(f"`{mode}`" for mode in Mode),
        FAKE,
        HARNESS,
    ],
)
def test_the_guide_names(said: str) -> None:
    assert said in GUIDE.read_text(encoding="utf-8")
