"""The demo workspace from nothing to twelve weeks of memberships, resumable after each step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from catalogue.management.demo_workspace import experiments, gate, ideas, metrics, story
from catalogue.management.demo_workspace.exports import exports, invent, week_ends
from catalogue.management.demo_workspace.loading import NAME, load_exports
from catalogue.management.demo_workspace.span import Span
from catalogue.management.demo_workspace.team import seat_team
from catalogue.membership.refresh import request_refresh, run_refresh
from catalogue.models import RunState, Segment

SEGMENTS = Path(__file__).resolve().parents[3] / "demo" / "fieldnote" / "segments"
Say = Callable[[str], None]


def build(span: Span, say: Say) -> None:
    """Fill the workspace. What an earlier call has done already is not done again."""
    seat_team()
    say(f"Inventing {span.customers:,} customers in {span.accounts:,} accounts …")
    business = invent(span)
    say(f"Loading {span.days} days of what they did …")
    load_exports(exports(business), now=span.now)
    gate.say_kinds()
    # All are applied together. Later somebody changes one, which must not be undone.
    if not Segment.objects.exists():
        say("Applying the example segments …")
        call_command("segments", "apply", str(SEGMENTS), "--json", stdout=StringIO())
    _refresh_weeks(span, say)
    say("Trying things on segments …")
    experiments.tell(span)
    say("Measuring …")
    metrics.tell(span)
    say("Reviewing, vouching, and hearing what the front says …")
    gate.tell(span)
    say("Having ideas, asking people, looking for groups …")
    ideas.tell(span)


def _refresh_weeks(span: Span, say: Say) -> None:
    for number, end in enumerate(week_ends(span)):
        story.before_refresh(number)
        now = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=end)
        say(f"Refreshing as of {now:%d %B %Y} …")
        run = request_refresh(now=now, slot=f"{NAME}{now.isoformat()}")
        if run.state == RunState.QUEUED:
            run_refresh(run_id=run.pk, clock_now=now, wait_seconds=600)
    story.at_the_end()
