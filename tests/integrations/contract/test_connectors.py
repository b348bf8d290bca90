"""What every connector must do: each scenario is tried on every connector there is, or the
connector's harness says why it does not apply. A table of both is printed at the end of a run."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from integrations import registry
from integrations.protocol import Manifest
from tests.integrations.contract import answers, lists, people, settings
from tests.integrations.contract.harness import Harness
from tests.integrations.contract.subject import Subject, open_subject

SCENARIOS = {
    scenario.__name__: scenario
    for scenario in (
        *settings.SCENARIOS,
        *lists.SCENARIOS,
        *people.SCENARIOS,
        *answers.SCENARIOS,
    )
}


def harness_of(manifest: Manifest, request: pytest.FixtureRequest, folder: Path) -> Harness:
    module = importlib.import_module(f"tests.integrations.connectors.{manifest.name}.harness")
    harness: Harness = module.open_harness(request, folder)
    return harness


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(manifest, id=manifest.name, marks=pytest.mark.xdist_group(manifest.name))
        for manifest in registry.manifests()
    ],
)
def test_scenario(
    manifest: Manifest,
    name: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    record_property: pytest.RecordProperty,
) -> None:
    harness = harness_of(manifest, request, tmp_path)
    reason = harness.exempt.get(name, "")
    record_property("contract", f"{manifest.name}|{name}|{reason or 'done'}")
    if reason:
        return
    about = importlib.import_module(f"integrations.connectors.{manifest.name}.connector")
    subject: Subject = open_subject(manifest, harness, about.open_connector)
    SCENARIOS[name](subject)


def test_there_are_enough_scenarios_and_every_exemption_names_one() -> None:
    assert len(SCENARIOS) >= 40
    for manifest in registry.manifests():
        module = importlib.import_module(f"tests.integrations.connectors.{manifest.name}.harness")
        for about in vars(module).values():
            for name, reason in getattr(about, "exempt", {}).items():
                assert name in SCENARIOS, f"{manifest.name} is exempt from {name}: no such scenario"
                assert reason.strip(), f"{manifest.name} is exempt from {name} for no reason"
