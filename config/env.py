"""Typed readers of the environment. A wrong value stops the start with a sentence that names it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
SQLITE = {"sqlite", "sqlite3", "file"}
POSTGRES = {"postgres", "postgresql", "psql", "pgsql"}
# What a company's own warehouse may be on.
WAREHOUSES = POSTGRES | {"spark", "clickhouse"}
SHORTEST_KEY = 32
REDIS = {"redis", "rediss", "unix", "redis+socket"}


class WrongSetting(ImproperlyConfigured):
    """An environment variable holds a value the product cannot use."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"The environment variable {name} {problem}")
        self.name = name


def text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks; `default` when unset or empty."""
    return os.environ.get(name, "").strip() or default


def required(name: str) -> str:
    """The variable, which must be set."""
    value = text(name)
    if not value:
        raise WrongSetting(name, "is not set, and there is no safe default for it. Set it.")
    return value


def secret(name: str) -> str:
    """The variable, or the content of the file that NAME_FILE names; empty when neither is set."""
    path = text(f"{name}_FILE")
    if not path:
        return text(name)
    if text(name):
        raise WrongSetting(name, f"and {name}_FILE are both set. Keep one of them.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSetting(f"{name}_FILE", f"names {path}, which cannot be read: {error}") from None


def fingerprint_key(name: str) -> str:
    """One key, from the variable or the file of NAME_FILE; empty when neither is set."""
    keys = secrets_keys(name)
    if len(keys) > 1:
        raise WrongSetting(name, "holds several keys, and there can be only one.")
    return keys[0] if keys else ""


def secrets_keys(name: str) -> list[str]:
    """Keys separated by commas or blanks, newest first, from the variable or the file of
    NAME_FILE; empty when neither is set."""
    keys = secret(name).replace(",", " ").split()
    short = next((key for key in keys if len(key) < SHORTEST_KEY), None)
    if short is not None:
        raise WrongSetting(
            name,
            f"holds a key of {len(short)} characters; it takes {SHORTEST_KEY} to be safe. Make one"
            " with: python -c 'import secrets; print(secrets.token_urlsafe(32))'",
        )
    return keys


def boolean(name: str, *, default: bool) -> bool:
    """true/false, yes/no, on/off or 1/0."""
    value = text(name).lower()
    if not value:
        return default
    if value not in TRUE | FALSE:
        raise WrongSetting(name, f"is {value!r}. Write true or false.")
    return value in TRUE


def integer(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """A whole number between `minimum` and `maximum`, both included."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
        problem = f"is {value!r}. Write a whole number from {minimum} to {maximum}."
        raise WrongSetting(name, problem)
    return int(value)


def items(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A list separated by commas."""
    value = text(name)
    return [part.strip() for part in value.split(",") if part.strip()] if value else list(default)


def time_zone(name: str, default: str = "UTC") -> str:
    """The name of an IANA time zone."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        problem = f"is {value!r}, which is no time zone. Write a name such as Europe/Berlin."
        raise WrongSetting(name, problem) from None
    return value


def folder(name: str, default: Path) -> Path:
    """An absolute folder; it need not exist, but nothing else may be in its place."""
    path = Path(text(name, str(default))).expanduser().absolute()
    if path.exists() and not path.is_dir():
        raise WrongSetting(name, f"is {path}, which is not a folder.")
    return path


def database(name: str, default: Path) -> dict[str, Any]:
    """Django's settings of a SQLite file or a PostgreSQL database."""
    url = text(name)
    if not url:
        return _sqlite(str(default))
    scheme = url.partition(":")[0].lower()
    if scheme in SQLITE:
        return _sqlite(_sqlite_path(name, url))
    if scheme in POSTGRES:
        return _postgres(name, url)
    problem = f"starts with {scheme!r}. Write sqlite:///folder/file.sqlite3 or postgres://…"
    raise WrongSetting(name, problem)


def _sqlite_path(name: str, url: str) -> str:
    # As everywhere: three slashes for a relative path, four for an absolute one.
    path = unquote(urlsplit(url).path)[1:]
    if not path or path == ":memory:":
        problem = "names no file. Several processes share the database, so it must be a file."
        raise WrongSetting(name, problem)
    return str(Path(path).absolute())


def _sqlite(path: str) -> dict[str, Any]:
    return {
        "ENGINE": "config.sqlite",
        "NAME": path,
        "OPTIONS": {
            # A write lock is taken when a transaction begins, never half-way through it.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def _postgres(name: str, url: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = dict(environ.Env.db_url_config(url))
    except ValueError as error:
        raise WrongSetting(name, f"cannot be read as a database address: {error}") from None
    timeout = integer("STATEMENT_TIMEOUT_SECONDS", 120, minimum=1, maximum=86_400)
    limits = (
        f"-c statement_timeout={timeout}s -c lock_timeout=3s"
        " -c idle_in_transaction_session_timeout=30s -c synchronous_commit=on"
    )
    options = {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 30,
        "options": limits,
        **parsed.pop("OPTIONS", {}),
    }
    return {**parsed, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}


def site(name: str, default: str) -> str:
    """The address of a web site, without the slash at its end."""
    url = text(name, default)
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise WrongSetting(name, f"is {url!r}. Write https://segments.example.com.")
    return url.rstrip("/")


def mail(name: str, default: str) -> dict[str, Any]:
    """Django's settings of a mail server: smtp://, smtp+tls:// or smtps://user:password@host:port;
    consolemail:// prints the mails."""
    url = secret(name) or default
    try:
        return dict(environ.Env.email_url_config(url))
    except (ValueError, ImproperlyConfigured):
        problem = "names no mail server. Write smtp+tls://user:password@host:587 or consolemail://"
        raise WrongSetting(name, problem) from None


def redis(name: str) -> str:
    """A Redis address, redis://… or unix:///path/redis.sock; empty when unset."""
    url = text(name)
    if url and url.partition(":")[0].lower() not in REDIS:
        problem = "is no Redis address. Write redis://host:6379/0 or unix:///path/redis.sock."
        raise WrongSetting(name, problem)
    # One spelling inside: a socket is unix://, which the Redis client reads.
    return url.replace("redis+socket://", "unix://", 1)


def lake(name: str, default: Path) -> Path:
    """The folder of the embedded lake: `lake:///folder`, or the default; that too while a company's
    own warehouse is named."""
    url = secret(name)
    if not url or _scheme(url) in WAREHOUSES:
        return default
    parts = urlsplit(url)
    if parts.scheme not in {"lake", "file"} or parts.netloc or len(parts.path) < 2:
        problem = (
            "names no warehouse. Write postgres://…, clickhouse://… or spark://… for a"
            " company's own, lake:///absolute/folder for the embedded lake, or leave it unset."
        )
        raise WrongSetting(name, problem)
    return Path(unquote(parts.path))


def warehouse(name: str) -> str:
    """The address of a company's own warehouse; empty for the embedded lake."""
    url = secret(name)
    return url if _scheme(url) in WAREHOUSES else ""


def _scheme(url: str) -> str:
    return url.partition(":")[0].lower()


def file(name: str) -> str:
    """The path of a file that is there; empty when unset."""
    path = text(name)
    if path and not Path(path).is_file():
        raise WrongSetting(name, f"is {path}, and there is no such file.")
    return path


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use. Lives only as long as the process while the folder
    does not exist, so that commands which need no data leave nothing behind."""
    if path.parent.is_dir() and not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="ascii")
        _link_once(fresh, path)
    return path.read_text(encoding="ascii") if path.exists() else secrets.token_urlsafe(48)


def kept_when_needed(path: Path) -> Callable[[], list[str]]:
    """The secret in `path`, made, with its folder, by the first who asks: what it locks must be
    opened again by other processes."""

    def keys() -> list[str]:
        path.parent.mkdir(parents=True, exist_ok=True)
        return [kept_secret(path)]

    return keys


def _link_once(fresh: Path, path: Path) -> None:
    # Two processes may start at once: the first link wins, both read the same secret.
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return
    finally:
        fresh.unlink()
