"""Secrets of tools are sealed for one place, opened by known keys, and never told."""

from __future__ import annotations

from typing import Any

import pytest

from integrations.errors import ConfigError
from integrations.secrets import is_current, seal, unseal

OLD = "an older key, as long as a key has to be"
NEW = "a newer key, as long as a key has to be"
SECRET = "s3cret-word"


def sealed() -> str:
    return seal(SECRET, destination="news", option="password")


def test_a_sealed_secret_opens_in_its_place_and_does_not_show_there() -> None:
    assert SECRET not in sealed()
    assert unseal(sealed(), destination="news", option="password") == SECRET
    assert sealed() != sealed()


@pytest.mark.parametrize(
    "place",
    [
        {"destination": "other", "option": "password"},
        {"destination": "news", "option": "token"},
    ],
)
def test_it_opens_nowhere_else(place: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="stored for another tool") as refused:
        unseal(sealed(), **place)
    assert SECRET not in str(refused.value) + repr(refused.value)


@pytest.mark.parametrize("text", ["", "nonsense", "gAAAA", "é"])
def test_what_was_never_sealed_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ConfigError, match="cannot be opened"):
        unseal(text, destination="news", option="password")


def test_one_changed_letter_is_noticed() -> None:
    text = sealed()
    changed = text[:40] + ("A" if text[40] != "A" else "B") + text[41:]
    with pytest.raises(ConfigError):
        unseal(changed, destination="news", option="password")


def test_older_keys_still_open_and_the_newest_one_seals(settings: Any) -> None:
    settings.SECRETS_KEYS = [OLD]
    old = sealed()
    settings.SECRETS_KEYS = [NEW, OLD]
    assert unseal(old, destination="news", option="password") == SECRET
    assert not is_current(old)
    assert is_current(sealed())
    settings.SECRETS_KEYS = [NEW]
    with pytest.raises(ConfigError, match="none of the keys"):
        unseal(old, destination="news", option="password")


def test_keys_may_be_looked_up_when_they_are_needed(settings: Any) -> None:
    settings.SECRETS_KEYS = lambda: [NEW]
    assert unseal(sealed(), destination="news", option="password") == SECRET
