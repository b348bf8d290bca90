"""The options of a `files` destination, typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from integrations.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """`directory` is absolute and exists; `column` heads the CSV."""

    directory: Path
    column: str

    @classmethod
    def parse(cls, options: Mapping[str, str]) -> Config:
        """Options as a person gave them; ConfigError says what is wrong."""
        directory = Path(options["directory"]).expanduser()
        if not directory.is_absolute():
            raise ConfigError(
                f"The directory {str(directory)!r} must be given as an absolute path.",
                vendor="files",
            )
        return cls(directory=directory, column=options.get("column") or "customer_id")
