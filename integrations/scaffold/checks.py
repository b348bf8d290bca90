"""Checks one connector: its files, manifest, class, README and tests."""

from __future__ import annotations

import importlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from integrations.errors import ConfigError
from integrations.manifest import Answering, Manifest, ReadBackKind, read_manifest
from integrations.quality import RULES, Standing
from integrations.scaffold.findings import Findings
from integrations.scaffold.folders import CODE_FILES, Folders
from integrations.scaffold.scenarios import tried
from integrations.scaffold.signatures import signature_faults
from integrations.scaffold.unwritten import unwritten

# What the README's headings must speak of, as a pattern, and what to call it.
SECTIONS: Mapping[str, str] = {
    "set up": r"set(ting)?[ -]*(it[ -])?up",
    "rights": r"rights?|scopes?|permissions?",
    "oddities": r"oddit(y|ies)",
}


def check_connector(folders: Folders) -> Findings:
    """Everything that is wrong with a connector or still to do, as sentences."""
    faults = [f"there is no {name}" for name in CODE_FILES if not (folders.code / name).is_file()]
    manifest, unreadable = _manifest(folders)
    faults += unreadable
    faults += _module_faults(folders)
    faults += _readme_faults(folders)
    harness = tried(folders)
    todos = list(unwritten(folders))
    if manifest is not None:
        faults += _unsourced(folders)
        faults += _contradictions(manifest)
        todos += _rules_to_do(manifest)
    return Findings(
        name=folders.name,
        manifest=manifest,
        faults=faults + harness.faults,
        todos=todos,
        scenarios=harness.scenarios,
        exempt=harness.exempt,
    )


def _manifest(folders: Folders) -> tuple[Manifest | None, list[str]]:
    path = folders.code / "manifest.toml"
    if not path.is_file():
        return None, []
    try:
        return read_manifest(path), []
    except ConfigError as fault:
        return None, [fault.sentence]


def _module_faults(folders: Folders) -> Iterator[str]:
    if not (folders.code / "connector.py").is_file():
        return
    try:
        package = importlib.import_module(folders.module("connector").rpartition(".")[0])
        module = importlib.import_module(folders.module("connector"))
    except Exception as fault:  # noqa: BLE001 - whatever it is, its author must hear of it
        yield f"connector.py cannot be imported: {fault!r}"
        return
    if not (package.__doc__ or "").strip():
        yield "__init__.py has no docstring that says what the tool is"
    yield from signature_faults(module)


def _readme_faults(folders: Folders) -> Iterator[str]:
    path = folders.code / "README.md"
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8", errors="replace")
    headings = " | ".join(re.findall(r"^#+ +(.*)$", text, re.MULTILINE))
    for name, pattern in SECTIONS.items():
        if not re.search(rf"\b({pattern})\b", headings, re.IGNORECASE):
            yield f"README.md has no section “{name}”"


def _unsourced(folders: Folders) -> Iterator[str]:
    """Limits that do not say where they come from; a default is nobody's word."""
    said = tomllib.loads((folders.code / "manifest.toml").read_text(encoding="utf-8"))
    for section in ("limits", "rate"):
        about: Mapping[str, Any] = said.get(section, {})
        for key in ("source", "known"):
            if not str(about.get(key, "")).strip():
                yield f"manifest.toml: [{section}] has no {key}"


def _contradictions(manifest: Manifest) -> Iterator[str]:
    """Where a rule's standing does not agree with the rest of the manifest."""
    done = {name for name, rule in manifest.quality.items() if rule.standing is Standing.DONE}
    exempt = {name for name, rule in manifest.quality.items() if rule.standing is Standing.EXEMPT}
    if "jobs" in exempt and manifest.answers is Answering.JOB:
        yield "manifest.toml: exempt from the rule jobs, and answers with jobs"
    if "fields" in done and not manifest.fields:
        yield "manifest.toml: the rule fields is done, and there is no field in [fields]"
    if "read-back" in done and manifest.read_back is ReadBackKind.NONE:
        yield "manifest.toml: the rule read-back is done, and read_back is none"


def _rules_to_do(manifest: Manifest) -> Iterator[str]:
    for name, rule in manifest.quality.items():
        if rule.standing is Standing.TODO:
            yield f"rule {name} ({RULES[name]}): {rule.reason}"
