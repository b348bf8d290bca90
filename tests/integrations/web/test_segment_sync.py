from __future__ import annotations

import pytest
from django.test import Client

from catalogue.models import Change, Segment
from integrations.models import Audience, Destination, Receipt, Rejection, SyncRun
from tests.catalogue.web.reading import HTMX, words_of
from tests.integrations.ground import NOON, audience_of, live_segment, publish, sync
from tests.integrations.web.conftest import person

pytestmark = pytest.mark.django_db
PAGE = "/segments/gone-quiet/sync/"


def quiet(count: int = 3, *, to: str = "crm") -> Segment:
    """A live segment of the first `count` customers, synced to the tool."""
    segment = live_segment("gone-quiet", to=to)
    publish(segment, [f"c{n}" for n in range(count)])
    sync("gone-quiet")
    return segment


def test_each_axis_says_what_it_rests_on_and_when_that_was(
    reader: Client, crm: Destination
) -> None:
    quiet()

    words = words_of(reader.get(PAGE).text)

    assert "Definition In step d1, confirmed 4 May 2026, 12:00 UTC" in words
    assert "People Equal Read back: exactly m1, 3 people. 4 May 2026, 12:00 UTC" in words
    assert "Connection Connected In step 4 May 2026, 12:00 UTC" in words
    assert "Members of m1 3 Confirmed by the tool for m1 3 Held, as read back 3" in words


def test_newer_members_make_the_copy_behind_not_equal(reader: Client, crm: Destination) -> None:
    segment = quiet()
    publish(segment, ["c7"])

    words = words_of(reader.get(PAGE).text)

    assert "People Behind Read back: exactly m1; the newest is m2." in words
    assert "Equal" not in words.partition("Nothing is green")[0]


def test_an_older_definition_is_said_to_be_so_many_versions_behind(
    reader: Client, crm: Destination
) -> None:
    segment = quiet()
    for number in (2, 3):
        segment.definition = segment.definitions.create(
            number=number, canonical='{"where":"everyone"}', definition_hash=str(number) * 64
        )
    segment.save()

    words = words_of(reader.get(PAGE).text)

    assert "Definition Behind by 2 versions d1 where d3 holds, confirmed 4 May 2026" in words


def test_what_differs_is_counted_both_ways(reader: Client, crm: Destination) -> None:
    quiet()
    report = audience_of("gone-quiet").drift_reports.get()
    report.missing, report.extra, report.held = 14, 3, 11
    report.save()

    words = words_of(reader.get(PAGE).text)

    assert "People −14 +3 Read back: 14 missing, 3 extra." in words
    assert "Held, as read back 11" in words


def test_without_a_read_back_nothing_is_proven(reader: Client, crm: Destination) -> None:
    quiet()
    audience_of("gone-quiet").drift_reports.all().delete()

    words = words_of(reader.get(PAGE).text)

    assert "People Unknown The tool was never read back." in words
    assert "Held, as read back not known" in words


def test_syncs_are_listed_with_what_was_planned_and_confirmed(
    reader: Client, crm: Destination
) -> None:
    segment = quiet()
    publish(segment, ["c1", "c2", "c8", "c9"])
    sync("gone-quiet")

    words = words_of(reader.get(PAGE).text)

    assert "Succeeded m2 2 2 1 1 0 test" in words
    assert words.index("Succeeded m2") < words.index("Succeeded m1")


def test_refusals_are_grouped_by_reason_and_name_nobody(reader: Client, crm: Destination) -> None:
    quiet()
    audience = audience_of("gone-quiet")
    for ordinal, address in enumerate(["m.lee@x.example", "o'neil@y.example", "ada@z.example"]):
        Rejection.objects.create(
            audience=audience,
            ordinal=ordinal,
            side="theirs",
            operation="add",
            reason=f"INVALID_EMAIL: <{address}> is no address",
            at=NOON,
        )

    page = reader.get(PAGE).text

    assert "3 refused by the tool: “INVALID_EMAIL: <…@…> is no address”" in words_of(page)
    assert "example" not in page.partition('id="copies"')[2]


def test_a_writer_asks_for_a_sync_without_waiting(editor: Client, crm: Destination) -> None:
    quiet()
    audience = audience_of("gone-quiet")
    Audience.objects.update(retry_at=NOON, stopped_reason="The disk was full.")

    answer = editor.post(f"{PAGE}now/", {"list": audience.pk}, follow=True)

    assert "A sync of crm was asked for." in answer.text
    audience.refresh_from_db()
    assert (audience.retry_at, audience.stopped_reason) == (None, "")
    assert Change.objects.get(kind="sync.asked").actor == "Eva"


def test_who_may_not_write_is_offered_nothing_and_refused(reader: Client, crm: Destination) -> None:
    quiet()

    page = words_of(reader.get(PAGE).text)
    answer = reader.post(f"{PAGE}now/", {"list": audience_of("gone-quiet").pk})

    assert "Sync now" not in page
    assert answer.status_code == 403
    assert not Change.objects.filter(kind="sync.asked").exists()


def test_an_editor_of_another_team_may_not_either(client: Client, crm: Destination) -> None:
    quiet()
    client.force_login(person("otto", "admin", at="sales"))

    for path in ("now", "approve"):
        answer = client.post(f"{PAGE}{path}/", {"list": audience_of("gone-quiet").pk})
        assert answer.status_code == 403


@pytest.mark.parametrize("list_", ["", "x", "0", "999999", "9" * 40])
def test_a_list_of_no_such_number_or_of_another_segment_is_refused(
    editor: Client, crm: Destination, list_: str
) -> None:
    quiet()

    answer = editor.post(f"{PAGE}now/", {"list": list_})

    assert answer.status_code == 409
    assert "Nothing was asked for. “gone-quiet” has no such list." in words_of(answer.text)


def test_a_tool_that_is_switched_off_is_not_synced(editor: Client, crm: Destination) -> None:
    quiet()
    Destination.objects.update(off_reason="The token was refused.")

    page = words_of(editor.get(PAGE).text)
    answer = editor.post(f"{PAGE}now/", {"list": audience_of("gone-quiet").pk})

    assert "Connection Switched off The token was refused." in page
    assert "Sync now" not in page
    assert answer.status_code == 409
    assert "crm is switched off: The token was refused." in words_of(answer.text)


class TestBrake:
    """A sync that would remove 300 of 400 people."""

    @pytest.fixture
    def braked(self, crm: Destination) -> Audience:
        segment = quiet(400)
        publish(segment, [f"c{n}" for n in range(100)])
        sync("gone-quiet")
        return audience_of("gone-quiet")

    def test_the_reason_is_shown_and_who_publishes_lets_it_through(
        self, editor: Client, braked: Audience
    ) -> None:
        words = words_of(editor.get(PAGE).text)
        assert "The brake holds this sync. This sync would remove 300 of 400 members (75%)" in words
        assert "Sync now" not in words

        answer = editor.post(f"{PAGE}approve/", {"list": braked.pk, "version": 2}, follow=True)

        assert "The removals in crm were approved." in answer.text
        braked.refresh_from_db()
        assert braked.is_approved(2)
        assert Change.objects.get(kind="sync.approved").actor == "Eva"
        assert sync("gone-quiet").run.removed == 300

    def test_sync_now_does_not_go_round_it(self, editor: Client, braked: Audience) -> None:
        answer = editor.post(f"{PAGE}now/", {"list": braked.pk})

        assert answer.status_code == 409
        assert "The brake holds this sync." in words_of(answer.text)

    def test_approving_twice_or_for_another_version_changes_nothing(
        self, editor: Client, braked: Audience
    ) -> None:
        publish(Segment.objects.get(), ["c1"])

        stale = editor.post(f"{PAGE}approve/", {"list": braked.pk, "version": 2})
        forged = editor.post(f"{PAGE}approve/", {"list": braked.pk, "version": 3})

        assert stale.status_code == forged.status_code == 409
        assert "The segment has moved on since you looked." in words_of(stale.text)
        assert "nothing to approve" in words_of(forged.text)
        braked.refresh_from_db()
        assert braked.approved_to is None

    def test_who_may_not_publish_reads_why_and_is_refused(
        self, client: Client, braked: Audience
    ) -> None:
        client.force_login(person("val", "viewer"))

        words = words_of(client.get(PAGE).text)
        answer = client.post(f"{PAGE}approve/", {"list": braked.pk, "version": 2})

        assert "The brake holds this sync." in words
        assert "Let it remove them" not in words
        assert answer.status_code == 403


def test_what_a_sync_would_send_is_worked_out_when_asked(reader: Client, crm: Destination) -> None:
    segment = quiet()
    publish(segment, ["c1", "c2", "c8", "c9"])
    audience = audience_of("gone-quiet")

    words = words_of(reader.get(f"{PAGE}?plan={audience.pk}", headers=HTMX).text)

    assert "A sync now would add 2 and remove 1, for m2." in words


def test_an_archived_segment_shows_what_tools_keep_and_takes_no_wish(
    editor: Client, crm: Destination
) -> None:
    quiet()
    Segment.objects.update(status="archived")

    words = words_of(editor.get(PAGE).text)
    answer = editor.post(f"{PAGE}now/", {"list": audience_of_any().pk})

    assert "Nothing is sent any more: the tools keep what they hold." in words
    assert "Confirmed by the tool for m1 3" in words
    assert "Sync now" not in words
    assert answer.status_code == 410


def audience_of_any() -> Audience:
    """The one list there is, whether or not it is still wanted."""
    audience: Audience = Audience.objects.get()
    return audience


def test_a_running_sync_shows_how_far_it_is_and_asks_again(
    reader: Client, crm: Destination
) -> None:
    quiet()
    SyncRun.objects.create(
        audience=audience_of("gone-quiet"),
        state="running",
        actor="timetable",
        fence=9,
        to_version=2,
        to_add=40,
        added=10,
        started_at=NOON,
    )

    page = reader.get(PAGE, headers=HTMX).text

    assert "Syncing 10 of 40 people" in words_of(page)
    assert 'hx-trigger="every' in page
    assert "<main" not in page


def test_tools_that_are_named_but_not_there_yet_are_told(reader: Client, crm: Destination) -> None:
    segment = live_segment("gone-quiet", to="crm")
    segment.sync_wanted = [{"to": "crm"}, {"to": "nowhere"}]
    segment.save()

    words = words_of(reader.get(PAGE).text)

    assert "The list in crm is made with the first sync" in words
    assert "“nowhere”, and there is no tool of that name." in words


def test_a_segment_without_tools_says_how_one_is_named(reader: Client) -> None:
    segment = live_segment("gone-quiet", to="crm")
    segment.sync_wanted = []
    segment.save()

    assert "No tool holds it" in words_of(reader.get(PAGE).text)


def test_nobody_reads_it_without_signing_in(client: Client) -> None:
    live_segment("gone-quiet", to="crm")

    assert client.get(PAGE).status_code == 302


def test_what_a_tool_that_pulls_reported_is_shown_with_its_evidence(
    reader: Client, crm: Destination
) -> None:
    segment = quiet()
    for verdict, count in (("different_count", 2), ("equal", 3)):
        Receipt.objects.create(
            segment_key="gone-quiet",
            tool="ads",
            membership_version=1,
            count=count,
            checksum="0" * 16,
            as_of=NOON,
            expected=3,
            verdict=verdict,
            at=NOON,
        )
    words = words_of(reader.get(PAGE).text)
    assert "Equal It holds 3 and says m1; count and checksum are those" in words
    assert "Other number" not in words

    publish(segment, ["c1"])

    words = words_of(reader.get(PAGE).text)
    assert "Behind It holds 3 and says m1" in words
    assert "The newest is m2." in words
