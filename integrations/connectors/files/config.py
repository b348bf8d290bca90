"""The options of a `files` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from integrations.errors import ConfigError
from integrations.option_values import seconds_in

VENDOR = "files"
SCHEMES = ("s3", "gs", "sftp")
# In the order of the columns. The names are those of the manifest's `[contact.*]` and `[fields]`.
CONTACT = ("email", "first_name", "last_name", "phone")
FIELDS = ("segment_key", "segment_name", "why", "message", "entered_at", "goal_state")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where files lie. `scheme` is blank for this machine's disk; `host` is the bucket of an object
    store. `path` is absolute on a disk and over SFTP, and a prefix without slashes at its ends in a
    bucket."""

    path: str
    scheme: str = ""
    host: str = ""
    port: int = 22
    user: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}/{self.path.strip('/')}" if self.scheme else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How a store lets us in; each uses some of it. `endpoint` is a store's address that is not
    the vendor's own."""

    endpoint: str = ""
    region: str = ""
    access_key: str = ""
    secret_key: str = field(default="", repr=False)
    service_account: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str = ""

    @property
    def secrets(self) -> tuple[str, ...]:
        """All texts that nobody may read."""
        found = (self.secret_key, self.service_account, self.password, self.private_key)
        return tuple(text for text in found if text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`column` heads the ids, `columns` what is written beside them; `{segment}` in one is the
    segment's key. `timeout` is in seconds, for one file."""

    place: Place
    column: str = "customer_id"
    columns: tuple[str, ...] = ()
    login: Login = Login()
    timeout: float = 60.0

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        column = options.get("column") or "customer_id"
        about = {name: options.get(name, "") for name in Login.__dataclass_fields__}
        return cls(
            place=_place(options["directory"]),
            column=column,
            columns=_columns(options, column),
            login=Login(**about),
            timeout=seconds_in(options.get("timeout") or "60", vendor=VENDOR, most=3_600),
        )

    def columns_of(self, segment_key: str) -> tuple[str, ...]:
        """What is written beside the ids of this segment."""
        return tuple(name.replace("{segment}", segment_key) for name in self.columns)


def _place(text: str) -> Place:
    address = urlsplit(text)
    if "://" not in text:
        return _on_disk(text)
    if address.scheme not in SCHEMES or not address.hostname:
        raise ConfigError(
            f"{text!r} is no place for files: give an absolute path, or an address that begins with"
            " s3://BUCKET/, gs://BUCKET/ or sftp://USER@HOST/.",
            vendor=VENDOR,
        )
    if address.scheme == "sftp":
        return _over_sftp(address)
    return Place(scheme=address.scheme, host=address.netloc, path=address.path.strip("/"))


def _on_disk(text: str) -> Place:
    directory = Path(text).expanduser()
    if not directory.is_absolute():
        raise ConfigError(
            f"The directory {str(directory)!r} must be given as an absolute path.", vendor=VENDOR
        )
    return Place(path=str(directory))


def _over_sftp(address: SplitResult) -> Place:
    if address.password:
        raise ConfigError("Give the password as the option password, not in the address.")
    if not address.username:
        raise ConfigError("Say who logs in: sftp://USER@HOST/path.", vendor=VENDOR)
    return Place(
        scheme="sftp",
        host=address.hostname or "",
        port=address.port or 22,
        user=unquote(address.username),
        path=unquote(address.path) or "/",
    )


def _columns(options: Mapping[str, str], column: str) -> tuple[str, ...]:
    made = [name for name in CONTACT if options.get(f"contact_{name}")]
    made += [to for name in FIELDS if (to := options.get(f"field_{name}", ""))]
    for name in (column, *made):
        if any(char in name for char in "\r\n\0") or [column, *made].count(name) > 1:
            raise ConfigError(
                f"The column {name!r} cannot be written: each is written by one option only, and"
                " its name holds no line break. Change column or the field_… that names it.",
                vendor=VENDOR,
            )
    return tuple(made)
