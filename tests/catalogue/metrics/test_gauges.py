"""Readings name the version they measured, and were taken from its members."""

from __future__ import annotations

import pytest

from catalogue.metrics.readings import readings_of
from tests.catalogue.membership.ground import make_segment, publish, version

pytestmark = pytest.mark.django_db


def test_a_version_is_measured_when_it_is_published() -> None:
    segment = make_segment()
    publish(segment, {1, 2, 3}, day=0, crowd={1, 2, 99})
    publish(segment, {2, 3, 4, 5}, day=1, crowd={5, 99})
    values = {
        number: {
            metric: reading.value
            for metric, reading in readings_of(version(segment, number)).items()
        }
        for number in (1, 2)
    }
    assert values[1] == {"size": 3, "entered": 3, "left": 0, "active_share_28d": 2 / 3}
    assert values[2] == {"size": 4, "entered": 2, "left": 1, "active_share_28d": 1 / 4}


def test_nobody_has_no_active_share() -> None:
    segment = make_segment()
    publish(segment, set(), day=0, crowd={1})
    reading = readings_of(version(segment, 1))["active_share_28d"]
    assert (reading.value, reading.n) == (None, 0)


def test_a_reading_says_what_it_is_and_of_when() -> None:
    segment = make_segment()
    publish(segment, {1, 2}, day=3, crowd={1})
    first = version(segment, 1)
    share = readings_of(first)["active_share_28d"]
    assert (share.unit, share.n, share.as_of) == ("share", 2, first.now)
    assert "28 days" in share.method
    assert readings_of(first)["size"].unit == "people"
