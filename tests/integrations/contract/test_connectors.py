"""What every connector must do, tried on every connector there is, against the real tool."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations import registry
from integrations.errors import AudienceGone
from integrations.http import Wire
from integrations.protocol import (
    Accepted,
    AudienceRef,
    Batch,
    Connector,
    Manifest,
    Observed,
    Operation,
    Outcome,
    Record,
    Rejected,
    Stamp,
)
from tests.integrations.contract.harness import Harness

LOOPBACK = frozenset({"127.0.0.1"})
STAMP = Stamp(
    segment_key="at-risk",
    definition_hash="d" * 64,
    membership_version=7,
    as_of=datetime(2026, 5, 4, 12, tzinfo=UTC),
    complete=False,
)


@dataclass(frozen=True)
class Subject:
    """One connector with an empty list of its own at the real tool."""

    manifest: Manifest
    harness: Harness
    connector: Connector
    audience: AudienceRef

    def push(self, operation: Operation, identities: Iterable[str]) -> list[Outcome]:
        records = tuple(
            Record(ordinal=ordinal, identity=identity)
            for ordinal, identity in enumerate(identities)
        )
        batch = Batch(
            audience=self.audience, operation=operation, records=records, stamp=STAMP, key="k"
        )
        return list(self.connector.push(batch))

    def add(self, *identities: str) -> list[Outcome]:
        return self.push(Operation.ADD, identities)

    def remove(self, *identities: str) -> list[Outcome]:
        return self.push(Operation.REMOVE, identities)

    def held(self) -> list[str]:
        observed = self.connector.read_back(self.audience)
        assert isinstance(observed, Observed)
        return sorted(observed.identities)

    def ids(self, *numbers: int) -> list[str]:
        return [self.harness.identity(number) for number in numbers]

    def expected(self, *numbers: int) -> list[str]:
        return sorted(self.connector.canonical(name) for name in self.ids(*numbers))


@pytest.fixture(
    params=[
        pytest.param(manifest, id=manifest.name, marks=pytest.mark.xdist_group(manifest.name))
        for manifest in registry.manifests()
    ]
)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    manifest: Manifest = request.param
    module = importlib.import_module(f"tests.integrations.connectors.{manifest.name}.harness")
    harness: Harness = module.open_harness(request, tmp_path)
    about = importlib.import_module(f"integrations.connectors.{manifest.name}.connector")
    options = {option.name: option.default for option in manifest.options}
    options |= {name: str(value) for name, value in harness.options.items()}
    wire = Wire(limits=manifest.limits, private_hosts=LOOPBACK)
    connector: Connector = about.open_connector(options, wire=wire)
    audience = connector.ensure_audience(harness.audience_name(), "")
    return Subject(manifest, harness, connector, audience)


def test_a_working_account_passes_its_check(subject: Subject) -> None:
    assert subject.connector.check()


def test_a_new_list_is_empty_and_says_that_it_was_made(subject: Subject) -> None:
    assert subject.audience.created
    assert subject.held() == []


def test_a_list_is_found_again_by_its_id_and_by_its_name(subject: Subject) -> None:
    subject.add(*subject.ids(1))
    by_id = subject.connector.ensure_audience(subject.audience.name, subject.audience.remote_id)
    by_name = subject.connector.ensure_audience(subject.audience.name, "")

    assert by_id.remote_id == by_name.remote_id == subject.audience.remote_id
    assert not by_id.created
    assert not by_name.created
    assert subject.held() == subject.expected(1)


def test_who_is_added_is_read_back(subject: Subject) -> None:
    assert subject.add(*subject.ids(1, 2, 3)) == [Accepted()] * 3
    assert subject.held() == subject.expected(1, 2, 3)


def test_who_is_removed_is_gone_and_the_others_stay(subject: Subject) -> None:
    subject.add(*subject.ids(1, 2, 3))

    assert subject.remove(*subject.ids(2)) == [Accepted()]
    assert subject.held() == subject.expected(1, 3)


def test_the_same_batch_twice_changes_nothing_and_is_accepted(subject: Subject) -> None:
    subject.add(*subject.ids(1, 2))
    assert subject.add(*subject.ids(1, 2)) == [Accepted()] * 2
    assert subject.held() == subject.expected(1, 2)

    subject.remove(*subject.ids(1))
    assert subject.remove(*subject.ids(1)) == [Accepted()]
    assert subject.held() == subject.expected(2)


def test_removing_somebody_who_was_never_there_is_accepted(subject: Subject) -> None:
    subject.add(*subject.ids(1))

    assert subject.remove(*subject.ids(9)) == [Accepted()]
    assert subject.held() == subject.expected(1)


def test_who_was_removed_can_come_back(subject: Subject) -> None:
    subject.add(*subject.ids(1))
    subject.remove(*subject.ids(1))

    assert subject.add(*subject.ids(1)) == [Accepted()]
    assert subject.held() == subject.expected(1)


def test_odd_identities_are_held_exactly_or_refused_with_a_reason(subject: Subject) -> None:
    plain = subject.harness.identity(1)
    odd = [f"{mark}{plain}" for mark in ("é", "漢", "🎈", "o'n+x", "50%", 'q"', "a,b", "A/b", "ß;")]

    outcomes = subject.add(plain, *odd)

    kept = [
        identity
        for identity, outcome in zip([plain, *odd], outcomes, strict=True)
        if isinstance(outcome, Accepted)
    ]
    assert plain in kept
    assert all(isinstance(outcome, Accepted | Rejected) for outcome in outcomes)
    assert all(outcome.reason for outcome in outcomes if isinstance(outcome, Rejected))
    assert subject.held() == sorted(subject.connector.canonical(identity) for identity in kept)
    subject.remove(*kept)
    assert subject.held() == []


def test_a_full_batch_is_taken(subject: Subject) -> None:
    size = min(subject.manifest.limits.claimed, 1_000)
    numbers = range(size)

    assert subject.add(*subject.ids(*numbers)) == [Accepted()] * size
    assert subject.held() == subject.expected(*numbers)
    assert subject.remove(*subject.ids(*numbers)) == [Accepted()] * size
    assert subject.held() == []


def test_strangers_stay_whatever_we_do(subject: Subject) -> None:
    subject.add(*subject.ids(1, 2))
    subject.harness.put(subject.audience, subject.harness.identity(77))
    subject.add(*subject.ids(3))
    subject.remove(*subject.ids(1, 2, 3))

    assert subject.held() == subject.expected(77)


def test_what_others_remove_is_seen(subject: Subject) -> None:
    subject.add(*subject.ids(1, 2))
    subject.harness.take(subject.audience, subject.harness.identity(1))

    assert subject.held() == subject.expected(2)


def test_a_seal_changes_no_member(subject: Subject) -> None:
    subject.add(*subject.ids(1))
    subject.connector.seal(subject.audience, STAMP)

    assert subject.held() == subject.expected(1)


def test_a_list_that_is_gone_is_reported_and_not_made_again(subject: Subject) -> None:
    subject.add(*subject.ids(1))
    subject.harness.destroy(subject.audience)

    with pytest.raises(AudienceGone):
        subject.connector.ensure_audience(subject.audience.name, subject.audience.remote_id)
    for operation in Operation:
        with pytest.raises(AudienceGone):
            subject.push(operation, subject.ids(2))
    with pytest.raises(AudienceGone):
        subject.held()
