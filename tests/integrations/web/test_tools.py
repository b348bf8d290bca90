from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalogue.models import Segment
from integrations.models import Destination
from tests.catalogue.web.reading import words_of
from tests.integrations.ground import audience_of, live_segment, publish, sync
from tests.integrations.web.conftest import person

pytestmark = pytest.mark.django_db


def synced(key: str, count: int, *, to: str = "crm", **fields: object) -> Segment:
    """A live segment of `count` customers, in step with a tool."""
    segment = live_segment(key, to=to)
    publish(segment, [f"c{n}" for n in range(count)])
    sync(key)
    Segment.objects.filter(pk=segment.pk).update(name=key.capitalize(), **fields)
    return segment


def test_every_copy_is_a_cell_and_the_proven_ones_are_counted(
    reader: Client, crm: Destination, helpdesk: Destination
) -> None:
    synced("alpha", 3)
    segment = synced("beta", 5, to="helpdesk")
    publish(segment, ["c1"])

    words = words_of(reader.get("/tools/").text)

    assert "1 of 2 copies are proven equal." in words
    assert "Alpha Equal: 3 not sent there" in words.replace("· ", "")
    assert "Beta not sent there Behind" in words.replace("· ", "")


def test_the_most_harmful_stands_first(
    reader: Client, crm: Destination, helpdesk: Destination
) -> None:
    synced("alpha", 3)
    synced("beta", 3)
    synced("gamma", 3)
    audience_of("beta").drift_reports.update(missing=2)

    words = words_of(reader.get("/tools/").text)
    wrong = words_of(reader.get("/tools/?show=wrong").text)

    assert words.index("Beta") < words.index("Alpha") < words.index("Gamma")
    assert "−2 +0" in wrong
    assert "Alpha" not in wrong


def test_nothing_is_green_that_was_never_read_back(reader: Client, crm: Destination) -> None:
    synced("alpha", 3)
    audience_of("alpha").drift_reports.all().delete()
    live_segment("beta", to="crm")

    page = reader.get("/tools/").text

    assert "0 of 2 copies are proven equal." in words_of(page)
    assert "Equal: " not in words_of(page)
    assert "Not sent yet" in words_of(page)


def test_a_column_says_that_its_tool_is_off(reader: Client, crm: Destination) -> None:
    synced("alpha", 3)
    Destination.objects.update(off_reason="The token was refused.")

    assert "crm any function Switched off" in words_of(reader.get("/tools/").text)


def test_segments_private_to_others_are_in_no_row(reader: Client, crm: Destination) -> None:
    synced("alpha", 3)
    synced("secret", 3, status="draft", is_private=True)

    words = words_of(reader.get("/tools/").text)

    assert "Secret" not in words
    assert "1 of 1 copy is proven equal." in words


def test_the_number_of_questions_does_not_grow_with_the_copies(
    reader: Client, crm: Destination, helpdesk: Destination
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert reader.get("/tools/").status_code == 200
        return len(queries)

    synced("alpha", 3)
    before = asked()
    for key in ("beta", "gamma", "delta"):
        synced(key, 4, to="helpdesk")

    assert asked() == before


def test_without_tools_the_page_says_what_they_are_for(reader: Client) -> None:
    assert "No tool is connected yet" in words_of(reader.get("/tools/").text)


@pytest.mark.parametrize("query", ["page=0", "page=x", "page=999", "show=nonsense"])
def test_an_odd_address_shows_a_page(reader: Client, crm: Destination, query: str) -> None:
    synced("alpha", 3)

    assert "Alpha" in words_of(reader.get(f"/tools/?{query}").text)


class TestOneTool:
    """The page of one tool."""

    def test_it_says_what_it_holds_when_that_was_proven_and_what_was_sent(
        self, reader: Client, crm: Destination
    ) -> None:
        synced("alpha", 3)

        words = words_of(reader.get("/tools/crm/").text)

        assert "Connected Files · any function · last answer 4 May 2026, 12:00 UTC" in words
        assert "1 of 1 copy is proven equal; last read back 4 May 2026, 12:00 UTC." in words
        assert "Alpha list “alpha” 3 In step d1, confirmed 4 May 2026, 12:00 UTC Equal" in words
        assert "Alpha to m1 Succeeded 4 May 2026, 12:00 UTC: the sync 3 of 3 0 of 0 0" in words

    def test_an_admin_checks_the_connection(self, client: Client, crm: Destination) -> None:
        client.force_login(person("amy", "admin"))
        Destination.objects.update(off_reason="The token was refused.")

        page = words_of(client.get("/tools/crm/").text)
        answer = client.post("/tools/crm/check/", follow=True)

        assert "Nothing is sent there at present. The token was refused." in page
        assert "crm answers." in answer.text
        assert Destination.objects.get().off_reason == ""

    def test_a_tool_that_does_not_answer_says_why(self, client: Client, crm: Destination) -> None:
        client.force_login(person("amy", "admin"))
        Destination.objects.update(options={**crm.options, "directory": "/nowhere/at/all"})

        answer = client.post("/tools/crm/check/", follow=True)

        assert "crm does not answer as it should." in answer.text

    def test_others_may_not_check_it(self, editor: Client, crm: Destination) -> None:
        Destination.objects.update(off_reason="The token was refused.")

        assert "Check the connection" not in editor.get("/tools/crm/").text
        assert editor.post("/tools/crm/check/").status_code == 403
        assert Destination.objects.get().off_reason

    def test_segments_private_to_others_are_not_told(
        self, reader: Client, crm: Destination
    ) -> None:
        synced("secret", 3, status="draft", is_private=True)

        assert "secret" not in words_of(reader.get("/tools/crm/").text).lower()

    @pytest.mark.parametrize("key", ["nothing", "%00", "..%2f", "x" * 300])
    def test_a_tool_of_no_such_name_is_not_found(
        self, reader: Client, crm: Destination, key: str
    ) -> None:
        assert reader.get(f"/tools/{key}/").status_code == 404


@pytest.mark.parametrize("page", ["/tools/", "/tools/crm/"])
def test_nobody_reads_it_without_signing_in(client: Client, page: str) -> None:
    assert client.get(page).status_code == 302
