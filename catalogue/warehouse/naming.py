"""Names of events, traits and properties as names of folders and columns, one to one.

Every UTF-8 byte outside a–z, 0–9 and _ becomes `-` and two hex digits. So no two names meet in one
folder, also where the file system or DuckDB ignores case. (Not `%`: table paths are URLs to
Delta Lake, which would decode it.)
"""

from __future__ import annotations

import hashlib
import re

PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_")
LONGEST = 160  # of an encoded name; a folder's name may have 255 bytes at most
HASHED = "-h"  # no encoded byte starts so: h is no hex digit


def encode(name: str) -> str:
    """The name for a folder or column. A long one is cut and told apart by a hash."""
    data = name.encode("utf-8", "surrogatepass")
    encoded = "".join(chr(byte) if byte in PLAIN else f"-{byte:02x}" for byte in data)
    if len(encoded) <= LONGEST:
        return encoded
    return encoded[:80] + HASHED + hashlib.sha256(data).hexdigest()


def decode(encoded: str) -> str | None:
    """The name that was encoded; None for one that was too long to be kept whole."""
    if HASHED in encoded:
        return None
    data = re.sub(rb"-([0-9a-f]{2})", lambda m: bytes.fromhex(m[1].decode()), encoded.encode())
    return data.decode("utf-8", "surrogatepass")


def value_column(name: str, kind: str) -> str:
    """The column of a property's values of one kind."""
    return f"{encode(name)}.{kind}"
