"""Tools in the admin: set up by what their manifest asks, tested, switched off; and their secrets,
which only go in."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from catalogue.models import Change, Role, Segment
from integrations.models import Destination, SyncRun, SyncState
from integrations.sync.destinations import secret_of
from tests.catalogue.admin.ground import add_list, address, change_page, form_of, press
from tests.catalogue.segments.ground import seat, team
from tests.fakes.fake_mailman import running_fake

pytestmark = pytest.mark.django_db
ADD = "/admin/integrations/destination/add/"
SECRET = "s3cret-word"


@pytest.fixture
def chief(client: Client) -> Client:
    team()
    client.force_login(seat("chief", Role.ADMIN))
    return client


def add_files(client: Client, folder: Path) -> Destination:
    """A directory of files as a tool."""
    page = f"{ADD}?connector=files"
    said = {"key": ["drop"], "option-directory": [str(folder)]}
    answer = client.post(page, form_of(client, page, "destination") | said)
    assert answer.status_code == 302
    return Destination.objects.get(key="drop")


def add_mailman(client: Client, **said: str) -> Destination:
    """A Mailman, with a secret."""
    page = f"{ADD}?connector=mailman"
    usual = {
        "key": ["news"],
        "option-url": ["http://127.0.0.1:9"],
        "option-password": [SECRET],
        "option-domain": ["lists.example.org"],
    }
    given = {name.replace("__", "-"): [text] for name, text in said.items()}
    client.post(page, form_of(client, page, "destination") | usual | given)
    return Destination.objects.get(key="news")


def test_which_kind_it_is_comes_first(chief: Client) -> None:
    asked = chief.get(ADD).text
    assert "GNU Mailman 3" in asked
    answer = chief.post(ADD, {"connector": "files"})
    assert answer.headers["Location"] == f"{ADD}?connector=files"
    assert "Which kind of tool?" in chief.get(f"{ADD}?connector=nothing").text


def test_a_tool_is_set_up_by_what_its_manifest_asks(chief: Client, tmp_path: Path) -> None:
    tool = add_files(chief, tmp_path)
    said = {name: value for name, value in tool.options.items() if value}
    assert said == {"directory": str(tmp_path), "column": "customer_id", "timeout": "60"}
    change = Change.objects.get()
    assert (change.kind, change.object_key, change.via) == ("tool.added", "drop", "admin")


def test_what_is_missing_or_wrong_is_said_and_nothing_is_stored(chief: Client) -> None:
    page = f"{ADD}?connector=files"
    form = form_of(chief, page, "destination")
    for said, words in (
        ({"key": ["drop"]}, "needs the option &#x27;directory&#x27;"),
        ({"key": ["Drop It"], "option-directory": ["/srv"]}, "use small letters"),
        (
            {"key": ["drop"], "option-directory": ["/srv"], "option-batch_records": ["many"]},
            "whole number",
        ),
    ):
        assert words in chief.post(page, form | said).text
    assert not Destination.objects.exists()


def test_a_secret_goes_in_and_never_comes_out(
    chief: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tool = add_mailman(chief)
    assert secret_of(tool, "password") == SECRET

    page = change_page(tool)
    form = form_of(chief, page, "destination")
    shown = [
        chief.get(page).text,
        chief.post(page, form | {"option-url": ["http://127.0.0.1:8"]}).text,
        chief.post(page, form | {"option-password": [SECRET], "option-url": [""]}).text,
        chief.get(address(Destination, "history", tool.pk)).text,
        press(chief, tool, "test").text,
        str(list(Change.objects.values())),
        str(list(Destination.objects.values())),
        caplog.text,
        repr(tool) + str(tool),
    ]
    assert [place for place in shown if SECRET in place] == []
    assert form["option-password"] == [""]


def test_a_blank_secret_stays_and_a_tick_forgets_it(chief: Client) -> None:
    tool = add_mailman(chief)
    page = change_page(tool)

    chief.post(page, form_of(chief, page, "destination") | {"option-style": ["legacy-default"]})
    kept = Destination.objects.get()
    assert (kept.options["style"], secret_of(kept, "password")) == ("legacy-default", SECRET)

    forget = form_of(chief, page, "destination") | {"forget-password": ["on"]}
    assert "needs the option" in chief.post(page, forget).text
    assert secret_of(Destination.objects.get(), "password") == SECRET


def test_another_address_asks_for_the_secret_again(chief: Client) -> None:
    tool = add_mailman(chief)
    page = change_page(tool)
    moved = form_of(chief, page, "destination") | {"option-url": ["http://127.0.0.1:8"]}

    assert "Give the password again" in chief.post(page, moved).text

    assert Destination.objects.get().options["url"] == "http://127.0.0.1:9"
    chief.post(page, moved | {"option-password": ["new"]})
    assert Destination.objects.get().options["url"] == "http://127.0.0.1:8"


def test_a_reference_is_shown_as_a_place_and_kept(
    chief: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWS_PASSWORD", SECRET)
    tool = add_mailman(chief)
    options = {**tool.options, "password": "env:NEWS_PASSWORD"}
    Destination.objects.filter(pk=tool.pk).update(options=options, secrets={})
    page = change_page(tool)

    shown = chief.get(page).text
    chief.post(page, form_of(chief, page, "destination") | {"option-style": ["legacy-default"]})

    assert "Taken from the variable NEWS_PASSWORD" in shown
    assert Destination.objects.get().options["password"] == "env:NEWS_PASSWORD"


def test_the_test_says_what_the_tool_says(chief: Client, tmp_path: Path) -> None:
    tool = add_files(chief, tmp_path)
    good = press(chief, tool, "test").text
    assert str(tmp_path) in good
    tmp_path.chmod(0o700)
    Destination.objects.update(options={"directory": str(tmp_path / "gone"), "column": "id"})
    bad = press(chief, tool, "test").text
    assert "gone" in bad


def test_a_tool_that_does_not_know_us_is_switched_off_and_on_again_by_a_test(
    chief: Client,
) -> None:
    with running_fake() as mailman:
        tool = add_mailman(chief, option__url=mailman.url)
        mailman.on_read = "401"
        refused = press(chief, tool, "test").text
        assert Destination.objects.get().off_reason
        mailman.on_read = "fine"
        taken = press(chief, tool, "test").text
    assert "401" in refused
    assert "answers at" in taken
    assert not Destination.objects.get().off_reason


def test_a_tool_is_switched_off_with_a_reason_and_on_again(chief: Client, tmp_path: Path) -> None:
    tool = add_files(chief, tmp_path)

    chief.post(address(Destination, "off", tool.pk), {"reason": "They move house."})
    assert Destination.objects.get().off_reason == "They move house."
    assert "They move house." in chief.get(change_page(tool)).text
    assert "in use again" in press(chief, tool, "on").text

    assert Destination.objects.get().off_reason == ""
    kinds = list(Change.objects.values_list("kind", flat=True)[:2])
    assert kinds == ["tool.switched_on", "tool.switched_off"]


def test_name_and_kind_are_for_ever(chief: Client, tmp_path: Path) -> None:
    tool = add_files(chief, tmp_path)
    page = change_page(tool)
    posted = form_of(chief, page, "destination")
    assert "key" not in posted

    chief.post(page, posted | {"key": ["other"], "connector": ["mailman"]})

    assert list(Destination.objects.values_list("key", "connector")) == [("drop", "files")]


def test_a_sync_is_cancelled_while_it_runs_and_asked_for_again_after(
    chief: Client, tmp_path: Path
) -> None:
    tool = add_files(chief, tmp_path)
    segment = Segment.objects.create(key="pros", name="Pros", team=team())
    run = add_list(segment, tool, state=SyncState.RUNNING)

    assert "before its next batch" in press(chief, run, "cancel").text
    assert SyncRun.objects.get().cancel_asked
    SyncRun.objects.update(state=SyncState.STOPPED)
    run.audience.stopped_reason = "The sync was cancelled."
    run.audience.save()
    assert "was asked for" in press(chief, run, "retry").text

    run.audience.refresh_from_db()
    assert run.audience.stopped_reason == ""


def test_longer_lists_of_syncs_do_not_take_more_queries(
    chief: Client, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    tool = add_files(chief, tmp_path)
    pages = ("syncrun", "syncbatch", "driftreport", "rejection", "audience")

    def counts() -> list[int]:
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                chief.get(f"/admin/integrations/{page}/")
            found.append(len(queries))
        return found

    segment = Segment.objects.create(key="pros", name="Pros", team=team())
    add_list(segment, tool)
    counts()
    few = counts()
    for number in range(8):
        other = Segment.objects.create(key=f"more-{number}", name="More", team=team())
        add_list(other, tool)
        add_list(segment, tool)
    assert counts() == few


def test_a_key_of_several_lines_is_kept_whole_and_never_shown(
    chief: Client, tmp_path: Path
) -> None:
    key = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n"
    tool = add_files(chief, tmp_path)
    page = change_page(tool)
    # A browser ends the lines of a form with both.
    sent = {"option-private_key": [key.replace("\n", "\r\n")]}

    chief.post(page, form_of(chief, page, "destination") | sent)

    kept = secret_of(Destination.objects.get(), "private_key")
    assert kept.split() == key.split()
    assert len(kept.splitlines()) == 3
    shown = chief.get(page).text
    assert "MC4CAQ" not in shown
    assert re.search(r'<textarea[^>]*name="option-private_key"[^>]*>\s*</textarea>', shown)
