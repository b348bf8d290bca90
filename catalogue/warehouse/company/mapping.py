"""What a company calls its tables and columns. Without a file: as Segment and RudderStack lay out a
warehouse (`users`, `identifies`, `tracks`, and a table for each event)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from catalogue.warehouse.company.errors import WarehouseError

# Names that may be left empty: what they would name is not there.
MAY_BE_EMPTY = (
    "schema", "location", "identifies.table", "tracks.id", "aliases.table", "groups.table",
)  # fmt: skip
# Columns that say how a row came there, not what anybody is or did.
BOOKKEEPING = (
    "anonymous_id", "received_at", "sent_at", "original_timestamp", "uuid", "uuid_ts", "loaded_at",
    "context_*", "channel", "__*",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Users:
    """The table with one row for each customer: who there is, and each trait's present value."""

    table: str = "users"
    id: str = "id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifies:
    """The history of traits, a row for each time that some were said; no `table`, no history."""

    table: str = "identifies"
    customer: str = "user_id"
    time: str = "timestamp"
    received: str = "received_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """What happened: `event` names the event, and the table that has its properties. The other
    columns are those of each event's table. Of rows with one `id` the first received counts;
    without `id`, or where a table has no such column, all do."""

    table: str = "tracks"
    event: str = "event"
    id: str = "id"
    customer: str = "user_id"
    time: str = "timestamp"
    received: str = "received_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases:
    """Who is whom by now: `previous` was merged into `customer`. No `table`, no merges."""

    table: str = "aliases"
    previous: str = "previous_id"
    customer: str = "user_id"
    time: str = "timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """Whose customer is whose, and the history of the accounts' traits. No `table`, no accounts."""

    table: str = "groups"
    account: str = "group_id"
    customer: str = "user_id"
    time: str = "timestamp"
    received: str = "received_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Names of tables and columns in the warehouse. `ignore` are patterns of columns that are
    neither traits nor properties. Without a `schema` it is that of the address, on PostgreSQL
    `public`. On Spark tables may be folders of Parquet files in the folder `location`."""

    schema: str = ""
    location: str = ""
    users: Users = field(default_factory=Users)
    identifies: Identifies = field(default_factory=Identifies)
    tracks: Tracks = field(default_factory=Tracks)
    aliases: Aliases = field(default_factory=Aliases)
    groups: Groups = field(default_factory=Groups)
    ignore: tuple[str, ...] = BOOKKEEPING

    def takes(self, column: str) -> bool:
        """Whether a column is a trait or a property."""
        return not any(fnmatchcase(column, pattern) for pattern in self.ignore)


def read_mapping(path: Path | None) -> Mapping:
    """The mapping in a TOML file; what it does not say is as in Mapping. Raises WarehouseError with
    the place of what cannot be used."""
    if path is None:
        return Mapping()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WarehouseError(f"The mapping {path} cannot be read: {error}.") from error
    return _mapping(data)


def _mapping(data: AnyMapping[str, object]) -> Mapping:
    default = Mapping()
    _refuse_unknown(data, default, "")
    return replace(
        default,
        schema=_name(data, "schema", default.schema, ""),
        location=_name(data, "location", default.location, ""),
        users=replace(default.users, **_section(data, "users", default.users)),
        identifies=replace(default.identifies, **_section(data, "identifies", default.identifies)),
        tracks=replace(default.tracks, **_section(data, "tracks", default.tracks)),
        aliases=replace(default.aliases, **_section(data, "aliases", default.aliases)),
        groups=replace(default.groups, **_section(data, "groups", default.groups)),
        ignore=_patterns(data.get("ignore", list(default.ignore))),
    )


def _section(data: AnyMapping[str, object], name: str, default: object) -> dict[str, str]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        raise WarehouseError(f"In the mapping, {name} must be a table of names, as in [{name}].")
    _refuse_unknown(section, default, f"{name}.")
    return {key: _name(section, key, "", f"{name}.") for key in section}


def _refuse_unknown(data: AnyMapping[str, object], known: object, place: str) -> None:
    names = [one.name for one in fields(known)]  # type: ignore[arg-type]
    for key in data:
        if key not in names:
            near = get_close_matches(key, names, n=1)
            hint = f"did you mean {place}{near[0]}" if near else f"there are {', '.join(names)}"
            raise WarehouseError(f"In the mapping, {place}{key} is not known; {hint}.")


def _name(data: AnyMapping[str, object], key: str, default: str, place: str) -> str:
    name = data.get(key, default)
    if not isinstance(name, str) or not (name or f"{place}{key}" in MAY_BE_EMPTY):
        raise WarehouseError(f"In the mapping, {place}{key} must be a name in quotes.")
    return name


def _patterns(listed: object) -> tuple[str, ...]:
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise WarehouseError('In the mapping, ignore must be a list of patterns, as ["context_*"].')
    return tuple(listed)
