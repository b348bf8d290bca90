"""Names of traits and events in addresses. They are what systems sent: any text at all."""

from __future__ import annotations

import re

# What an address cannot hold as it stands is written ~2E: the code of the letter in UTF-8, a byte
# at a time. Browsers take . and .. for steps, proxies join slashes, and lines end an address.
ESCAPED = re.compile(r"~([0-9A-F]{2})")
UNSAFE = re.compile(r"~|[\x00-\x1f\x7f]|(?:^|(?<=/))/|/$|(?:^|(?<=/))\.{1,2}(?=/|$)")


class TermName:
    """A name as part of an address; it reads back to the letter."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        """The name that an address says."""
        return ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)

    def to_url(self, value: str) -> str:
        """The name with what no address can hold written as its code."""
        return UNSAFE.sub(lambda found: "".join(f"~{ord(one):02X}" for one in found[0]), value)
