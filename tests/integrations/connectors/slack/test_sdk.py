"""Method, path, headers and body are those of Slack's own client."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from slack_sdk import WebClient

from integrations import registry
from integrations.connectors.slack.connector import open_connector
from tests.fakes.vendor import Asked
from tests.integrations.connectors.slack.fake import TEAM, TOKEN, FakeSlack
from tests.integrations.connectors.slack.harness import open_harness
from tests.integrations.contract.subject import Subject, open_subject

pytestmark = pytest.mark.xdist_group("slack")


def as_sent(asked: Asked) -> tuple[Any, ...]:
    return asked.method, asked.path, asked.query, asked.form(), asked.headers["authorization"]


def test_our_requests_are_those_of_the_sdk(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    harness = open_harness(request, tmp_path)
    fake: FakeSlack = harness.fake
    subject = open_subject(registry.manifest("slack"), harness, open_connector)
    subject.connector.check()
    subject.add(1, 2)
    subject.remove(1, 2)
    subject.add(2)
    ours = [as_sent(entry.asked) for entry in fake.ledger]
    group = subject.audience

    sdk = WebClient(token=TOKEN, base_url=f"{fake.url}/")
    fake.ledger.clear()
    sdk.usergroups_create(name="Another")
    sdk.auth_test()
    sdk.usergroups_list(include_disabled=True)
    sdk.users_lookupByEmail(email="customer-1@shop.example")
    sdk.usergroups_users_list(usergroup=group.remote_id, include_disabled=True)
    sdk.usergroups_users_update(usergroup=group.remote_id, users=["U00001", "U00002"])
    sdk.usergroups_disable(usergroup=group.remote_id)
    sdk.usergroups_enable(usergroup=group.remote_id)
    theirs = [as_sent(entry.asked) for entry in fake.ledger]

    # Our own group has another name: names have to differ in a workspace.
    method, path, query, form, header = theirs.pop(0)
    assert (method, path, query, {**form, "name": [group.name]}, header) in ours
    assert [one for one in theirs if one not in ours] == []
    assert {path for _, path, *_ in ours} == {path, *(path for _, path, *_ in theirs)}


def test_the_workspace_of_an_organisation_is_named_as_the_sdk_does(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    harness = open_harness(request, tmp_path)
    subject: Subject = open_subject(registry.manifest("slack"), harness, open_connector)
    harness.fake.ledger.clear()
    subject.connector = subject.reopened(team=TEAM)
    subject.read()
    (ours,) = [as_sent(e.asked) for e in harness.fake.ledger if "users.list" in e.asked.path]

    sdk = WebClient(token=TOKEN, base_url=f"{harness.fake.url}/")
    group = subject.audience.remote_id
    sdk.usergroups_users_list(usergroup=group, include_disabled=True, team_id=TEAM)

    assert as_sent(harness.fake.ledger[-1].asked) == ours
