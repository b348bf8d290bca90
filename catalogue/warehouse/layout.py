"""Where tables lie in the lake.

A table's *key* says what it holds: `events/<name>`, `traits/customer/<name>`, `customer_accounts`.
Its *path* is the key and the fence of the writer who made it. So a folder is made by one writer
only, and one that no photo names can be removed without hurting anybody.
"""

from __future__ import annotations

from pathlib import Path

from catalogue.warehouse.naming import decode, encode

EVENTS = "events"
TRAITS = "traits"
CUSTOMER_ACCOUNTS = "customer_accounts"
CONFIRMED = "confirmed"


def events_key(name: str) -> str:
    """All rows of one event: ordinal, at, event_id, `<property>.<kind>` …"""
    return f"{EVENTS}/{encode(name)}"


def trait_key(subject: str, name: str) -> str:
    """All changes of one trait: ordinal, at, sequence, one column per kind."""
    return f"{TRAITS}/{subject}/{encode(name)}"


def confirmed_key(subject: str) -> str:
    """What loads said again without changing it: trait, at, sequence, ordinals (a bitmap)."""
    return f"{CONFIRMED}/{subject}"


def path_of(key: str, fence: int) -> str:
    """The path of a table made by the writer with this fence."""
    return f"{key}/{fence}"


def key_of(path: str) -> str:
    """What the table at this path holds."""
    return path.rpartition("/")[0]


def made_by(path: str) -> int:
    """The fence of the writer who made the table at this path."""
    fence = path.rpartition("/")[2]
    return int(fence) if fence.isdigit() else 0


def name_of(key: str) -> str | None:
    """The event or trait a key was made from; None when it was too long to be kept in it."""
    return decode(key.rpartition("/")[2])


def paths_on_disk(lake_dir: Path) -> list[str]:
    """Every table's path in the lake, whether or not a photo names it."""
    patterns = ("events/*/*", "traits/*/*/*", "customer_accounts/*", "confirmed/*/*")
    found = (folder for pattern in patterns for folder in lake_dir.glob(pattern))
    return sorted(folder.relative_to(lake_dir).as_posix() for folder in found)
