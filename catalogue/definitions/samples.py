"""A part of all customers that is drawn by their ids, always the same."""

from __future__ import annotations

from dataclasses import dataclass

from catalogue.definitions import rules
from catalogue.definitions.errors import Code, refuse
from catalogue.definitions.shares import Share

DEFAULT_SALT = "sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Customers whose draw, made of salt and id, lies below the share."""

    share: Share
    salt: str = DEFAULT_SALT

    def __post_init__(self) -> None:
        rules.check_text(self.salt)
        if not self.salt:
            raise refuse(Code.BAD_VALUE, "The salt is empty. Leave it out, or write a name.")
