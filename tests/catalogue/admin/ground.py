"""A workspace with a row of every model in it, and everybody who may enter the admin."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from catalogue.ideas.adding import add_comment, add_link, add_variant
from catalogue.ideas.voting import set_vote
from catalogue.lint.keeping import look_at_everything
from catalogue.models import (
    Acknowledgement,
    Certificate,
    Enrolment,
    Erasure,
    ErasureStep,
    Evidence,
    Experiment,
    Export,
    Feedback,
    GoalSplit,
    GuideVersion,
    Idea,
    KeptAnswer,
    ListedMember,
    Load,
    Look,
    Measurement,
    MembershipVersion,
    MessageGuide,
    Photo,
    PublishRequest,
    Reading,
    RunState,
    Segment,
    VersionErasure,
    Workspace,
)
from integrations.models import (
    Audience,
    Destination,
    DriftReport,
    Receipt,
    Rejection,
    RemoteContact,
    SentIdentity,
    SyncBatch,
    SyncRun,
    ToolErasure,
)
from tests.catalogue.privacy.ground import stop, word
from tests.catalogue.web.builder.posting import form_on
from tests.rights.ground import OWN, Ground, build

AT = datetime(2026, 3, 18, 12, tzinfo=UTC)


def furnish() -> Ground:
    """The ground of the rights table, and a row of every model that it lacks."""
    ground = build()
    segment = Segment.objects.get(key=OWN)
    Evidence.objects.create(segment=segment, position=9, kind="survey", source="Spring survey")
    ListedMember.objects.create(segment=segment, kind="add", customer_id="ada")
    if not segment.messages.exists():
        MessageGuide.objects.create(segment=segment, function="sales", text="Say hello.")
    if not Load.objects.exists():
        Load.objects.create(
            kind="customers",
            file_name="customers.csv",
            sha256="0" * 64,
            photo=Photo.objects.order_by("-pk")[0],
            refused=[{"row": 3, "column": "plan", "why": "It is not text."}],
        )
    _research(segment, ground)
    _export(segment, ground)
    look_at_everything(now=AT)
    _measured(segment)
    _split(segment)
    _look_after(segment)
    KeptAnswer.objects.create(owner="key:x", key="once", digest="0" * 64, started_at=AT)
    _look(segment)
    add_list(segment, Destination.objects.get(key="drop"))
    _privacy(segment)
    return ground


def _privacy(segment: Segment) -> None:
    """Somebody suppressed, a word of consent, and an erasure that is done."""
    stop("ada")
    word("ada", given=True)
    erasure = Erasure.objects.create(
        fingerprint="0" * 64,
        reason="Asked by letter.",
        asked_by="Mia",
        state="done",
        asked_at=AT,
        due_at=AT,
        done_at=AT,
    )
    ErasureStep.objects.create(erasure=erasure, name="versions", is_done=True, count=1, at=AT)
    VersionErasure.objects.create(
        erasure=erasure,
        membership=MembershipVersion.objects.filter(segment=segment)[0],
        sha256_before="0" * 64,
        sha256_after="1" * 64,
        cleared=1,
        is_open=False,
        at=AT,
    )


def _look(segment: Segment) -> None:
    """The experiment of the ground, as if it had been started and looked at once."""
    experiment = Experiment.objects.get(segment=segment)
    Enrolment.objects.create(
        experiment=experiment,
        arm=experiment.arms.all()[0],
        membership=segment.membership,
        at=AT,
        count=0,
        people=b"",
    )
    Look.objects.create(
        experiment=experiment,
        as_of=AT,
        state="too_early",
        sentence="Too early: 0 of 60 people have had their time.",
        people=0,
        needed=60,
        arms=[],
        effects=[],
        guardrails=[],
        ratio_p=None,
    )


def _research(segment: Segment, ground: Ground) -> None:
    idea, by = Idea.objects.get(pk=ground.ids["idea"]), ground.users["editor"]
    number, via = idea.pk, "command"
    set_vote(number=number, is_for=True, by=by, via=via)
    add_comment(number=number, text="Yes.", by=by, via=via)
    add_variant(number=number, function="sales", text="Hello.", by=by, via=via)
    add_link(number=number, kind="experiment", target="31", by=by, via=via)


def _export(segment: Segment, ground: Ground) -> None:
    version = MembershipVersion.objects.filter(segment=segment)[0]
    Export.objects.create(
        membership=version,
        requested_by=ground.users["team admin"],
        state=RunState.SUCCEEDED,
        rows_total=3,
        rows_done=3,
    )
    if not Reading.objects.exists():
        Reading.objects.create(
            membership=version, metric="size", value=3, n=3, unit="people", method="exact", as_of=AT
        )


def _split(segment: Segment) -> None:
    version = MembershipVersion.objects.filter(segment=segment)[0]
    counts = {f"{state}_count": 0 for state in GoalSplit.STATES}
    GoalSplit.objects.create(
        segment=segment,
        goal={"event": "login", "within": "3 days"},
        goal_hash="0" * 64,
        now=AT,
        membership=version,
        photo=version.photo,
        run=version.run,
        sha256="0" * 64,
        **counts,
    )


def _measured(segment: Segment) -> None:
    """Settings, and a measuring."""
    Workspace.objects.create(pk=1)
    done = Measurement.objects.create(state=RunState.SUCCEEDED, now=AT, faults={"revenue": "No."})
    Reading.objects.create(
        measurement=done,
        segment=segment,
        metric="logins",
        value=1.5,
        n=12,
        unit="logins",
        method="mean per member",
        as_of=AT,
    )


def _look_after(segment: Segment) -> None:
    """A row of all that keeps a segment true."""
    membership = MembershipVersion.objects.filter(segment=segment)[0]
    Certificate.objects.create(
        segment=segment,
        definition=segment.definition,
        message="Looked at with sales.",
        giver="Mia",
        given_at=AT,
    )
    PublishRequest.objects.create(
        segment=segment, token="x", message="Please.", asker="Mia", asked_at=AT
    )
    GuideVersion.objects.create(
        segment=segment, function="legal", number=1, said={"message": "Hello.", "do": "Smile."}
    )
    Acknowledgement.objects.create(
        segment=segment, function="sales", definition=1, guide=1, who="Lena", at=AT
    )
    Feedback.objects.create(
        segment=segment,
        ordinal=0,
        membership=membership,
        fits=False,
        reason="wrong_data",
        who="Lena",
        at=AT,
    )


def add_list(segment: Segment, destination: Destination, **fields: Any) -> SyncRun:
    """The segment's list in a tool, with one sync, one batch, one read-back, one rejection."""
    audience, _ = Audience.objects.get_or_create(
        destination=destination, segment_key=segment.key, defaults={"name": segment.key}
    )
    number = audience.runs.count()
    run = SyncRun.objects.create(
        audience=audience,
        **{"state": "succeeded", "actor": "timetable", "fence": 1, "to_version": 1, **fields},
        to_add=4,
        added=3,
        rejected=1,
        started_at=AT,
    )
    SyncBatch.objects.create(
        run=run, number=1, operation="add", members=b"", count=4, claimed_at=AT
    )
    DriftReport.objects.create(audience=audience, as_of=AT, held=3, expected=3)
    Receipt.objects.create(
        segment_key=segment.key,
        tool="crm",
        membership_version=1,
        count=3,
        checksum="0" * 16,
        as_of=AT,
        expected=3,
        verdict="equal",
        at=AT,
    )
    Rejection.objects.create(
        audience=audience,
        ordinal=number,
        side="theirs",
        operation="add",
        reason="ada@x.example is not taken.",
        at=AT,
    )
    SentIdentity.objects.create(audience=audience, ordinal=number, identity="ada@x.example")
    ToolErasure.objects.create(
        destination=audience.destination,
        ordinal=ToolErasure.objects.count(),
        evidence="The tool deleted the contact, or had none.",
        asked_at=AT,
    )
    RemoteContact.objects.create(
        destination=audience.destination,
        ordinal=RemoteContact.objects.count(),
        remote_id="c-7",
    )
    return run


def models_of_admin() -> list[type[Model]]:
    """Everything the admin knows; its nouns are put in where routes are made."""
    reverse("admin:index")
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def address(model: type[Model], page: str, *args: Any) -> str:
    """A page of a model."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def change_page(obj: Model) -> str:
    """The form of one object."""
    return address(type(obj), "change", obj.pk)


def press(client: Client, obj: Model, button: str) -> Any:
    """Press a button above the form of an object, and look at the page that follows."""
    return client.post(address(type(obj), "press", obj.pk, button), follow=True)


def form_of(client: Client, page: str, mark: str) -> dict[str, list[str]]:
    """The fields of a form of the admin, as a browser posts them: a ticked box says `on`."""
    html = client.get(page).text
    ticked = re.findall(
        r'<input type="checkbox" name="([^"]+)"(?![^>]* value=)[^>]* checked(?=[ >])', html
    )
    return form_on(html, mark=f'id="{mark}_form"') | {name: ["on"] for name in ticked}
