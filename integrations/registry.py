"""Finds connectors: every folder of `connectors/` with a manifest.toml is one."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import cast

from integrations.errors import ConfigError
from integrations.http import Wire
from integrations.manifest import Manifest, Option, read_manifest
from integrations.protocol import Connector

CONNECTORS = Path(__file__).parent / "connectors"


@cache
def manifests() -> tuple[Manifest, ...]:
    """All connectors there are, by name."""
    found = sorted(CONNECTORS.glob("*/manifest.toml"))
    return tuple(read_manifest(path) for path in found)


def manifest(name: str) -> Manifest:
    """The manifest of one connector; ConfigError names those there are."""
    for each in manifests():
        if each.name == name:
            return each
    known = ", ".join(each.name for each in manifests())
    raise ConfigError(f"There is no connector called {name!r}; there are: {known}.")


def checked_options(
    name: str, options: Mapping[str, str], *, stored: Collection[str] = ()
) -> dict[str, str]:
    """`options` with defaults filled in. ConfigError for unknown, missing, and secrets in clear.
    `stored` names the secrets that are known otherwise and need not be among the options."""
    about = manifest(name)
    for key in options:
        if about.option(key) is None:
            known = ", ".join(option.name for option in about.options)
            raise ConfigError(f"{about.title} has no option {key!r}; it has: {known}.")
    filled = {option.name: options.get(option.name, option.default) for option in about.options}
    for option in about.options:
        if option.name not in stored:
            _check_option(about, option, filled[option.name])
    return filled


def _check_option(about: Manifest, option: Option, value: str) -> None:
    if option.required and not value:
        raise ConfigError(f"{about.title} needs the option {option.name!r}: {option.help}")
    if option.secret and value and not value.startswith(("env:", "file:")):
        raise ConfigError(
            f"The option {option.name!r} of {about.title} is a secret and is not kept in clear. "
            f"Say where it is found: {option.name}=env:NAME_OF_VARIABLE or "
            f"{option.name}=file:/path/of/file; or give it in the admin, which keeps it encrypted."
        )


def open_connector(
    name: str,
    options: Mapping[str, str],
    *,
    secrets: Mapping[str, str],
    wire: Wire,
) -> Connector:
    """The connector `name`, set up with `options` and the secrets that they refer to. All its
    requests go through `wire`."""
    module = importlib.import_module(f"integrations.connectors.{manifest(name).name}.connector")
    known = [option for option, secret in secrets.items() if secret]
    settings = {**checked_options(name, options, stored=known), **secrets}
    return cast("Connector", module.open_connector(settings, wire=wire))
