"""A workspace of its own in a folder, and the product's own commands run in it."""

from __future__ import annotations

import io
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# What this machine's owner may have set for the workspace in daily use.
FOREIGN = ("WAREHOUSE_URL", "REDIS_URL", "SECRET_KEY_FILE", "WORKSPACE_TIME_ZONE")
Row = Mapping[str, Any]


class CommandFailed(Exception):
    """A command of the product did not end as it should; the message says what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command printed, one row per JSON line, and its exit code."""

    rows: Sequence[Row]
    code: int


def open_workspace(folder: Path) -> None:
    """Make `folder` the workspace of this process. Call it once, before anything of Django."""
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ |= {
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:////{str(folder / 'catalogue.sqlite3').lstrip('/')}",
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "SECRET_KEY": secrets.token_hex(32),
        "LOG_LEVEL": "WARNING",
    }
    import django

    django.setup()
    manage("migrate", "--verbosity", "0")


def manage(*arguments: str, codes: Sequence[int] = (0,)) -> Answer:
    """Run `manage.py …`; its exit code must be one of `codes`. Raises CommandFailed."""
    from django.core.management import CommandError, call_command

    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stderr(err):
            call_command(*arguments, stdout=out, stderr=err)
        code, why = 0, ""
    except CommandError as error:
        code, why = error.returncode, str(error)
    except SystemExit as stop:
        code, why = int(stop.code or 0), err.getvalue().strip()
    if code not in codes:
        said = "\n".join(filter(None, (out.getvalue().strip(), why)))
        raise CommandFailed(f"manage.py {' '.join(arguments)} ended with {code}:\n{said}")
    return Answer(rows=_rows(out.getvalue()), code=code)


def _rows(text: str) -> list[Row]:
    lines = (line for line in text.splitlines() if line.startswith("{"))
    return [json.loads(line) for line in lines]
