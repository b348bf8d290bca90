"""Refreshes follow from the one before, and once a day that is checked against a full one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from catalogue.engine.kept.moving import Moving
from catalogue.membership import judging
from catalogue.membership.remembering import memory
from catalogue.models import Notice, RefreshRun, Role, Segment, User
from tests.catalogue.membership.logins import login, refresh_at
from tests.catalogue.segments.ground import seat
from tests.catalogue.workspace import NOW, define, ids, load_workspace, refresh

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    with memory() as kept:
        kept.forget()
    yield
    with memory() as kept:
        kept.forget()


@pytest.fixture(autouse=True)
def workspace() -> None:
    load_workspace()
    define("recent", {"did": "login", "in_last": "7 days"})
    define("never", {"did_not": "login"})


def of_logins(run: RefreshRun) -> dict[str, object]:
    (found,) = [scan for scan in run.scans if scan["names"] == ["login"]]
    return found


def test_the_first_refresh_scans_and_the_next_reads_only_what_is_new() -> None:
    first = of_logins(refresh_at(NOW))
    login("cleo", NOW + HOUR / 2)
    second = of_logins(refresh_at(NOW + HOUR))

    assert (first["update"], first["rows"]) == (False, 3)
    assert (second["update"], second["rows"]) == (True, 3)  # once for each of three windows
    assert 0 < second["bytes"] < first["bytes"]
    assert first["milliseconds"] > 0


def test_what_follows_is_who_is_there() -> None:
    refresh_at(NOW)
    login("cleo", NOW + HOUR / 2)
    login("dan", NOW - timedelta(days=300))
    refresh_at(NOW + HOUR)

    assert ids("recent") == {"ada", "cleo"}
    assert ids("never") == set()


def test_the_first_of_a_day_that_follows_is_judged_twice_and_the_others_are_not() -> None:
    results = [refresh_at(NOW + hours * HOUR).check_result for hours in range(4)]
    tomorrow = refresh_at(NOW + timedelta(days=1)).check_result

    assert not Notice.objects.exists()
    assert results[0] is None
    assert results[1]["different"] == []
    assert results[1]["segments"] >= 2
    assert results[2:] == [None, None]
    assert tomorrow["different"] == []


def test_it_is_checked_too_where_each_scan_reads_something_anew() -> None:
    Segment.objects.filter(key="never").update(status="archived")
    largest = {"max": "amount", "of": "login", "lt": 9}
    define("recent", {"any": [{"did": "login", "in_last": "7 days"}, largest]})
    refresh_at(NOW)
    run = refresh_at(NOW + HOUR)

    assert [scan["update"] for scan in run.scans if "login" in scan["names"]] == [False]
    assert run.check_result["different"] == []


def test_a_check_that_takes_too_long_costs_nobody_the_refresh(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    refresh_at(NOW)
    login("cleo", NOW + HOUR / 2)
    right = judging.is_check_due

    def at_the_end_of_its_time(*given: object) -> bool:
        monkeypatch.setattr(judging.Deadline, "has_passed", lambda _: True)
        return right(*given)

    monkeypatch.setattr(judging, "is_check_due", at_the_end_of_its_time)
    run = refresh_at(NOW + HOUR)

    assert (run.state, run.check_result) == ("succeeded", None)
    assert ids("recent") == {"ada", "cleo"}
    assert "could not be checked against a full one" in caplog.text


def test_a_difference_is_an_alert_and_the_full_refresh_is_published(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    admin, owner = User.objects.create_superuser("root"), seat("own", None)
    seat("chief", Role.ADMIN), seat("bystander")
    Segment.objects.filter(key="recent").update(name="Recent", owner=owner)
    Segment.objects.filter(key="never").update(name="Never", owner=admin)
    refresh_at(NOW)
    login("cleo", NOW + HOUR / 2)
    monkeypatch.setattr(Moving, "move", lambda *_: None)
    run = refresh_at(NOW + HOUR)

    assert {"never", "recent"} <= set(run.check_result["different"])
    assert ids("recent") == {"ada", "cleo"}
    (told,) = Notice.objects.filter(user=admin)
    assert "found other members for “Never”, “Recent”" in told.reason
    assert told.link == f"/runs/{run.pk}/"
    (told,) = Notice.objects.filter(user=owner)
    assert "for “Recent”:" in told.reason
    assert Notice.objects.count() == 2
    assert "gave other members than a full refresh for" in caplog.text
    with memory() as kept:
        assert kept.nbytes == 0


def test_after_an_error_nothing_is_remembered() -> None:
    refresh_at(NOW)
    with pytest.raises(ZeroDivisionError), memory():
        raise ZeroDivisionError
    assert of_logins(refresh_at(NOW + HOUR))["update"] is False


def test_while_one_thread_refreshes_another_one_remembers_nothing() -> None:
    with memory() as kept, memory() as other:
        assert kept.most > 0
        assert other.most == 0


def test_segments_of_other_timetables_do_not_disturb_each_other() -> None:
    refresh_at(NOW)
    run = Segment.objects.get(key="recent")
    assert run.membership is not None
    with time_machine.travel(NOW + HOUR, tick=False):
        refresh("recent", now=NOW + HOUR)
    login("dan", NOW + HOUR)
    again = refresh_at(NOW + 2 * HOUR)
    assert of_logins(again)["update"] is True
    assert ids("never") == {"cleo"}
