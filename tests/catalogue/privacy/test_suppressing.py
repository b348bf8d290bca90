"""Who is on the list of suppressions leaves by no way, from the first moment."""

from __future__ import annotations

from datetime import timedelta

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue import fingerprints, published
from catalogue.models import Change, Scope, Suppressed, Suppression, User, Via
from catalogue.privacy import standing
from catalogue.privacy.files import import_suppressions
from catalogue.privacy.refusals import FileRefused, PrivacyRefused
from catalogue.privacy.suppressing import Entry, lift, suppress, suppress_all
from catalogue.published import Purpose
from catalogue.warehouse.ingest import load_customers, load_events
from catalogue.warehouse.population import merge_customers
from tests.catalogue.api.asking import key_text
from tests.catalogue.privacy.ground import audience, names, ordinals, segment_of, stop
from tests.catalogue.workspace import LOADED, NOW, load_workspace

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.mark.parametrize("way", list(Purpose))
def test_the_suppressed_leave_by_no_way(way: Purpose) -> None:
    version = segment_of("ada", "bob")
    stop("ada")
    found = published.people(version, purpose=way, viewer=None)
    assert names(found) == ["bob"]
    assert (found.eligible.members, found.eligible.suppressed, found.eligible.left) == (2, 1, 1)


def test_nothing_on_the_list_says_who_it_is() -> None:
    load_workspace()
    row = stop("ada", address="ada@x.example")
    stored = [str(value) for value in vars(row).values()]
    assert not any("ada" in value for value in stored)
    assert row.customer_fingerprint == fingerprints.of_customer("ada")
    assert "ada" not in str(list(Change.objects.values_list("message", "details", "object_key")))


def test_an_address_stops_whoever_has_it_however_it_is_written() -> None:
    version = segment_of("ada", "bob")
    stop(address="  BOB@X.example ")
    assert names(audience(version)) == ["ada"]


def test_a_suppression_for_one_purpose_stops_nobody_elses() -> None:
    version = segment_of("ada", "bob")
    stop("ada", purpose="marketing")
    assert names(audience(version, "marketing")) == ["bob"]
    assert names(audience(version, "sales")) == ["ada", "bob"]
    assert names(audience(version)) == ["ada", "bob"]


def test_lifting_keeps_the_row_and_says_who_and_why() -> None:
    version, row = segment_of("ada"), stop("ada")
    lift(number=row.pk, reason="A mistake.", now=timezone.now(), by=None, via=Via.COMMAND)
    row.refresh_from_db()
    assert (row.lifted_by, row.lifted_because) == ("the command line", "A mistake.")
    assert row.lifted_at is not None
    assert names(audience(version)) == ["ada"]
    assert Change.objects.filter(kind="suppression.lifted", object_key=str(row.pk)).exists()
    with pytest.raises(PrivacyRefused, match="was lifted on"):
        lift(number=row.pk, reason="Again.", now=timezone.now(), by=None, via=Via.COMMAND)


def test_that_of_an_erasure_is_lifted_neither_by_us_nor_in_the_database() -> None:
    load_workspace()
    row = stop("ada", source="erasure")
    with pytest.raises(PrivacyRefused, match="was erased"):
        lift(number=row.pk, reason="Sorry.", now=timezone.now(), by=None, via=Via.COMMAND)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suppression.objects.update(lifted_at=timezone.now())


def test_a_customer_on_the_list_who_is_loaded_later_is_suppressed_as_they_come() -> None:
    load_workspace()
    stop("finn")
    assert not Suppressed.objects.exists()
    load_customers(pa.table({"id": ["finn", "gil"], "plan": ["pro", "pro"]}), as_of=LOADED)
    assert list(Suppressed.objects.values_list("ordinal", flat=True)) == ordinals(["finn"])


def test_so_is_one_who_comes_with_an_event() -> None:
    load_workspace()
    stop("finn")
    table = pa.table({"customer_id": ["finn"], "time": ["2026-03-02"]})
    load_events(table, event="login")
    assert list(Suppressed.objects.values_list("ordinal", flat=True)) == ordinals(["finn"])


def test_so_is_one_who_is_known_and_gets_an_address_on_the_list() -> None:
    load_workspace()
    stop(address="cleo@x.example")
    assert not Suppressed.objects.exists()
    load_customers(pa.table({"id": ["cleo"], "email": ["Cleo@X.example"]}), as_of=NOW)
    found = list(Suppressed.objects.values_list("ordinal", "found_by"))
    assert found == [(ordinals(["cleo"])[0], "address")]


def test_of_many_who_come_only_those_on_the_list_are_suppressed(monkeypatch: object) -> None:
    load_workspace()
    entries = [Entry(customer_id=f"new-{n}", reason="Asked.") for n in range(0, 2_000, 7)]
    suppress_all(entries=entries, source="import", now=timezone.now(), by=None, via=Via.COMMAND)
    ids = [f"new-{n}" for n in range(2_000)]
    load_customers(pa.table({"id": ids, "plan": ["pro"] * 2_000}), as_of=LOADED)
    wanted = ordinals(f"new-{n}" for n in range(0, 2_000, 7))
    found = Suppressed.objects.order_by("ordinal").values_list("ordinal", flat=True)
    assert list(found) == wanted


def test_whoever_was_merged_takes_their_suppression_along() -> None:
    version = segment_of("ada", "bob")
    stop("cleo")
    assert names(audience(version)) == ["ada", "bob"]
    merge_customers(pa.table({"from": ["cleo"], "into": ["ada"]}), now=NOW)
    assert names(audience(version)) == ["bob"]


def test_suppressing_twice_leaves_one_row_and_two_purposes_two() -> None:
    load_workspace()
    first = stop("ada")
    assert stop("ada").pk == first.pk
    assert stop("ada", purpose="sales").pk != first.pk
    assert Suppression.objects.count() == 2
    assert Change.objects.filter(kind="suppression.added").count() == 2


def test_what_was_suppressed_in_a_transaction_that_failed_never_was() -> None:
    version = segment_of("ada", "bob")
    with transaction.atomic():
        stop("ada")
        assert names(audience(version)) == ["bob"]
        transaction.set_rollback(True)
    assert names(audience(version)) == ["ada", "bob"]
    stop("bob")
    assert names(audience(version)) == ["ada"]


@pytest.mark.django_db(transaction=True)
def test_while_nothing_changes_the_list_is_not_read_again(
    django_assert_num_queries: object,
) -> None:
    load_workspace()
    stop("ada")
    now, listed = timezone.now(), ordinals(["ada"])
    standing.suppressed("", standing.state_of("", now))
    with django_assert_num_queries(1):  # type: ignore[operator]
        state = standing.state_of("", now)
        assert list(standing.suppressed("", state)) == listed


def test_the_state_says_when_somebody_was_suppressed_lifted_or_merged() -> None:
    load_workspace()
    seen = [published.privacy_state()]
    row = stop("ada")
    seen.append(published.privacy_state())
    lift(number=row.pk, reason="A mistake.", now=timezone.now(), by=None, via=Via.COMMAND)
    seen.append(published.privacy_state())
    merge_customers(pa.table({"from": ["cleo"], "into": ["ada"]}), now=NOW)
    seen.append(published.privacy_state())
    assert len(set(seen)) == 4
    assert published.privacy_state() == seen[-1]


def test_the_state_is_one_query(django_assert_num_queries: object) -> None:
    load_workspace()
    stop("ada")
    with django_assert_num_queries(1):  # type: ignore[operator]
        published.privacy_state("marketing")


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (Entry(reason="Asked."), "Say who"),
        (Entry(customer_id="ada", reason=" "), "Say why"),
        (Entry(address="ada", reason="Asked."), "no e-mail address"),
        (Entry(customer_id="ada", purpose="spying", reason="Asked."), "no purpose “spying”"),
        (Entry(customer_id="ada", reason="x" * 501), "at most 500"),
        (Entry(customer_id="a\0b", reason="Asked."), "at most 500 characters"),
    ],
)
def test_what_says_too_little_is_refused(entry: Entry, why: str) -> None:
    load_workspace()
    with pytest.raises(PrivacyRefused, match=why):
        suppress(entry=entry, source="admin", now=timezone.now(), by=None, via=Via.COMMAND)
    assert not Suppression.objects.exists()


def test_a_file_suppresses_everybody_in_it() -> None:
    version = segment_of("ada", "bob", "dan")
    content = (
        "customer_id,email,purpose,reason\r\n"
        "ada,,,Phoned\r\n"
        ',"Dan@x.example",,\r\n'
        "\r\n"
        "nobody-yet,,sales,Wrote\r\n"
    )
    added = import_suppressions(
        content.encode(), reason="List of 2026", now=timezone.now(), by=None, via=Via.COMMAND
    )
    assert (added.new, added.people) == (3, 2)
    assert names(audience(version)) == ["bob"]
    reasons = Suppression.objects.order_by("pk").values_list("reason", "purpose", "source")
    assert list(reasons) == [
        ("Phoned", "", "import"),
        ("List of 2026", "", "import"),
        ("Wrote", "sales", "import"),
    ]


def test_a_file_with_a_bad_row_is_refused_whole_and_says_where() -> None:
    load_workspace()
    content = b"customer_id,purpose\nada,\nbob,spying\n,\ncleo,x\n"
    with pytest.raises(FileRefused, match="2 of 4 rows") as refused:
        import_suppressions(content, reason="List", now=timezone.now(), by=None, via=Via.COMMAND)
    assert [(row.row, row.column) for row in refused.value.rows] == [(3, "purpose"), (5, "purpose")]
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "needs a column"),
        (b"name\nada\n", "no column “name”"),
        (b"customer_id,customer_id\na,b\n", "twice"),
        (b"customer_id\n\xff\n", "not in UTF-8"),
        (b"customer_id,email\na\n", "1 cells"),
        (b'customer_id\n"a\n', "no CSV"),
        (b"customer_id\n", "names nobody"),
    ],
)
def test_what_is_no_such_file_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        import_suppressions(content, reason="List", now=timezone.now(), by=None, via=Via.COMMAND)


def test_the_list_is_for_admins_and_keys_with_the_scope() -> None:
    load_workspace()
    entry = Entry(customer_id="ada", reason="Asked.")
    with pytest.raises(PermissionDenied, match="team admins and site admins"):
        suppress(
            entry=entry,
            source="admin",
            now=timezone.now(),
            by=User.objects.create_user("vic"),
            via=Via.WEB,
        )
    assert not Suppression.objects.exists()
    assert key_text(Scope.SUPPRESSIONS_WRITE)


def test_deleted_come_before_suppressed_and_nobody_is_counted_twice() -> None:
    version = segment_of("ada", "bob", "cleo")
    stop("ada")
    from catalogue.warehouse.population import delete_customers

    delete_customers(pa.table({"customer_id": ["ada"]}), now=NOW)
    stop("bob")
    found = audience(version).eligible
    assert (found.deleted, found.suppressed, found.without_consent, found.left) == (1, 1, 0, 1)


def test_a_later_clock_changes_nothing_for_the_suppressed() -> None:
    version = segment_of("ada")
    stop("ada")
    assert names(audience(version, now=timezone.now() + timedelta(days=900))) == []
