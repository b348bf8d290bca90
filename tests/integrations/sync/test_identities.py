"""What members are known by: templates, changed addresses, shared addresses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pytest

from catalogue.models import Customer
from catalogue.warehouse.ingest import load_customers
from integrations.errors import ConfigError
from integrations.models import Rejection, SentIdentity
from integrations.sync.destinations import save_destination
from integrations.sync.identities import Template
from integrations.sync.wanted import due_audiences
from tests.fakes.fake_mailman import FakeMailman, running_fake
from tests.integrations.ground import (
    NOON,
    Clock,
    audience_of,
    destination,
    live_segment,
    publish,
    sync,
)

LIST = "risk.lists.example.org"


@pytest.mark.parametrize("text", ["", "plain", "{}", "{customer_id", "a}b", "{a}{", "x@y"])
def test_a_template_that_names_nobody_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="names nobody"):
        Template(text).check()


def test_a_template_names_its_traits() -> None:
    assert Template("{customer_id}@x").traits == ()
    assert Template("{first}.{customer_id}.{e mail}").traits == ("first", "e mail")


@pytest.fixture
def tool(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailman]:
    monkeypatch.setenv("MAILMAN_PASSWORD", "very-secret")
    with running_fake() as fake:
        options = {
            "url": fake.url,
            "password": "env:MAILMAN_PASSWORD",
            "domain": "lists.example.org",
            "identity": "{email}",
        }
        destination("news", "mailman", options)
        yield fake


def load(day: int, **emails: str) -> None:
    table = pa.table({"id": list(emails), "email": [each or None for each in emails.values()]})
    load_customers(table, as_of=datetime(2026, 1, day, tzinfo=UTC))


def test_members_without_an_address_are_not_sent_until_they_have_one(tool: FakeMailman) -> None:
    load(1, a="a@x.example", b="")
    publish(live_segment("risk", to="news"), ["a", "b"])

    run = sync("risk").run

    assert (run.state, tool.lists[LIST]) == ("succeeded", {"a@x.example"})
    assert Rejection.objects.get().reason == "has no email"
    load(2, b="b@x.example")
    sync("risk")
    assert tool.lists[LIST] == {"a@x.example", "b@x.example"}
    assert not Rejection.objects.exists()


def test_a_changed_address_replaces_the_old_one(tool: FakeMailman) -> None:
    load(1, a="a@x.example", b="b@x.example")
    publish(live_segment("risk", to="news"), ["a", "b"])
    sync("risk")
    load(2, a="new@x.example")

    done = sync("risk")

    assert done.run.state == "succeeded"
    assert tool.lists[LIST] == {"new@x.example", "b@x.example"}
    assert done.drift is not None
    assert (done.drift.missing, done.drift.extra, done.drift.foreign) == (0, 0, 0)


def test_a_changed_address_makes_a_list_due_as_often_as_lists_are_read_back(
    tool: FakeMailman, settings: Any
) -> None:
    settings.DRIFT_MINUTES = 30
    load(1, a="a@x.example")
    publish(live_segment("risk", to="news"), ["a"])
    sync("risk")
    clock = Clock()
    clock.advance(minutes=30)
    assert due_audiences(now=clock()) == [], "nobody was loaded"

    load(2, a="new@x.example")

    assert due_audiences(now=NOON) == []
    assert due_audiences(now=clock()) == [audience_of("risk").pk]
    sync("risk", clock=clock)
    assert tool.lists[LIST] == {"new@x.example"}
    assert due_audiences(now=clock()) == []
    clock.advance(minutes=30)
    assert due_audiences(now=clock()) == []


def test_who_leaves_is_taken_off_under_the_address_they_were_sent_as(tool: FakeMailman) -> None:
    load(1, a="a@x.example", b="b@x.example")
    segment = live_segment("risk", to="news")
    publish(segment, ["a", "b"])
    sync("risk")
    load(2, a="new@x.example")
    publish(segment, ["b"])

    sync("risk")

    assert tool.lists[LIST] == {"b@x.example"}
    kept = SentIdentity.objects.values_list("identity", flat=True)
    assert list(kept) == ["b@x.example"]


def test_an_address_that_two_share_stays_while_one_of_them_does(tool: FakeMailman) -> None:
    load(1, a="Home@x.example", b="home@X.example", c="c@x.example")
    segment = live_segment("risk", to="news")
    publish(segment, ["a", "b", "c"])
    assert sync("risk").run.added == 3
    publish(segment, ["b", "c"])

    done = sync("risk")

    assert done.run.state == "succeeded"
    assert tool.lists[LIST] == {"home@x.example", "c@x.example"}
    assert done.drift is not None
    assert not done.drift.is_different
    publish(segment, ["c"])
    sync("risk")
    assert tool.lists[LIST] == {"c@x.example"}


def test_case_does_not_count_for_addresses(tool: FakeMailman) -> None:
    load(1, a="Ann@X.Example")
    publish(live_segment("risk", to="news"), ["a"])

    done = sync("risk")

    assert done.drift is not None
    assert (done.drift.held, done.drift.missing, done.drift.foreign) == (1, 0, 0)


def test_the_identity_of_a_used_destination_cannot_be_changed(tool: FakeMailman) -> None:
    load(1, a="a@x.example")
    publish(live_segment("risk", to="news"), ["a"])
    sync("risk")
    assert Customer.objects.count() == 1
    options = {"url": tool.url, "password": "env:MAILMAN_PASSWORD", "domain": "lists.example.org"}

    with pytest.raises(ConfigError, match="another name"):
        save_destination(
            key="news", connector="mailman", options={**options, "identity": "{customer_id}@x"}
        )
    save_destination(key="news", connector="mailman", options={**options, "identity": "{email}"})
