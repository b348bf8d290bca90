"""What a connector's tests say of it: which scenarios of the contract they try.

The tests are no part of what is installed, so they are imported by name, and only where they are.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType

from integrations.scaffold.folders import FAKE, HARNESS, Folders

CONTRACT = "tests.integrations.contract.test_connectors"


@dataclass(slots=True)
class Tried:
    """`exempt` holds the reasons of the harness, by scenario."""

    scenarios: int = 0
    exempt: Mapping[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def tried(folders: Folders) -> Tried:
    """The harness as it is, with sentences on what is wrong with it."""
    found = Tried()
    if not (folders.tests / HARNESS).is_file():
        found.faults.append(f"there is no {HARNESS} in {_short(folders)}")
        return found
    try:
        names = tuple(importlib.import_module(CONTRACT).SCENARIOS)
        harness = importlib.import_module(folders.test_module("harness"))
    except Exception as fault:  # noqa: BLE001 - whatever it is, its author must hear of it
        found.faults.append(f"tests: {HARNESS} cannot be imported: {fault!r}")
        return found
    found.scenarios = len(names)
    found.exempt = _exempt(harness)
    found.faults += _harness_faults(folders, harness, found.exempt, names)
    return found


def _exempt(harness: ModuleType) -> dict[str, str]:
    """The exemptions of the harness that is defined there; a fake may share it with others."""
    found: dict[str, str] = {}
    for about in vars(harness).values():
        if isinstance(about, type) and about.__module__ == harness.__name__:
            found |= getattr(about, "exempt", {})
    return found


def _harness_faults(
    folders: Folders, harness: ModuleType, exempt: Mapping[str, str], names: tuple[str, ...]
) -> Iterator[str]:
    if not callable(getattr(harness, "open_harness", None)):
        yield f"tests: {HARNESS} has no open_harness(request, tmp_path)"
    if not (folders.tests / FAKE).is_file() and not str(getattr(harness, "REAL", "")).strip():
        yield (
            f"tests: there is no {FAKE}, and {HARNESS} has no text REAL that says which real tool"
            " the contract runs against"
        )
    for name, reason in exempt.items():
        if name not in names:
            yield f"tests: {HARNESS} is exempt from {name}: there is no such scenario"
        if not str(reason).strip():
            yield f"tests: {HARNESS} is exempt from {name} for no reason"


def _short(folders: Folders) -> str:
    return "/".join(folders.tests.parts[-4:])
