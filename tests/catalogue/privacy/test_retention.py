"""What is over its time is deleted, what is not stays, and a look proves it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalogue import ports
from catalogue.exports.requesting import exports_folder
from catalogue.models import Change, Export, KeptAnswer, Load, Notice, RefreshRun, User
from catalogue.privacy.retention import delete_by_schedule, is_due, look_by_schedule
from catalogue.tasks import privacy_tick
from tests.catalogue.privacy.ground import segment_of
from tests.catalogue.workspace import load_workspace

pytestmark = pytest.mark.django_db
OLD = timedelta(days=200)


def aged(model: Any, field: str, days: int, **facts: Any) -> Any:
    """A row that is so old."""
    row = model.objects.create(**facts)
    model.objects.filter(pk=row.pk).update(**{field: timezone.now() - timedelta(days=days)})
    return row


def an_answer(days: int) -> Any:
    return aged(
        KeptAnswer, "started_at", days, owner="x", key=str(days), digest="0", started_at=OLD_DAY
    )


def a_refresh(days: int) -> Any:
    return aged(RefreshRun, "created_at", days, state="succeeded")


def a_notice(days: int) -> Any:
    user, _ = User.objects.get_or_create(username="mia")
    return aged(Notice, "seen_at", days, user=user, reason=f"{days}", link="/")


def a_session(days: int) -> Any:
    now = timezone.now()
    return aged(Session, "expire_date", days, session_key=f"k{days}", expire_date=now)


OLD_DAY = timezone.now()


@pytest.mark.parametrize(
    ("make", "kept", "over"),
    [(an_answer, 0, 2), (a_refresh, 89, 91), (a_notice, 89, 91), (a_session, -1, 1)],
)
def test_rows_stay_until_their_time_is_over(
    make: Callable[[int], Any], kept: int, over: int
) -> None:
    stays, goes = make(kept), make(over)
    assert sum(one.over for one in look_by_schedule(now=timezone.now())) == 1
    delete_by_schedule(now=timezone.now())
    model = type(stays)
    assert list(model.objects.values_list("pk", flat=True)) == [stays.pk]
    assert goes.pk != stays.pk
    assert sum(one.over for one in look_by_schedule(now=timezone.now())) == 0


def test_a_refresh_that_versions_rest_on_stays() -> None:
    version = segment_of("ada")
    RefreshRun.objects.update(created_at=timezone.now() - OLD, state="succeeded")
    delete_by_schedule(now=timezone.now())
    assert RefreshRun.objects.count() == 1
    assert version.size == 1


def test_what_a_load_refused_is_emptied_and_the_load_stays() -> None:
    load_workspace()
    Load.objects.update(
        refused=[{"row": 2, "why": "“ada”"}], created_at=timezone.now() - timedelta(days=31)
    )
    count = Load.objects.count()
    delete_by_schedule(now=timezone.now())
    assert list(Load.objects.values_list("refused", flat=True)) == [[]] * count


def test_files_of_members_are_gone_from_the_disk() -> None:
    segment_of("ada")
    from catalogue.models import MembershipVersion

    folder = exports_folder()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "7.csv").write_text("ada")
    Export.objects.create(
        membership=MembershipVersion.objects.get(),
        requested_by=User.objects.create_user("mia"),
        state="succeeded",
        path="7.csv",
        expires_at=timezone.now() - timedelta(minutes=1),
    )
    delete_by_schedule(now=timezone.now())
    assert not (folder / "7.csv").exists()
    assert Export.objects.get().path == ""


def test_what_integrations_keep_is_deleted_by_the_same_schedule() -> None:
    left = [3]

    def delete(_: object) -> int:
        count, left[0] = left[0], 0
        return count

    kind = ports.Retained(
        name="batches", label="Batches", kept="90 days", count=lambda _: left[0], delete=delete
    )
    before = list(ports._retained_elsewhere)
    ports.register_retained(lambda: [kind])
    try:
        (found,) = (one for one in delete_by_schedule(now=timezone.now()) if one.name == "batches")
    finally:
        ports._retained_elsewhere[:] = before
    assert (found.deleted, found.over) == (3, 0)
    assert Change.objects.get(kind="retention.deleted").details == {"deleted": {"batches": 3}}


def test_the_timetable_sees_to_it_once_an_hour() -> None:
    an_answer(2)
    privacy_tick()
    assert not is_due()


def test_a_check_fails_for_as_long_as_something_is_over_its_time() -> None:
    an_answer(2)
    with pytest.raises(CommandError, match="1 rows and files"):
        call_command("privacy", "retention", "--check", stdout=StringIO())
    call_command("privacy", "retention", stdout=StringIO())
    out = StringIO()
    call_command("privacy", "retention", "--check", stdout=out)
    assert "Kept answers of the API (Idempotency-Key)" in out.getvalue()
