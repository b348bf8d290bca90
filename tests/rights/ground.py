"""Everybody who may ask, and everything they may ask for: the two sides of the rights table."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max
from django.test import Client

from catalogue.definitions.canonical import canonical_json
from catalogue.definitions.parse import parse_definition
from catalogue.experiments.planning import plan_experiment, prepare
from catalogue.ideas.writing import Said, add_idea
from catalogue.metrics.reviewing import complete_review
from catalogue.models import (
    Acknowledgement,
    ApiKey,
    Certificate,
    Change,
    Consent,
    DiscoveredGroup,
    Discovery,
    Draft,
    Erasure,
    Experiment,
    Export,
    Feedback,
    GuideVersion,
    Idea,
    Metric,
    Notice,
    PeopleGrant,
    PublishRequest,
    RefreshRun,
    Review,
    Role,
    Rollout,
    Scope,
    Segment,
    Suppression,
    Survey,
    Team,
    TeamMember,
    User,
)
from catalogue.notices.telling import notify
from catalogue.privacy.suppressing import Entry, suppress
from catalogue.segments.documents import document_of, token_of
from catalogue.segments.editing import create_segment, save_draft
from catalogue.segments.keys import create_key
from catalogue.segments.publishing import archive, publish
from integrations.models import Audience, Destination, SyncRun
from integrations.sync.destinations import save_destination
from integrations.sync.wanted import wanted_audiences
from tests.catalogue.segments.ground import FREE, document, seat, team
from tests.catalogue.workspace import load_accounts_too, refresh

GROUP = canonical_json(parse_definition({"trait": "plan", "is": "pro"}))
PASSWORD = "correct horse"  # noqa: S105
NEXT_YEAR = datetime.now(UTC) + timedelta(days=365)
# Objects by what they are to the team Growth.
# Words that stand nowhere else on a page, so that a page can be searched for them.
OWN, OTHER, PRIVATE = "growth-pros", "sales-pros", "sales-secret"
ARCHIVED, MISSING = "growth-bygone", "sales-sacred"
OBJECTS = (OWN, OTHER, PRIVATE, ARCHIVED, MISSING)
TRIED = {
    "name": "Say hello",
    "hypothesis": "We believe that a word of welcome brings people back.",
    "segment": OWN,
    "aim": {"event": "login", "within": "7 days"},
    "effect": 0.2,
    "base_rate": 0.5,
    "arms": [{"key": "quiet", "share": "50%"}, {"key": "hello", "share": "50%"}],
}
LOGINS = (
    "anonymous",
    "no seat",
    "viewer",
    "seeing viewer",
    "granted viewer",
    "editor",
    "owner",
    "team admin",
    "admin elsewhere",
    "site admin",
)
KEYS = (
    "no key",
    "reading key",
    "writing key",
    "full key",
    "foreign key",
    "narrowed key",
    "expired key",
    "revoked key",
)


@dataclass(slots=True, kw_only=True)
class Ground:
    """A workspace with every kind of object, and everybody in it."""

    users: dict[str, User] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """A browser signed in as somebody, or a program with a key."""
        if who in KEYS:
            text = self.keys.get(who)
            return Client(headers={"Authorization": f"Bearer {text}"} if text else {})
        client = Client()
        if who in self.sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[who]
        elif who in self.users:
            client.force_login(self.users[who])
        return client

    def begin_sessions(self) -> None:
        """Sign everybody in once, for thousands of requests: that takes longer than most answers.
        Their clients share these sessions from then on."""
        for who, user in self.users.items():
            client = Client()
            client.force_login(user)
            self.sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value


def build() -> Ground:
    """Load, define, publish, draft, archive, seat and give keys."""
    ground = Ground()
    load_accounts_too()
    team()
    team("sales")
    _seat_everybody(ground)
    _define_everything(ground)
    PeopleGrant.objects.create(
        segment=Segment.objects.get(key=OWN), user=ground.users["granted viewer"]
    )
    _give_keys(ground)
    _connect(ground)
    Metric.objects.create(
        key="logins", name="Logins", unit="logins", definition={"mean": {"count": "login"}}
    )
    _try_something(ground)
    return ground


def _try_something(ground: Ground) -> None:
    """A draft of an experiment on the segment of Growth, and something to be rolled out there."""
    prepared = prepare(document=TRIED, by=None)
    draft = plan_experiment(prepared=prepared, by=None, via="command")
    own = Segment.objects.get(key=OWN)
    Rollout.objects.create(experiment=draft, segment=own, due_on=NEXT_YEAR.date())
    ground.ids["experiment"] = draft.number


def _seat_everybody(ground: Ground) -> None:
    ground.users |= {
        "no seat": seat("nobody", None),
        "viewer": seat("viewer", Role.VIEWER),
        "seeing viewer": seat("seer", Role.VIEWER, sees=True),
        "granted viewer": seat("granted", None),
        "editor": seat("editor", Role.EDITOR),
        "owner": seat("mia", None),
        "team admin": seat("chief", Role.ADMIN, sees=True),
        "admin elsewhere": seat("elsewhere", Role.ADMIN, at="sales", sees=True),
        "site admin": User.objects.create_superuser("root", "root@fieldnote.example", PASSWORD),
    }


def _define_everything(ground: Ground) -> None:
    for key, slug in ((OWN, "growth"), (OTHER, "sales"), (PRIVATE, "sales"), (ARCHIVED, "growth")):
        create_segment(
            document=document(
                key, name=key.title(), team=slug, owner=_owner(key), sync=[{"to": "drop"}]
            ),
            by=None,
            via="command",
            is_private=key == PRIVATE,
        )
    for key in (OWN, OTHER, ARCHIVED):
        token = token_of(Segment.objects.get(key=key))
        publish(key=key, message="First.", token=token, by=None, via="command")
    refresh(OWN, OTHER, PRIVATE, ARCHIVED)
    archive(key=ARCHIVED, by=None, via="command")
    own = Segment.objects.get(key=OWN)
    changed = {**document_of(own), "definition": FREE}
    save_draft(key=OWN, document=changed, token=token_of(own), by=None, via="command")
    ground.ids["run"] = RefreshRun.objects.order_by("pk")[0].pk
    version = Segment.objects.get(key=OWN).membership
    ground.ids["export"] = Export.objects.create(
        membership=version, requested_by=ground.users["site admin"]
    ).pk
    ground.ids["review"] = complete_review(
        key=OTHER,
        **dict.fromkeys(("still_true", "still_used", "goal_holds", "message_right"), "yes"),
        outcome="keep",
        now=datetime.now(UTC),
        by=None,
        via="command",
    ).pk
    stopped = Entry(customer_id="nobody-we-know", reason="Asked us to.")
    how = {"source": "admin", "now": datetime.now(UTC), "by": None, "via": "command"}
    ground.ids["suppression"] = suppress(entry=stopped, **how).pk  # type: ignore[arg-type]
    ground.ids["erasure"] = Erasure.objects.create(
        fingerprint="1" * 64,
        reason="Letter.",
        asked_by="Mia",
        asked_at=datetime.now(UTC),
        due_at=NEXT_YEAR,
    ).pk
    told = notify(ground.users["site admin"], reason="The sky fell.", link="/runs/")
    ground.ids["notice"] = told.pk
    had = Said(title="Call before the trial ends", team="growth")
    Survey.objects.create(slug="exit", name="Exit", source="x", asked_on=datetime.now(UTC).date())
    found = Discovery.objects.create(event="login", days=14, now=datetime.now(UTC))
    ground.ids["discovery"] = found.pk
    facts = {"canonical": GROUP, "english": "Plan is pro"}
    shares = {"rate": 0.4, "low": 0.3, "high": 0.5, "base_rate": 0.2, "lift": 2.0, "p_value": 0.001}
    DiscoveredGroup.objects.create(discovery=found, position=0, size=90, n=45, **facts, **shares)
    ground.ids["idea"] = add_idea(said=had, by=None, via="command", now=datetime.now(UTC)).pk


def _owner(key: str) -> str:
    return "mia@fieldnote.example" if key in (OWN, ARCHIVED) else "elsewhere@fieldnote.example"


def _give_keys(ground: Ground) -> None:
    everything = [scope.value for scope in Scope]
    reading = [Scope.SEGMENTS_READ.value]
    writing = [Scope.SEGMENTS_READ.value, Scope.SEGMENTS_DRAFT.value, Scope.SEGMENTS_WRITE.value]
    growth, sales = Team.objects.get(slug="growth"), Team.objects.get(slug="sales")
    other = Segment.objects.create(key="elsewhere", name="Elsewhere", team=growth)
    wanted: dict[str, tuple[Team, list[str], list[Segment]]] = {
        "reading key": (growth, reading, []),
        "writing key": (growth, writing, []),
        "full key": (growth, everything, []),
        "foreign key": (sales, everything, []),
        "narrowed key": (growth, everything, [other]),
        "expired key": (growth, everything, []),
        "revoked key": (growth, everything, []),
    }
    for name, (owner, scopes, segments) in wanted.items():
        key, ground.keys[name] = create_key(
            team=owner,
            name=name,
            scopes=scopes,
            segments=segments,
            expires_at=NEXT_YEAR,
            by=None,
            via="command",
        )
        if name == "expired key":
            ApiKey.objects.filter(pk=key.pk).update(expires_at=datetime(2020, 1, 1, tzinfo=UTC))
        if name == "revoked key":
            ApiKey.objects.filter(pk=key.pk).update(revoked_at=datetime(2020, 1, 1, tzinfo=UTC))


def _connect(ground: Ground) -> None:
    folder = tempfile.mkdtemp(prefix="rights-")
    save_destination(key="drop", connector="files", options={"directory": folder})
    (audience,) = wanted_audiences(keys=[OWN]).audiences
    ground.ids["audience"] = audience.pk
    run = SyncRun.objects.create(
        audience=audience, actor="timetable", fence=1, to_version=1, started_at=NEXT_YEAR
    )
    ground.ids["sync"] = run.pk


def state() -> tuple[Any, ...]:
    """Everything that a request without the right to it must leave as it was."""
    return (
        list(Segment.objects.order_by("pk").values()),
        list(Draft.objects.order_by("pk").values()),
        list(ApiKey.objects.order_by("pk").values("pk", "scopes", "revoked_at", "name")),
        list(TeamMember.objects.order_by("pk").values()),
        list(Destination.objects.order_by("pk").values()),
        list(RefreshRun.objects.order_by("pk").values("pk", "state", "cancel_asked")),
        Change.objects.aggregate(newest=Max("pk"))["newest"],
        Export.objects.count(),
        list(Experiment.objects.order_by("pk").values()),
        list(Rollout.objects.order_by("pk").values()),
        list(Notice.objects.order_by("pk").values()),
        SyncRun.objects.count(),
        list(Discovery.objects.order_by("pk").values("pk", "state", "cancel_asked")),
        Survey.objects.count(),
        list(Idea.objects.order_by("pk").values()),
        Audience.objects.count(),
        Review.objects.count(),
        Feedback.objects.count(),
        GuideVersion.objects.count(),
        Acknowledgement.objects.count(),
        list(Certificate.objects.order_by("pk").values()),
        list(PublishRequest.objects.order_by("pk").values()),
        list(Suppression.objects.order_by("pk").values()),
        list(Consent.objects.order_by("pk").values()),
        list(Erasure.objects.order_by("pk").values()),
    )
