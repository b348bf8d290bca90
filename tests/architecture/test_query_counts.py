"""No page asks the database more often because there is more to show.

Each page is asked with few and with many segments: the number of queries must be the same, and the
one in tests/baselines/query_counts.json. To change a baseline on purpose, run this file with
BASELINE=write and look at the difference before committing it."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.ideas.adding import add_link
from catalogue.ideas.writing import Said, add_idea
from catalogue.models import (
    Arm,
    Change,
    DiscoveredGroup,
    Discovery,
    EventEntry,
    Evidence,
    Experiment,
    ExperimentState,
    Look,
    Measurement,
    Metric,
    Reading,
    RefreshRun,
    Role,
    Rollout,
    Segment,
    Survey,
    TeamMember,
    TraitEntry,
    User,
    Via,
    Whose,
)
from tests.catalogue.web.workspace import NOW, add_customers, make_segment, make_user
from tests.rights.ground import GROUP

BASELINE = Path(__file__).parents[1] / "baselines" / "query_counts.json"
# More than any page shows of a kind at first, so that “and more” is counted both times.
FEW, MANY = 10, 20
# Web pages and admin lists by address, for a site admin.
PAGES = (
    "/",
    "/segments/",
    "/segments/?q=paying&ordering=-size",
    "/segments/?format=csv",
    "/segments/s0/",
    "/segments/s0/definition/",
    "/segments/s0/people/",
    "/segments/s0/sync/",
    "/segments/s0/metrics/",
    "/segments/s0/history/",
    "/segments/s0/review/",
    "/segments/s0/playbook/",
    "/segments/s0/feedback/",
    "/playbooks/",
    "/playbooks/sales/",
    "/reviews/",
    "/reviews/?show=done",
    "/segments/s0/ideas/",
    "/segments/s0/research/",
    "/research/",
    "/research/surveys/",
    "/research/discoveries/",
    "/api/v1/discoveries/",
    "/ideas/",
    "/ideas/?as=list",
    "/api/v1/ideas/",
    "/segments/s0/edit/",
    "/segments/new/",
    "/segments/s0/experiments/",
    "/experiments/",
    "/experiments/1/",
    "/metrics/",
    "/metrics/size/",
    "/metrics/own0/",
    "/customers/",
    "/tools/",
    "/runs/",
    "/dictionary/",
    "/dictionary/traits/plan/",
    "/rules/",
    "/coverage/",
    "/teams/growth/",
    "/changes/",
    "/styleguide/",
    "/api/v1/segments/",
    "/api/v1/segments/s0/",
    "/api/v1/segments/s0/versions/",
    "/api/v1/segments/s0/runs/",
    "/api/v1/experiments/",
    "/api/v1/segments/s0/metrics/?compare_to=others",
    "/api/v1/metrics/",
    "/api/v1/workspace/",
    "/api/v1/segments/s0/reviews/",
    "/api/v1/segments/s0/playbook/",
    "/api/v1/segments/s0/feedback/",
    "/api/v1/reviews/",
    "/api/v1/traits/",
    "/api/v1/events/",
    "/api/v1/teams/",
    "/api/v1/destinations/",
    "/api/v1/drift/",
    "/api/v1/segments/s0/receipts/",
    "/api/v1/me/",
    *(
        f"/admin/{app}/{model}/"
        for app, model in (
            ("catalogue", "segment"),
            ("catalogue", "change"),
            ("catalogue", "idea"),
            ("catalogue", "refreshrun"),
            ("catalogue", "metric"),
            ("catalogue", "reading"),
            ("catalogue", "measurement"),
            ("catalogue", "team"),
            ("catalogue", "user"),
            ("catalogue", "experiment"),
            ("catalogue", "rollout"),
            ("catalogue", "membershipversion"),
            ("catalogue", "definitionversion"),
            ("integrations", "destination"),
        )
    ),
)

pytestmark = pytest.mark.django_db


def add(count: int, *, start: int = 0) -> None:
    """So many more segments, with everything that belongs to one."""
    for number in range(start, start + count):
        segment = make_segment(f"s{number}", name=f"Paying {number}", sizes=(5, 6, 7), why="Why.")
        Change.objects.create(
            kind="segment.edited",
            object_type="segment",
            object_key=segment.key,
            segment=segment,
            team=segment.team,
            actor="Mia",
            via=Via.WEB,
            details={"fields": {"why": ["a", "b"]}},
        )
        add_experiment(segment, number + 1)
        Evidence.objects.create(segment=segment, position=0, kind="survey", source="x")
        Survey.objects.create(
            slug=f"s{number}", name="S", source="x", asked_on=NOW.date(), segment=segment
        )
        found = Discovery.objects.create(event="login", days=1, segment=segment, now=NOW)
        DiscoveredGroup.objects.create(
            discovery=found,
            position=0,
            canonical=GROUP,
            english="x",
            size=9,
            n=9,
            rate=0.5,
            low=0.4,
            high=0.6,
            base_rate=0.2,
            lift=2.5,
            p_value=0,
        )
        idea = add_idea(
            said=Said(title=f"Idea {number}", segment=segment.key, team=segment.team.slug),
            by=None,
            via=Via.COMMAND,
            now=NOW,
        )
        add_link(number=idea.pk, kind="experiment", target="1", by=None, via=Via.COMMAND)
        RefreshRun.objects.create(keys=[segment.key], state="succeeded", now=NOW)
        measure(segment, number)
        TraitEntry.objects.create(name=f"trait {number}", inferred_type="text")
        EventEntry.objects.create(name=f"event {number}")
        member = make_user(f"user{number}", email=f"user{number}@fieldnote.example")
        TeamMember.objects.create(team=segment.team, user=member, role=Role.EDITOR)


def add_experiment(segment: Segment, number: int) -> None:
    """One that has been looked at, with arms, and rolled out to its own segment."""
    experiment = Experiment.objects.create(
        number=number,
        name=f"Trial {number}",
        hypothesis="It works.",
        segment=segment,
        aim={"event": "login", "within": "7 days"},
        plan=PLAN,
        salt=f"salt {number}",
        state=ExperimentState.RUNNING,
        started_at=NOW,
    )
    for place, key in enumerate(("quiet", "hello")):
        Arm.objects.create(experiment=experiment, position=place, key=key, name=key, share=50)
    Look.objects.create(
        experiment=experiment,
        as_of=NOW,
        state="no_effect",
        sentence="No arm is better.",
        people=90,
        needed=80,
        arms=[],
        effects=[],
        guardrails=[],
        ratio_p=0.5,
    )
    Rollout.objects.create(experiment=experiment, segment=segment, due_on=NOW.date())


PLAN = {
    "effect": 0.1,
    "power": 0.8,
    "base_rate": 0.1,
    "spread": None,
    "n": 100,
    "as_of": None,
    "method": "measured",
    "people": 80,
    "needed": 80,
    "members": 7,
    "findable": None,
    "arms": {"quiet": 40, "hello": 40},
}


def measure(segment: Segment, number: int) -> None:
    """A measuring of the segment, and a metric of the company's own."""
    Metric.objects.create(
        key=f"own{number}", name=f"Own {number}", definition={"mean": {"count": "login"}}
    )
    done = Measurement.objects.create(state="succeeded", now=NOW)
    for whose in (Whose.MEMBERS, Whose.OTHERS):
        for metric in ("size", "active_share_28d", "own0"):
            Reading.objects.create(
                measurement=done,
                segment=segment,
                membership=segment.membership,
                definition=segment.definition,
                whose=whose,
                metric=metric,
                value=0.5,
                n=20,
                unit="share",
                method="share",
                as_of=NOW,
            )


def count(client: Client, page: str) -> int:
    """The queries of one answer, after everything that is remembered was asked once."""
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert client.get(page).status_code == 200, page
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(page)
    return len(queries)


@pytest.fixture
def admin() -> Client:
    add_customers(20)
    TraitEntry.objects.create(name="plan", inferred_type="text")
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@fieldnote.example", "x"))
    return client


def test_more_segments_ask_no_more_queries_and_no_more_than_before(admin: Client) -> None:
    add(FEW)
    few = {page: count(admin, page) for page in PAGES}
    add(MANY - FEW, start=FEW)
    many = {page: count(admin, page) for page in PAGES}

    assert {page: (few[page], many[page]) for page in PAGES if few[page] != many[page]} == {}
    if os.environ.get("BASELINE") == "write":
        BASELINE.write_text(json.dumps(many, indent=2) + "\n", encoding="utf-8")
    assert many == json.loads(BASELINE.read_text(encoding="utf-8"))


def test_the_pages_counted_are_pages_there_are() -> None:
    assert reverse("segments") in PAGES
