"""Texts of options become values, or a sentence that says which option is wrong."""

from __future__ import annotations

import pytest

from integrations.errors import ConfigError
from integrations.option_values import seconds_in, yes_in


@pytest.mark.parametrize(("text", "seconds"), [("15", 15.0), ("0.5", 0.5), ("600", 600.0)])
def test_seconds_are_read(text: str, seconds: float) -> None:
    assert seconds_in(text, vendor="tool") == seconds


@pytest.mark.parametrize("text", ["", "soon", "0", "-1", "600.1", "nan", "inf", "1e999"])
def test_what_is_no_time_to_wait_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="patience must be a number of seconds up to 600, not"):
        seconds_in(text, vendor="tool", name="patience")


def test_a_connector_may_allow_less_or_more() -> None:
    assert seconds_in("3600", vendor="tool", most=3_600) == 3_600
    with pytest.raises(ConfigError, match="timeout must be a number of seconds up to 240"):
        seconds_in("241", vendor="tool", most=240)


def test_yes_and_no_are_read_and_nothing_else() -> None:
    assert yes_in("yes", vendor="tool")
    assert not yes_in("no", vendor="tool")
    for text in ("", "Yes", "true", "1"):
        with pytest.raises(ConfigError, match=f"adopt must be yes or no, not '{text}'"):
            yes_in(text, vendor="tool")
