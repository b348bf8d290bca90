"""Texts of options as values, the same way in every connector's config."""

from __future__ import annotations

from integrations.errors import ConfigError

LONGEST_TIMEOUT = 600


def seconds_in(
    text: str, *, vendor: str, name: str = "timeout", most: int = LONGEST_TIMEOUT
) -> float:
    """A number of seconds above 0 and up to `most`; ConfigError for anything else."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= most:
        raise ConfigError(
            f"{name} must be a number of seconds up to {most}, not {text!r}.", vendor=vendor
        )
    return seconds


def yes_in(text: str, *, vendor: str, name: str = "adopt") -> bool:
    """Whether a text is yes; ConfigError unless it is yes or no."""
    if text not in ("yes", "no"):
        raise ConfigError(f"{name} must be yes or no, not {text!r}.", vendor=vendor)
    return text == "yes"
