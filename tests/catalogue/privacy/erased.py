"""Somebody with a trace everywhere, to be erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.apps import apps
from django.utils import timezone
from pyroaring import BitMap

from catalogue.exports.requesting import exports_folder
from catalogue.membership import bitmaps
from catalogue.models import (
    Change,
    Erasure,
    Export,
    Feedback,
    GoalSplit,
    KeptAnswer,
    ListedMember,
    Segment,
    User,
    Via,
)
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.privacy.erasing.running import run_erasure
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.loads import How
from catalogue.warehouse.ordinals import ordinals_of
from tests.catalogue.membership.ground import START, make_segment, publish
from tests.catalogue.privacy.ground import stop, word
from tests.catalogue.workspace import LOADED, NOW, load_workspace

ID, ADDRESS = "anna-7734", "Anna.K@x.example"
OTHERS = ("ada", "bob", "cleo")


def furnished() -> Segment:
    """A segment with five versions, in which Anna comes and goes, and a trace of her everywhere."""
    load_workspace()
    row = {"id": [ID], "plan": ["pro"], "email": [ADDRESS]}
    load_customers(pa.table(row), as_of=LOADED)
    anna, others = set(ordinals_of([ID])[0]), set(ordinals_of(OTHERS)[0])
    segment = make_segment()
    for day, members in enumerate(
        (others, others | anna, others | anna, others - {0} | anna, others, others | anna)
    ):
        publish(segment, members, day=day)
    segment.refresh_from_db()
    _goal(segment, BitMap(anna), BitMap(others))
    Feedback.objects.create(
        segment=segment,
        ordinal=min(anna),
        membership=segment.membership,
        fits=True,
        note="Nice to talk to.",
        who="Mia",
        at=START,
    )
    ListedMember.objects.create(segment=segment, kind="add", customer_id=ID)
    KeptAnswer.objects.create(
        owner="key", key="1", digest="0", started_at=START, body={"results": [{"id": ID}]}
    )
    KeptAnswer.objects.create(owner="key", key="2", digest="0", started_at=START, body={"id": "x"})
    Change.objects.create(
        kind="segment.edited",
        object_type="segment",
        object_key="payers",
        actor="mia",
        via="web",
        message=f"As {ADDRESS.lower()} asked; not of {ID}0.",
    )
    word(ID, given=True)
    stop(ID, purpose="sales")
    with_bad_row = pa.table({"id": [ID, ID], "plan": ["pro", "free"]})
    load_customers(with_bad_row, as_of=NOW, how=How(skip_bad_rows=True))
    return segment


def _goal(segment: Segment, anna: BitMap, others: BitMap) -> None:
    version = segment.membership
    assert version is not None
    both = bitmaps.dump(anna | others)
    GoalSplit.objects.create(
        segment=segment,
        goal={},
        goal_hash="0" * 64,
        now=START,
        membership=version,
        photo=version.photo,
        run=version.run,
        reached=both,
        missed=b"",
        not_yet=b"",
        too_early=b"",
        reached_count=4,
        missed_count=0,
        not_yet_count=0,
        too_early_count=0,
        sha256="0" * 64,
    )


def an_export(segment: Segment) -> Path:
    folder = exports_folder()
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "1.csv"
    file.write_text(f"id\n{ID}\n")
    Export.objects.create(
        membership=segment.membership,
        requested_by=User.objects.create_user("mia"),
        state="succeeded",
        path=file.name,
    )
    return file


def erase(customer_id: str = ID) -> Erasure:
    """Ask, and go through it."""
    asked = ask(customer_id)
    return run_erasure(erasure_id=asked.pk, now=timezone.now())


def ask(customer_id: str = ID) -> Erasure:
    return request_erasure(
        customer_id=customer_id,
        reason="Letter of 3 March.",
        now=timezone.now(),
        by=None,
        via=Via.COMMAND,
    )


def everything_stored() -> str:
    """All rows of the catalogue as text."""
    rows = []
    for model in apps.get_app_config("catalogue").get_models():
        rows += [json.dumps(row, default=str) for row in model._default_manager.values()]
    return "\n".join(rows)


def lake_bytes(settings: Any) -> bytes:
    files = (path for path in Path(settings.LAKE_DIR).rglob("*") if path.is_file())
    return b"".join(path.read_bytes() for path in files)
