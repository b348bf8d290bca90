"""What Fieldnote's people thought of, asked and found out: ideas in every state, a survey, and a
search for groups."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalogue.ideas.adding import add_comment, add_link, add_variant
from catalogue.ideas.moving import merge_idea, move_idea, park_idea
from catalogue.ideas.voting import set_vote
from catalogue.ideas.writing import Said, add_idea
from catalogue.management.demo_workspace.span import Span, pick
from catalogue.models import Discovery, Experiment, Idea, IdeaComment, Survey, User
from catalogue.published import Purpose, newest, people
from catalogue.research.discovering import request_discovery, run_discovery
from catalogue.research.saving import save_group
from catalogue.research.surveys import SurveySaid, load_survey, sheet_of_text

TRIALS, CHECKOUT, CHAMPIONS, TEAMS = (
    *("trial-ending-unengaged", "checkout-left"),
    *("champions-gone-quiet", "team-full"),
)
# The dice of this part of the demo; the others have lower numbers.
DICE, ASKED_DAYS_AGO = 90, 3
ANSWERS = 140
STOPPED = {
    "No time yet, I will start next week": 0.41,
    "I did not know what to build first": 0.33,
    "I wait for my colleagues": 0.16,
    "I only look around": 0.10,
}
Links = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thought:
    """An idea and its story. Days count back from the end; `path`: to which state, how many days
    ago; `links`: kind, target, note; `comments`: who, how many days ago, what."""

    by: str
    title: str
    text: str = ""
    days: int
    segment: str = ""
    team: str = "growth"
    effect: str = "medium"
    effort: str = "small"
    votes: str = ""
    path: tuple[tuple[str, int], ...] = ()
    links: Links = ()
    variants: tuple[tuple[str, str], ...] = ()
    comments: tuple[tuple[str, int, str], ...] = ()
    parked: dict[str, object] = field(default_factory=dict)
    into: str = ""


THOUGHTS = (
    Thought(
        by="tom",
        title="Call before the trial ends",
        text="In April fourteen of them told us the same: they meant to start next week and did not"
        " know what to build. Ten minutes on the phone are that start. Customer success calls"
        " whoever has a week left and no project.",
        days=80,
        segment=TRIALS,
        effect="large",
        effort="medium",
        votes="mia tom jonas lena priya aylin",
        path=(("researching", 78), ("trying", 70), ("adopted", 14)),
        links=(
            ("evidence", "research/2026-04-trial-interviews", "14 interviews: “next week”"),
            ("experiment", "31", "call against e-mail, with a holdout of 10 %"),
            ("segment_version", f"{TRIALS} d1", "sales and customer success say it since"),
        ),
        variants=(
            ("sales", "You have a week left. Ten minutes with me and your first report is live."),
            ("customer_success", "Tell us what you wanted to build. We set it up with you."),
        ),
        comments=(
            ("lena", 79, "We can spare two people for six weeks. Not more without numbers."),
            ("mia", 69, "Runs since Monday. One in ten is left alone, so that we know for sure."),
            ("tom", 14, "Adopted. Power users on the free plan are next."),
        ),
    ),
    Thought(
        by="aylin",
        title="Ring trials of whole teams first",
        text="If calls are scarce, begin where five colleagues wait for one.",
        days=76,
        segment=TRIALS,
        team="customer-success",
        votes="aylin nora lena",
        into="Call before the trial ends",
    ),
    Thought(
        by="priya",
        title="Ask for the job to be done on the first screen of the trial",
        text="A third of those we asked did not know what to build first. So ask, and build it.",
        days=2,
        segment=TRIALS,
        team="product",
        effect="large",
        votes="priya mia tom aylin",
        links=(("survey", "trial_start", "a third did not know what to build first"),),
        comments=(("jonas", 1, "And let marketing send the template that fits the answer."),),
    ),
    Thought(
        by="jonas",
        title="Template picker in the last mail",
        text="Three templates by job, each one click from a first project.",
        days=14,
        segment=TRIALS,
        votes="jonas mia priya",
        path=(("researching", 9),),
        links=(("survey", "trial_start", "would use it: see the answers"),),
        variants=(
            ("marketing", "Your first project, built for you: pick a template and keep it."),
            ("marketing", "What do you want to see on Monday morning? Pick one of three."),
        ),
    ),
    Thought(
        by="mia",
        title="Offer seven more days for a first project",
        text="Who starts a project in the last three days gets a week on top.",
        days=30,
        segment=TRIALS,
        effect="large",
        votes="mia jonas tom lena nora",
        path=(("researching", 24), ("trying", 3)),
        comments=(("nora", 29, "Every week on top costs us about €1,100. Try it with few."),),
    ),
    Thought(
        by="jonas",
        title="Show the unfinished import when they come back",
        days=6,
        segment=TRIALS,
        effort="medium",
        votes="jonas priya",
    ),
    Thought(
        by="lena",
        title="Trial length by team size",
        text="Ten people need longer to agree than two.",
        days=11,
        team="sales",
        effect="not_known",
        effort="large",
        votes="lena",
    ),
    Thought(
        by="mia",
        title="Text message on the last day",
        days=40,
        segment=TRIALS,
        votes="mia jonas",
        parked={"reason": "No consent for phone yet.", "when": "trait phone_consent exists"},
    ),
    Thought(
        by="nora",
        title="Discount for a yearly plan at trial end",
        days=33,
        segment=TRIALS,
        team="data",
        votes="nora lena",
        parked={"reason": "Prices change in January; ask again then.", "days": 49},
    ),
    Thought(
        by="mia",
        title="Invoice before the card form",
        text="Two thirds of those who left stopped at the invoice address. Ask for it first.",
        days=25,
        segment=CHECKOUT,
        effect="large",
        votes="mia tom priya jonas",
        path=(("researching", 18),),
        links=(("evidence", "research/2026-08-checkout-exit", "n 212: not the price"),),
    ),
    Thought(
        by="mia",
        title="Remind within the hour, not after a day",
        days=34,
        segment=CHECKOUT,
        votes="mia nora jonas",
        path=(("researching", 31), ("trying", 21)),
        links=(("experiment", "33", "read while it runs"),),
    ),
    Thought(
        by="lena",
        title="Offer three seats at once when the team is full",
        text="Full teams buy for a project, not for a person.",
        days=60,
        segment=TEAMS,
        team="sales",
        votes="lena mia",
        path=(("researching", 58), ("trying", 56)),
        links=(("experiment", "32", "one seat against three"),),
    ),
    Thought(
        by="tom",
        title="Monthly digest for champions who went quiet",
        days=84,
        segment=CHAMPIONS,
        team="customer-success",
        votes="tom aylin",
        path=(("trying", 77),),
        links=(("experiment", "30", "nobody came back for it"),),
        parked={
            "reason": "They need somebody to ask, not something to read.",
            "when": f"segment {CHAMPIONS} larger than 2000",
        },
    ),
    Thought(
        by="aylin",
        title="Invite the quiet champion to the roadmap call",
        days=5,
        segment=CHAMPIONS,
        team="customer-success",
        votes="aylin tom",
    ),
)


def tell(span: Span) -> None:
    """Ask, think and look, as long as that has not been done."""
    if not Survey.objects.exists():
        _survey(span)
    if not Idea.objects.exists():
        for thought in THOUGHTS:
            _think(thought, span.now)
    if not Discovery.objects.exists():
        _look(span.now)


def _survey(span: Span) -> None:
    """Some of those whose trial ends now said what kept them from starting."""
    about = newest(TRIALS)
    if about is None:
        return
    dice = span.dice(DICE)
    audience = people(about, purpose=Purpose.COMMAND, viewer=None)
    ids = [customer_id for _, customer_id in audience.ids()]
    asked = sorted(dice.permutation(ids)[:ANSWERS].tolist())
    if not asked:
        return
    why = pick(dice, STOPPED, len(asked))
    wanted = dice.random(len(asked)) < 0.71
    grades = dice.integers(1, 6, len(asked))
    rows = zip(asked, why, wanted, grades, strict=True)
    lines = [
        f'{one},"{said}",{str(bool(picks)).lower()},{grade}' for one, said, picks, grade in rows
    ]
    heading = "customer_id,What kept you from starting?,Would you pick a template?,Ease of use"
    day = (span.now - timedelta(days=ASKED_DAYS_AGO)).date()
    said = SurveySaid(
        slug="trial_start",
        name="What kept you from starting?",
        source="in-app survey, November",
        asked_on=day,
        segment=TRIALS,
    )
    sheet = sheet_of_text("\n".join([heading, *lines, ""]), "trial-start.csv")
    load_survey(said=said, sheet=sheet, by=_user("ravi"), via="web", now=span.now)


def _look(end: datetime) -> None:
    """Who of those whose trial ends subscribes after all?"""
    ravi = _user("ravi")
    asked = request_discovery(
        event="subscription_started",
        days=14,
        segment=TRIALS,
        by=None,
        via="system",
        now=end,
    )
    Discovery.objects.filter(pk=asked.pk).update(requested_by=ravi)
    found = run_discovery(number=asked.pk)
    for group in found.groups.order_by("position")[:1]:
        idea = save_group(group_id=group.pk, by=ravi, via="web", now=end)
        for name in ("mia", "tom", "priya"):
            set_vote(number=idea.pk, is_for=True, by=_user(name), via="web")
        move_idea(number=idea.pk, to="researching", by=ravi, via="web", now=end)


def _think(thought: Thought, end: datetime) -> None:
    by = _user(thought.by)
    said = Said(
        title=thought.title,
        text=thought.text,
        segment=thought.segment,
        team=thought.team,
        effect=thought.effect,
        effort=thought.effort,
    )
    at = _ago(end, thought.days)
    idea = add_idea(said=said, by=by, via="web", now=at)
    Idea.objects.filter(pk=idea.pk).update(created_at=at)
    for name in thought.votes.split():
        set_vote(number=idea.pk, is_for=True, by=_user(name), via="web")
    for function, text in thought.variants:
        add_variant(number=idea.pk, function=function, text=text, by=by, via="web")
    for kind, target, note in _there(thought.links):
        add_link(number=idea.pk, kind=kind, target=target, note=note, by=by, via="web")
    idea.variants.update(created_at=at)
    _go_on(idea, thought, end)
    _shelve(idea, thought, end)


def _shelve(idea: Idea, thought: Thought, end: datetime) -> None:
    by, at = _user(thought.by), _ago(end, max(thought.days - 4, 0))
    if thought.into:
        target = Idea.objects.get(title=thought.into)
        merge_idea(number=idea.pk, into=target.pk, by=by, via="web", now=at)
    if thought.parked:
        days, when = thought.parked.get("days"), str(thought.parked.get("when", ""))
        park_idea(
            number=idea.pk,
            reason=str(thought.parked["reason"]),
            wakes_on=(end + timedelta(days=days)).date() if isinstance(days, int) else None,
            wakes_when=when,
            by=by,
            via="web",
            now=_ago(end, 1),
        )


def _there(links: Links) -> Iterable[tuple[str, str, str]]:
    """Without experiments that were never begun: a shorter story has none."""
    numbers = {str(number) for number in Experiment.objects.values_list("number", flat=True)}
    return [link for link in links if link[0] != "experiment" or link[1] in numbers]


def _go_on(idea: Idea, thought: Thought, end: datetime) -> None:
    """Comments and moves in the order in which they happened."""
    moves = [(days, "", state) for state, days in thought.path]
    said = [(days, name, text) for name, days, text in thought.comments]
    for days, name, what in sorted([*moves, *said], key=lambda act: -act[0]):
        at = _ago(end, days)
        if name:
            made = add_comment(number=idea.pk, text=what, by=_user(name), via="web")
            IdeaComment.objects.filter(pk=made.pk).update(created_at=at)
        else:
            move_idea(number=idea.pk, to=what, by=_user(thought.by), via="web", now=at)


def _ago(end: datetime, days: int) -> datetime:
    return end - timedelta(days=days)


def _user(name: str) -> User:
    return User.objects.get(username=f"{name}@fieldnote.example")
