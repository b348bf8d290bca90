"""From members to people present, step by step, as pages show it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integrations.models import DriftReport
from integrations.sync.copies import copies_in, lists_of
from integrations.sync.waterfall import Step
from tests.integrations.ground import Clock, audience_of, live_segment, publish, sync
from tests.integrations.sync.conftest import Opened, load
from tests.integrations.sync.test_modes import put_stranger, suppressed

pytestmark = pytest.mark.django_db(transaction=True)


def steps() -> tuple[Step, ...]:
    (copy,) = copies_in(lists_of(["risk"]), with_runs=True)
    return copy.waterfall


def numbers() -> list[tuple[int | None, int]]:
    return [(step.left, step.out) for step in steps()]


def test_every_step_says_how_many_are_left_and_how_that_is_known(hubspot: Opened) -> None:
    fake = hubspot(identity="{email}")
    load("a", "b", "c", "d", email=["a@x.example", "b@x.example", "c@x.example", None])
    publish(live_segment("risk", to="crm"), ["a", "b", "c", "d"])
    audience_of("risk")
    assert steps() == ()
    suppressed("a", now=Clock()())
    sync("risk")
    put_stranger(fake, "x")
    sync("risk")

    members, deleted, suppression, consent, first, named, accepted, present = numbers()

    assert (members, deleted, suppression) == ((4, 0), (4, 0), (3, 1))
    assert (consent, first, named, accepted) == ((3, 0), (3, 0), (2, 1), (2, 0))
    assert present == (2, 0)
    assert all(step.as_of is not None and step.how for step in steps())


def test_who_is_present_is_never_guessed(hubspot: Opened) -> None:
    hubspot()
    load("a", "b")
    publish(live_segment("risk", to="crm"), ["a", "b"])
    sync("risk")
    DriftReport.objects.create(
        audience_id=lists_of(["risk"])[0].pk,
        as_of=timezone.now(),
        verifiable=False,
        note="It lists nobody.",
    )
    last = steps()[-1]
    assert (last.left, last.how) == (None, "It lists nobody.")
