"""Consent: the newest word counts, it ends when it says so, and a purpose asks for it or not."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from catalogue import published
from catalogue.models import Consent, User, Via, Workspace
from catalogue.privacy import standing
from catalogue.privacy.consenting import Word, say, say_all
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.privacy.erasing.running import run_erasure
from catalogue.privacy.files import import_consents
from catalogue.privacy.purposes import purposes, set_purpose
from catalogue.privacy.refusals import FileRefused, PrivacyRefused
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.population import merge_customers
from tests.catalogue.privacy.ground import (
    EVERYBODY,
    audience,
    names,
    ordinals,
    segment_of,
    stop,
    word,
)
from tests.catalogue.workspace import LOADED, NOW, load_workspace

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]
DAY = timedelta(days=1)


def need(purpose: str = "marketing", *, trait: str = "") -> None:
    """Have a purpose ask for consent."""
    set_purpose(purpose=purpose, is_needed=True, trait=trait, by=None, via=Via.COMMAND)


def test_no_purpose_needs_consent_until_the_workspace_says_so() -> None:
    version = segment_of("ada", "bob")
    assert [one.purpose for one in purposes()] == ["marketing", "sales", "customer_success"]
    assert names(audience(version, "marketing")) == ["ada", "bob"]
    need()
    assert names(audience(version, "marketing")) == []
    assert names(audience(version, "sales")) == ["ada", "bob"]
    assert names(audience(version)) == ["ada", "bob"]


def test_who_said_no_is_left_out_also_where_nobody_has_to_say_yes() -> None:
    version = segment_of("ada", "bob")
    word("ada", given=False)
    assert names(audience(version, "marketing")) == ["bob"]


def test_where_it_is_needed_those_who_gave_it_are_left() -> None:
    version = segment_of("ada", "bob", "cleo")
    need()
    word("ada", given=True)
    found = audience(version, "marketing")
    assert names(found) == ["ada"]
    assert (found.eligible.without_consent, found.eligible.left, found.withheld) == (2, 1, 2)


def test_the_newest_word_counts_whenever_it_is_noted() -> None:
    version = segment_of("ada")
    need()
    word("ada", given=False, ago=DAY)
    word("ada", given=True, ago=2 * DAY)
    assert names(audience(version, "marketing")) == []
    word("ada", given=True)
    assert names(audience(version, "marketing")) == ["ada"]


def test_consent_ends_when_it_expires_and_the_state_says_so() -> None:
    version, now = segment_of("ada"), timezone.now()
    need()
    word("ada", given=True, ago=DAY, expires_at=now + DAY)
    before = published.privacy_state("marketing", now=now)
    assert names(audience(version, "marketing", now=now)) == ["ada"]
    assert names(audience(version, "marketing", now=now + DAY)) == []
    assert published.privacy_state("marketing", now=now + DAY) != before
    assert published.privacy_state("sales", now=now + DAY) == published.privacy_state(
        "sales", now=now
    )
    assert names(audience(version, "marketing", now=now)) == ["ada"]


def test_an_expired_word_is_not_a_no() -> None:
    version, now = segment_of("ada"), timezone.now()
    word("ada", given=True, ago=2 * DAY, expires_at=now - DAY)
    assert names(audience(version, "marketing")) == ["ada"]


def test_a_trait_says_consent_from_when_on_it_is_so() -> None:
    version = segment_of("ada", "bob", "cleo")
    traits = {"id": ["ada", "bob"], "accepts": [True, False]}
    load_customers(pa.table(traits), as_of=LOADED)
    need(trait="accepts")
    assert names(audience(version, "marketing")) == ["ada"]


def test_of_a_trait_and_a_word_the_newer_counts() -> None:
    version = segment_of("ada", "bob")
    load_customers(pa.table({"id": ["ada", "bob"], "accepts": [True, False]}), as_of=LOADED)
    need(trait="accepts")
    word("ada", given=False)
    word("bob", given=True, ago=timezone.now() - LOADED + DAY)
    assert names(audience(version, "marketing")) == []
    word("bob", given=True)
    assert names(audience(version, "marketing")) == ["bob"]


def test_a_load_that_changes_such_a_trait_changes_the_state() -> None:
    version = segment_of("ada")
    load_customers(pa.table({"id": ["ada"], "accepts": [True]}), as_of=LOADED)
    need(trait="accepts")
    assert names(audience(version, "marketing")) == ["ada"]
    state, other = published.privacy_state("marketing"), published.privacy_state("sales")
    load_customers(pa.table({"id": ["ada"], "accepts": [False]}), as_of=NOW)
    assert published.privacy_state("marketing") != state
    assert published.privacy_state("sales") == other
    assert names(audience(version, "marketing")) == []


def test_whoever_was_merged_takes_their_word_along_unless_a_newer_one_was_said() -> None:
    version = segment_of("ada", "bob")
    need()
    word("cleo", given=True)
    word("dan", given=True, ago=DAY)
    word("bob", given=False)
    merge_customers(pa.table({"from": ["cleo", "dan"], "into": ["ada", "bob"]}), now=NOW)
    assert names(audience(version, "marketing")) == ["ada"]


@pytest.mark.django_db(transaction=True)
def test_what_is_remembered_is_what_reading_all_anew_gives() -> None:
    load_workspace()
    dice, start = Random(5), timezone.now()
    for turn in range(120):
        now = start + timedelta(seconds=turn)
        who, given = dice.choice(EVERYBODY), dice.random() < 0.6
        ends = now + timedelta(seconds=dice.randrange(1, 30)) if given else None
        said = Word(
            customer_id=who,
            purpose="marketing",
            is_given=given,
            source="form",
            at=now - timedelta(seconds=dice.randrange(20)),
            expires_at=ends,
        )
        with transaction.atomic():
            say(word=said, now=now, by=None, via=Via.COMMAND)
            # Somebody looks before it is known whether it stays.
            standing.consent(standing.state_of("marketing", now), now)
            if dice.random() < 0.3:
                transaction.set_rollback(True)
        remembered = standing.consent(standing.state_of("marketing", now), now)
        standing.forget()
        anew = standing.consent(standing.state_of("marketing", now), now)
        assert remembered == anew, turn
        if dice.random() < 0.5:
            standing.forget()
    assert Consent.objects.count() > 60


@pytest.mark.django_db(transaction=True)
def test_suppressing_somebody_has_no_words_read_again() -> None:
    load_workspace()
    word("ada", given=True)
    now, given = timezone.now(), ordinals(["ada"])
    first = standing.state_of("marketing", now)
    standing.consent(first, now)
    stop("bob")
    last = standing._followed["marketing"].last
    found = standing.consent(standing.state_of("marketing", now), now)
    assert list(found.given) == given
    assert standing._followed["marketing"].last == last
    assert standing.state_of("marketing", now).row.epoch == first.row.epoch


@pytest.mark.django_db(transaction=True)
def test_words_of_somebody_erased_are_not_remembered(settings: Any) -> None:
    settings.ERASURE_READ_SECONDS = 0
    load_workspace()
    word("ada", given=True)
    word("bob", given=True)
    now, left = timezone.now(), ordinals(["bob"])
    standing.consent(standing.state_of("marketing", now), now)
    asked = request_erasure(customer_id="ada", reason="x", now=now, by=None, via=Via.COMMAND)
    run_erasure(erasure_id=asked.pk, now=now)
    found = standing.consent(standing.state_of("marketing", now), now)
    assert list(found.given) == left


@pytest.mark.django_db(transaction=True)
def test_while_nothing_changes_words_are_not_read_again(django_assert_num_queries: object) -> None:
    load_workspace()
    word("ada", given=True)
    now, given = timezone.now(), ordinals(["ada"])
    standing.consent(standing.state_of("marketing", now), now)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = standing.consent(standing.state_of("marketing", now), now)
    assert list(found.given) == given


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"customer_id": "nobody"}, "no customer “nobody”"),
        ({"purpose": "spying"}, "no purpose “spying”"),
        ({"source": " "}, "where they said so"),
        ({"source": "x" * 201}, "at most 200"),
        ({"at": NOW + timedelta(days=4_000)}, "in the future"),
        ({"expires_at": NOW - DAY}, "before it was given"),
        ({"is_given": False, "expires_at": NOW + DAY}, "Only consent that is given"),
    ],
)
def test_a_word_that_cannot_be_is_refused(change: dict[str, object], why: str) -> None:
    load_workspace()
    said: dict[str, object] = {
        "customer_id": "ada",
        "purpose": "marketing",
        "is_given": True,
        "source": "form",
        "at": NOW,
        **change,
    }
    with pytest.raises(PrivacyRefused, match=why):
        say_all(words=[Word(**said)], now=timezone.now(), by=None, via=Via.COMMAND)  # type: ignore[arg-type]
    assert not Consent.objects.exists()


def test_a_file_notes_every_word_in_it() -> None:
    version = segment_of("ada", "bob", "dan")
    need()
    content = (
        b"customer_id,purpose,given,source,at,expires_at\n"
        b"ada,marketing,yes,fair,2026-01-02,\n"
        b"bob,marketing,no,,2026-01-02T10:00:00Z,\n"
        b"dan,marketing,given,,2026-01-02,2026-02-01\n"
    )
    import_consents(content, source="list", now=timezone.now(), by=None, via=Via.COMMAND)
    assert names(audience(version, "marketing")) == ["ada"]
    assert sorted(Consent.objects.values_list("source", flat=True)) == ["fair", "list", "list"]


def test_a_file_with_a_bad_row_is_refused_whole_and_says_where() -> None:
    load_workspace()
    content = (
        b"customer_id,purpose,given,at\n"
        b"ada,marketing,perhaps,\nzoe,marketing,yes,\nbob,x,yes,\nbob,sales,yes,2026-02-30\n"
    )
    with pytest.raises(FileRefused, match="4 of 4 rows") as refused:
        import_consents(content, source="list", now=timezone.now(), by=None, via=Via.COMMAND)
    assert [row.column for row in refused.value.rows] == ["given", "customer_id", "purpose", "at"]
    assert not Consent.objects.exists()


@pytest.mark.parametrize(
    ("purpose", "trait", "why"),
    [("Marketing!", "", "small letters"), ("ads", "none", "no trait"), ("ads", "plan", "is text")],
)
def test_a_purpose_that_cannot_be_is_refused(purpose: str, trait: str, why: str) -> None:
    load_workspace()
    with pytest.raises(PrivacyRefused, match=why):
        need(purpose, trait=trait)
    assert not Workspace.objects.exists()


def test_a_purpose_of_the_workspaces_own_is_there_once_it_is_named() -> None:
    load_workspace()
    need("research")
    word("ada", given=True, purpose="research")
    assert [one.purpose for one in purposes() if one.is_needed] == ["research"]


def test_purposes_are_set_by_site_admins() -> None:
    with pytest.raises(PermissionDenied):
        set_purpose(
            purpose="sales", is_needed=True, by=User.objects.create_user("vic"), via=Via.WEB
        )
