"""The metrics of a segment: against others, in words, over time, with the break, and as CSV."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

from catalogue.definitions.nodes import Definition, Everyone
from catalogue.models import Reading, Segment, Whose
from tests.catalogue.metrics.told import WEEK, told
from tests.catalogue.web.workspace import NOW, add_definition, make_segment, make_user

pytestmark = pytest.mark.django_db

EVERYONE = Definition(where=Everyone())
SHARE, CHURN = "active_share_28d", "churn_28d"


@pytest.fixture
def reader() -> Client:
    client = Client()
    client.force_login(make_user("rita"))
    return client


@pytest.fixture
def segment() -> Segment:
    return make_segment("trials", name="Trials", sizes=(180, 200))


def test_before_the_first_measuring_the_page_says_what_will_be_there(
    reader: Client, segment: Segment
) -> None:
    page = reader.get("/segments/trials/metrics/").text
    assert "Not measured yet" in page
    assert "manage.py measure trials" in page


def test_a_number_stands_with_interval_people_and_the_difference_in_words(
    reader: Client, segment: Segment
) -> None:
    done = told(segment, NOW, active_share_28d=0.38, churn_28d=0.2)
    told(segment, NOW, Whose.OTHERS, done, active_share_28d=0.71, churn_28d=0.21)
    told(None, NOW, Whose.EVERYONE, done, active_share_28d=0.60, churn_28d=0.21)
    page = reader.get("/segments/trials/metrics/").text
    assert "38.0 %" in page
    assert "36.0–40.0" in page
    assert "33.0 points lower" in page
    assert "no clear difference" in page
    everyone = reader.get("/segments/trials/metrics/?with=everyone").text
    assert "22.0 points lower" in everyone
    assert "71.0 %" not in everyone


def test_another_segment_may_be_compared_with_but_no_private_one(
    reader: Client, segment: Segment
) -> None:
    told(segment, NOW, active_share_28d=0.3)
    for key, value in (("payers", 0.9), ("secret", 0.777)):
        told(make_segment(key, name=key.title(), sizes=(1, 2)), NOW, active_share_28d=value)
    Segment.objects.filter(key="secret").update(is_private=True, status="draft")
    assert "60.0 points lower" in reader.get("/segments/trials/metrics/?with=payers").text
    hidden = reader.get("/segments/trials/metrics/?with=secret").text
    assert "77.7" not in hidden
    assert ">Secret<" not in hidden


def test_the_period_before_is_the_reading_from_four_weeks_ago(
    reader: Client, segment: Segment
) -> None:
    told(segment, NOW - 5 * WEEK, active_share_28d=0.111)
    told(segment, NOW - WEEK, active_share_28d=0.222)
    told(segment, NOW, active_share_28d=0.333)
    rows = reader.get("/segments/trials/metrics/").text.split("<tr>")
    (row,) = [one for one in rows if "metrics/active_share_28d/" in one]
    assert "11.1 %" in row
    assert "22.2 %" not in row


def test_a_new_definition_breaks_the_line_and_both_are_named(
    reader: Client, segment: Segment
) -> None:
    told(segment, NOW - 2 * WEEK, active_share_28d=0.2)
    told(segment, NOW - WEEK, active_share_28d=0.22)
    before = segment.definition
    segment.definition = add_definition(segment, EVERYONE, number=2)
    segment.save()
    done = told(segment, NOW, active_share_28d=0.4)
    told(segment, NOW, Whose.BEFORE, done, active_share_28d=0.23)
    Reading.objects.filter(whose=Whose.BEFORE).update(definition=before, membership=None)
    page = reader.get("/segments/trials/metrics/").text
    assert "A break on" in page
    assert "Monthly active: 23.0 % by d1, 40.0 % by d2" in page
    drawing = page.split('aria-label="Monthly active.')[1]
    assert "definition changed" in drawing.split(">")[0]
    series = drawing.split('class="series" d="')[1].split('"')[0]
    assert series.count("M") == 2


def test_a_hidden_number_says_why_and_shows_nothing(reader: Client, segment: Segment) -> None:
    told(segment, NOW, active_share_28d=None, churn_28d=0.2)
    page = reader.get("/segments/trials/metrics/").text
    assert "Hidden. Measured on fewer than 10 people" in page


def test_the_numbers_come_as_csv(reader: Client, segment: Segment) -> None:
    told(segment, NOW, active_share_28d=0.25)
    answer = reader.get("/segments/trials/metrics/?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["metric"] for row in rows] == ["size", SHARE]
    assert (rows[1]["value"], rows[1]["low"], rows[1]["n"]) == ("0.25", "0.23", "200")


def test_the_page_of_the_segment_shows_three_of_them(reader: Client, segment: Segment) -> None:
    told(segment, NOW, **{SHARE: 0.37, CHURN: 0.2, "stickiness": 0.1, "staying_84d": 0.5})
    page = reader.get("/segments/trials/").text
    assert "37.0 %" in page
    assert "Staying" in page
    assert "Stickiness" not in page
