"""Destinations with secrets of their own: kept, replaced, forgotten, moved to newer keys."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from catalogue.models import Change, Role, User
from integrations.errors import ConfigError
from integrations.models import Destination
from integrations.sync.destinations import rotate_secrets, save_destination, secret_of
from tests.catalogue.segments.ground import seat

pytestmark = pytest.mark.django_db
OPTIONS = {"url": "http://127.0.0.1:8001", "domain": "lists.example.org"}
SECRET = "s3cret-word"
OLD = "an older key, as long as a key has to be"
NEW = "a newer key, as long as a key has to be"


def save(by: User | None = None, **said: Any) -> Destination:
    """The destination `news`, with some things said otherwise."""
    given = {"options": OPTIONS, "secrets": {}, **said}
    return save_destination(key="news", connector="mailman", by=by, via="admin", **given)


def stored() -> Destination:
    return Destination.objects.get(key="news")


def test_a_stored_secret_stands_for_the_reference_and_lies_encrypted() -> None:
    save(secrets={"password": SECRET})

    assert secret_of(stored(), "password") == SECRET
    assert SECRET not in str(Destination.objects.values().get())
    assert stored().options["password"] == ""


def test_without_any_secret_it_is_refused() -> None:
    with pytest.raises(ConfigError, match="needs the option 'password'"):
        save()
    assert not Destination.objects.exists()


def test_what_is_not_named_stays_and_none_forgets() -> None:
    save(secrets={"password": SECRET})
    save(options={**OPTIONS, "style": "legacy-default"})
    assert secret_of(stored(), "password") == SECRET
    save(secrets={"password": "another"})
    assert secret_of(stored(), "password") == "another"
    with pytest.raises(ConfigError, match="needs the option"):
        save(secrets={"password": None})
    assert secret_of(stored(), "password") == "another"


def test_a_reference_takes_the_place_of_a_stored_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWS_PASSWORD", "from outside")
    save(secrets={"password": SECRET})
    save(options={**OPTIONS, "password": "env:NEWS_PASSWORD"})
    assert stored().secrets == {}
    assert secret_of(stored(), "password") == "from outside"


def test_a_secret_moved_to_another_row_opens_nothing() -> None:
    save(secrets={"password": SECRET})
    other = {"url": OPTIONS["url"], "domain": "other.example.org"}
    save_destination(
        key="other", connector="mailman", options=other, secrets={"password": "theirs"}
    )
    Destination.objects.filter(key="other").update(secrets=stored().secrets)

    with pytest.raises(ConfigError, match="stored for another tool"):
        secret_of(Destination.objects.get(key="other"), "password")


def test_nobody_has_a_kept_secret_sent_to_another_address() -> None:
    chief = seat("chief", Role.ADMIN)
    save(secrets={"password": SECRET})
    elsewhere = {**OPTIONS, "url": "http://127.0.0.1:9999"}

    with pytest.raises(ConfigError, match="Give the password again"):
        save(by=chief, options=elsewhere)

    assert stored().options["url"] == OPTIONS["url"]
    save(by=chief, options=elsewhere, secrets={"password": "mine"})
    assert stored().options["url"] == elsewhere["url"]


@pytest.mark.parametrize("reference", ["env:SECRET_KEY", "file:/etc/hostname"])
def test_nobody_on_a_page_reads_the_server_by_calling_it_a_secret(reference: str) -> None:
    chief = seat("chief", Role.ADMIN)
    with pytest.raises(ConfigError, match="manage.py destinations"):
        save(by=chief, options={**OPTIONS, "password": reference})
    assert not Destination.objects.exists()


def test_a_reference_set_by_an_operator_stays_when_other_things_are_changed_on_a_page() -> None:
    chief = seat("chief", Role.ADMIN)
    reference = {**OPTIONS, "password": "env:NEWS_PASSWORD"}
    save(options=reference)
    save(by=chief, options={**reference, "style": "legacy-default"})
    assert stored().options["password"] == "env:NEWS_PASSWORD"


def test_who_is_no_admin_changes_no_tool() -> None:
    with pytest.raises(PermissionDenied):
        save(by=seat("ed", Role.EDITOR), secrets={"password": SECRET})
    assert not Destination.objects.exists()


def test_changes_are_written_down_without_the_secret() -> None:
    chief = seat("chief", Role.ADMIN)
    save(by=chief, secrets={"password": SECRET})
    save(by=chief, options={**OPTIONS, "style": "legacy-default"}, secrets={"password": "new"})

    newest = Change.objects.first()
    assert newest is not None
    assert (newest.kind, newest.object_key, newest.actor) == ("tool.changed", "news", "Chief")
    assert newest.details["fields"] == {
        "style": ["private-default", "legacy-default"],
        "password": [None, "given anew"],
    }
    assert SECRET not in str(list(Change.objects.values()))


def test_secrets_are_sealed_anew_with_the_newest_key_and_the_rest_is_left(settings: Any) -> None:
    settings.SECRETS_KEYS = [OLD]
    save(secrets={"password": SECRET})
    settings.SECRETS_KEYS = [NEW, OLD]
    out = StringIO()

    call_command("destinations", "rotate-secrets", stdout=out)
    settings.SECRETS_KEYS = [NEW]

    assert secret_of(stored(), "password") == SECRET
    assert "1 encrypted anew" in out.getvalue()
    assert rotate_secrets(stored()) == 0


def test_rotating_goes_on_past_one_that_opens_with_no_key_and_says_which(settings: Any) -> None:
    settings.SECRETS_KEYS = ["a lost key, as long as a key has to be"]
    save(secrets={"password": SECRET})
    settings.SECRETS_KEYS = [OLD]
    save_destination(
        key="other",
        connector="mailman",
        options={**OPTIONS, "domain": "other.example.org"},
        secrets={"password": "theirs"},
    )
    settings.SECRETS_KEYS = [NEW, OLD]
    out = StringIO()

    with pytest.raises(CommandError, match="Keep the old keys"):
        call_command("destinations", "rotate-secrets", stdout=out)

    settings.SECRETS_KEYS = [NEW]
    assert secret_of(Destination.objects.get(key="other"), "password") == "theirs"
    assert "news (mailman): The stored password of news cannot be opened" in out.getvalue()
    assert SECRET not in out.getvalue()
