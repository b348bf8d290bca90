"""Options that every destination has, whatever its connector: how its lists are kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalogue.privacy.purposes import check_purpose
from catalogue.privacy.refusals import PrivacyRefused
from integrations import registry
from integrations.errors import ConfigError
from integrations.models import Destination, SyncMode

# Each option, what it is for, and its text where nothing was said.
COMMON: Mapping[str, tuple[str, str]] = {
    "identity": ("what a member is known by over there, such as {customer_id} or {email}", ""),
    "batch_records": ("at most so many records in a batch", ""),
    "mode": ("managed, mirror, additive or enrich", "managed"),
    "function": ("whose message is sent along: marketing, sales, customer_success", ""),
    "purpose": ("what people must have consented to; blank asks for no consent", ""),
    "priority": ("keys of segments, most important first: one list for each person", ""),
    "retry_rejected_days": ("days until who was refused is tried again; 0 is never", "7"),
    "most_added_percent": ("an addition beyond this share waits for a person", "200"),
    "heals_drift": (
        "yes: the next sync puts right what a read-back finds; no: only reports",
        "yes",
    ),
    "promised_minutes": ("a list that was not confirmed for so long is an alert", "1440"),
}


def taken_from(options: dict[str, str], connector: str) -> dict[str, Any]:
    """The fields of a destination that its common options say; they are taken out of `options`.
    ConfigError says what is wrong with one."""
    said = {name: options.pop(name, default) for name, (_, default) in COMMON.items()}
    return {
        "identity": said["identity"],
        "batch_records": _number(said, "batch_records", least=1) if said["batch_records"] else None,
        "mode": _mode(said["mode"], connector),
        "function": said["function"],
        "purpose": _purpose(said["purpose"]),
        "priority": [key.strip() for key in said["priority"].split(",") if key.strip()],
        "retry_rejected_days": _number(said, "retry_rejected_days", most=3_650),
        "most_added_percent": _number(said, "most_added_percent", least=1, most=1_000_000),
        "heals_drift": _yes_or_no(said, "heals_drift"),
        "promised_minutes": _number(said, "promised_minutes", least=1, most=525_600),
    }


def said_by(destination: Destination) -> dict[str, str]:
    """The common options of a destination as texts; those that are as they come are left out."""
    texts = {name: _text(getattr(destination, name)) for name in COMMON}
    return {name: text for name, text in texts.items() if text != COMMON[name][1]}


def _text(value: object) -> str:
    shown: dict[type, Callable[[Any], str]] = {
        bool: lambda one: "yes" if one else "no",
        list: ",".join,
        type(None): lambda one: "",
    }
    return shown.get(type(value), str)(value)


def _mode(text: str, connector: str) -> str:
    about = registry.manifest(connector)
    if text not in SyncMode.values:
        raise ConfigError(f"mode must be one of {', '.join(SyncMode.values)}, not {text!r}.")
    if text not in about.modes:
        raise ConfigError(f"{about.title} can be kept as {', '.join(about.modes)}, not {text}.")
    return text


def _purpose(text: str) -> str:
    if not text:
        return ""
    try:
        check_purpose(text)
    except PrivacyRefused as fault:
        raise ConfigError(f"purpose: {fault}") from fault
    return text


def _number(said: Mapping[str, str], name: str, *, least: int = 0, most: int = 10**9) -> int:
    text = said[name]
    if not text.isdecimal() or not least <= int(text) <= most:
        at_most = f" and at most {most}" if most < 10**9 else ""
        raise ConfigError(
            f"{name} must be a whole number of at least {least}{at_most}, not {text!r}."
        )
    return int(text)


def _yes_or_no(said: Mapping[str, str], name: str) -> bool:
    if said[name] not in ("yes", "no"):
        raise ConfigError(f"{name} must be yes or no, not {said[name]!r}.")
    return said[name] == "yes"
