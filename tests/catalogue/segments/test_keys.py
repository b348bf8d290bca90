"""Keys for programs: made once, found by their text, revoked for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from catalogue.models import ApiKey, Change, Role, Scope, Segment
from catalogue.segments.keys import (
    KeyRefused,
    create_key,
    find_key,
    is_well_formed,
    note_use,
    revoke_key,
)
from tests.catalogue.segments.ground import key, seat, team

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 12, 0, 30, tzinfo=UTC)


def make(**facts: object) -> tuple[ApiKey, str]:
    wanted = {"team": team(), "name": "CRM", "scopes": [Scope.SEGMENTS_READ], "by": None}
    return create_key(**{**wanted, "via": "command", **facts})  # type: ignore[arg-type]


def test_a_key_is_found_by_its_text_and_nothing_of_its_secret_is_stored() -> None:
    row, text = make()
    assert find_key(text, NOW) == row
    assert text.startswith(f"segc_{row.prefix}_")
    secret = text.split("_", 2)[2]
    assert len(secret) == 43 + 6
    stored = str(ApiKey.objects.values().get()) + str(Change.objects.values().get())
    assert secret not in stored
    assert secret[:20] not in stored


def test_no_two_keys_are_alike() -> None:
    assert len({make()[1] for _ in range(20)}) == 20


def test_a_typo_is_seen_without_asking_anybody(django_assert_num_queries: object) -> None:
    _, text = make()
    assert is_well_formed(text)
    with django_assert_num_queries(0):  # type: ignore[operator]
        for place in range(len(text)):
            other = "x" if text[place] != "x" else "y"
            assert not is_well_formed(text[:place] + other + text[place + 1 :])
        assert not is_well_formed(text[:-1])
        assert not is_well_formed(text + "a")
        assert not is_well_formed("")
        assert find_key(text[:-1], NOW) is None


def test_another_secret_behind_a_known_prefix_opens_nothing() -> None:
    row, text = make()
    _, other = make()
    ApiKey.objects.filter(pk=row.pk).update(digest="0" * 64)
    assert find_key(text, NOW) is None
    assert find_key(other, NOW) is not None


def test_an_expired_or_revoked_key_is_found_no_more() -> None:
    row, text = make(expires_at=NOW)
    assert find_key(text, NOW - timedelta(microseconds=1)) == row
    assert find_key(text, NOW) is None
    second, other = make()
    revoke_key(key=second, by=None, via="command")
    assert find_key(other, NOW) is None


def test_the_last_use_is_written_once_a_minute() -> None:
    row, _ = make()
    note_use(row, NOW)
    row.refresh_from_db()
    assert row.last_used_at == NOW.replace(second=0)
    note_use(row, NOW + timedelta(seconds=20))
    note_use(ApiKey.objects.get(), NOW - timedelta(hours=1))
    row.refresh_from_db()
    assert row.last_used_at == NOW.replace(second=0)


def test_keys_are_given_and_ended_by_admins_of_the_team_only() -> None:
    chief, editor, elsewhere = (
        seat("chief", Role.ADMIN),
        seat("eddy", Role.EDITOR),
        seat("else", Role.ADMIN, at="sales"),
    )
    row, _ = make(by=chief)
    assert row.created_by == chief
    for nobody in (editor, elsewhere, key(Scope.SEGMENTS_WRITE)):
        with pytest.raises(PermissionDenied, match="given by its admins"):
            make(by=nobody)
        with pytest.raises(PermissionDenied, match="given by its admins"):
            revoke_key(key=row, by=nobody, via="web")
    assert revoke_key(key=row, by=chief, via="web").revoked_at is not None


def test_each_act_is_written_down_and_an_empty_one_is_none() -> None:
    segment = Segment.objects.create(key="pros", name="Pros", team=team())
    row, _ = make(segments=[segment], by=seat("chief", Role.ADMIN), via="admin")
    revoke_key(key=row, by=None, via="command")
    revoke_key(key=row, by=None, via="command")
    revoked, created = Change.objects.all()
    assert (created.kind, revoked.kind) == ("key.created", "key.revoked")
    assert (created.object_type, created.object_key) == ("key", row.prefix)
    assert (created.via, created.actor) == ("admin", "Chief")
    assert created.details == {
        "name": "CRM",
        "scopes": ["segments:read"],
        "segments": ["pros"],
        "expires_at": None,
    }


def test_a_key_lists_segments_of_its_own_team_only() -> None:
    other = Segment.objects.create(key="other", name="Other", team=team("sales"))
    with pytest.raises(KeyRefused, match="another team"):
        make(segments=[other])
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"name": " "}, "Name the key"),
        ({"name": "x" * 201}, "Name the key"),
        ({"scopes": []}, "needs a scope"),
        ({"scopes": ["segments:reed"]}, "no scope “segments:reed”"),
    ],
)
def test_a_key_without_a_name_or_with_unknown_scopes_is_refused(
    facts: dict[str, object], sentence: str
) -> None:
    with pytest.raises(KeyRefused, match=sentence):
        make(**facts)
