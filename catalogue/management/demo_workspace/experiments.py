"""What Fieldnote tried: a call that was adopted, two experiments under way, one that came to
nothing, one that is planned.

Nothing in the invented business knows of arms, so that by chance alone no arm does better. For the
call a salt is looked for by which the people who created a project happen to lie in its arm."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from catalogue.experiments.looking import look_at
from catalogue.experiments.planning import plan_experiment, prepare
from catalogue.experiments.rollouts import finish_rollout, roll_out
from catalogue.experiments.running import decide_experiment, start_experiment
from catalogue.management.demo_workspace.experiment_salt import salt_for
from catalogue.management.demo_workspace.exports import week_ends
from catalogue.management.demo_workspace.span import Span
from catalogue.models import Experiment, User

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRIALS = "trial-ending-unengaged"
MIA, TOM = "mia@fieldnote.example", "tom@fieldnote.example"
LENA, PRIYA = "lena@fieldnote.example", "priya@fieldnote.example"
NEWCOMERS = "Some 250 people enter each week, so the size is reached within the month."

NEWSLETTER: dict[str, Any] = {
    "name": "A digest of what colleagues built",
    "hypothesis": "We believe a monthly digest of what colleagues built brings champions back,"
    " because they said they had lost sight of it.",
    "segment": "champions-gone-quiet",
    "aim": "goal",
    "effect": 0.12,
    "arms": [
        {"key": "nothing", "name": "Nothing new", "share": "50%"},
        {
            "key": "digest",
            "name": "Monthly digest",
            "share": "50%",
            "message": "Three things your team built this month.",
        },
    ],
}
CALL: dict[str, Any] = {
    "name": "Call before the trial ends",
    "hypothesis": "We believe a ten-minute call in the last days brings more trials to a first"
    " project, because they told us they did not know what to build.",
    "segment": TRIALS,
    "aim": {"event": "project_created", "within": "7 days"},
    "effect": 0.05,
    "arms": [
        {
            "key": "email",
            "name": "E-mail checklist",
            "share": "45%",
            "message": "Your first project, built for you: pick a template and keep it.",
        },
        {
            "key": "call",
            "name": "Personal call",
            "share": "45%",
            "message": "You have a week left. Ten minutes with me and your first report is live.",
        },
    ],
    "holdout": "10%",
    "guardrails": [
        {
            "name": "Ticket opened",
            "event": "ticket_opened",
            "within": "7 days",
            "better": "down",
            "bearable": 0.02,
        },
        {
            "name": "Subscription cancelled",
            "event": "subscription_cancelled",
            "within": "14 days",
            "better": "down",
            "bearable": 0.01,
        },
    ],
}
SEATS: dict[str, Any] = {
    "name": "Offer seats when the team is full",
    "hypothesis": "We believe an offer of three seats at once sells more than one of a single seat,"
    " because full teams told us they buy for a project and not for a person.",
    "segment": "team-full",
    "aim": "goal",
    "effect": 0.12,
    "arms": [
        {"key": "one", "name": "One seat", "share": "50%", "message": "Add a seat."},
        {"key": "three", "name": "Three seats", "share": "50%", "message": "Add three seats."},
    ],
}
REMINDER: dict[str, Any] = {
    "name": "Remind after an hour, not after a day",
    "hypothesis": "We believe a reminder within the hour brings more checkouts to an end, because"
    " whoever leaves is looking up a number or asking a colleague.",
    "segment": "checkout-left",
    "aim": {"event": "order_paid", "within": "7 days"},
    "effect": 0.04,
    "sequential": True,
    "arms": [
        {"key": "day", "name": "After a day", "share": "50%"},
        {"key": "hour", "name": "Within the hour", "share": "50%"},
    ],
    "guardrails": [
        {
            "name": "Ticket opened",
            "event": "ticket_opened",
            "within": "7 days",
            "better": "down",
            "bearable": 0.02,
        }
    ],
}
PLAN: dict[str, Any] = {
    "name": "Show power users what they would keep",
    "hypothesis": "We believe that seeing the reports that end with the free plan makes power users"
    " subscribe, because they find out too late.",
    "segment": "power-users-free",
    "aim": "goal",
    "effect": 0.05,
    "arms": [{"key": "shown", "name": "Reports shown", "share": "80%"}],
    "holdout": "20%",
}


def tell(span: Span) -> None:
    """Try, look and decide, as long as that has not been done."""
    if Experiment.objects.exists():
        return
    ends = [EPOCH + timedelta(microseconds=one) for one in week_ends(span)]
    if len(ends) < 10:  # too short a story to try anything in
        return
    _digest(ends)
    _call(ends, span.now.date())
    _run(SEATS, number=32, by=LENA, weeks=ends[3:])
    _run(REMINDER, number=33, by=MIA, weeks=ends[-4:])
    plan_experiment(prepared=prepare(document=PLAN, by=None), number=34, by=_user(PRIYA), via="web")


def _digest(ends: list[datetime]) -> None:
    """Tried in the summer, and not worth it."""
    tried = _run(NEWSLETTER, number=30, by=TOM, weeks=ends[:7])
    last = tried.looks.last()
    settled = last is not None and last.state != "too_early"
    decide_experiment(
        experiment=tried,
        decision="reject" if settled else "inconclusive",
        reason="Nobody came back for a digest. They need somebody to ask, not something to read.",
        now=ends[7],
        by=_user(TOM),
        via="web",
    )


def _call(ends: list[datetime], today: date) -> None:
    """Adopted, done for these trials, and late for the next segment."""
    salt = salt_for(prepare(document=CALL, by=None), ends[1:9])
    tried = _run({**CALL, "salt": salt or None}, number=31, by=MIA, weeks=ends[1:9])
    last = tried.looks.last()
    if last is None or last.state != "better":
        return
    mia, day = _user(MIA), ends[9].date()
    adopted = decide_experiment(
        experiment=tried,
        decision="adopt",
        reason="A call costs about €9 and a subscription is worth €386, so even a point more pays."
        " Sales takes it into its playbook.",
        now=ends[9],
        by=mia,
        via="web",
    )
    wanted = {
        TRIALS: day + timedelta(days=1),
        "power-users-free": today - timedelta(days=5),
        "unhappy-with-support": today + timedelta(days=21),
    }
    for key, due_on in wanted.items():
        made = roll_out(experiment=adopted, segment_key=key, due_on=due_on, by=mia, via="web")
        if key == TRIALS:
            finish_rollout(rollout=made, on=due_on, by=mia, via="web")


def _run(document: Mapping[str, Any], *, number: int, by: str, weeks: list[datetime]) -> Experiment:
    """Planned, started in the first of these weeks and looked at in each later one."""
    prepared = prepare(document=document, by=None)
    user = _user(by)
    plan = plan_experiment(prepared=prepared, number=number, by=user, via="web")
    running = start_experiment(
        experiment=plan, smaller_because=NEWCOMERS, now=weeks[0], by=user, via="web"
    )
    for week in weeks[1:]:
        look_at(experiment_id=running.pk, as_of=week)
    return Experiment.objects.get(pk=running.pk)


def _user(email: str) -> User:
    return User.objects.get(username=email)
