"""manage.py drift: read what tools really hold and compare."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.errors import IntegrationError
from integrations.models import Audience
from integrations.sync.run import NotNow, measure_drift
from integrations.sync.wanted import wanted_audiences

DIFFERENT = 2


def _clock() -> datetime:
    return datetime.now(UTC)


class Command(BaseCommand):
    """Exit 0 when no list differs, 2 when one does, 1 when one could not be read."""

    help = "Read what tools really hold and compare. Exit 2 when something of ours differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "keys", nargs="*", metavar="KEY", help="segments; all live ones if none"
        )
        parser.add_argument("--to", default="", metavar="DESTINATION", help="only this destination")
        parser.add_argument("--json", action="store_true", help="one JSON object per list")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = wanted_audiences(keys=options["keys"], destination=options["to"])
        lines = [measured(audience) for audience in wanted.audiences]
        for line in lines:
            self.stdout.write(json.dumps(line) if options["json"] else sentence(line))
        missing = set(options["keys"]) - {line["segment"] for line in lines}
        if missing:
            raise CommandError(f"Not synced anywhere: {', '.join(sorted(missing))}.")
        if any(line["different"] is None for line in lines):
            raise CommandError("Not every list could be read; see above.")
        if any(line["different"] for line in lines):
            sys.exit(DIFFERENT)


def measured(audience: Audience) -> dict[str, Any]:
    """One list's drift; `different` is None if it could not be read."""
    about = {"segment": audience.segment_key, "destination": audience.destination.key}
    try:
        report = measure_drift(audience_id=audience.pk, clock=_clock)
    except NotNow as reason:
        return about | {"different": None, "sentence": str(reason)}
    except IntegrationError as fault:
        return about | {"different": None, "sentence": str(fault)}
    if not report.verifiable:
        return about | {"different": None, "sentence": report.note}
    return about | {
        "different": report.is_different,
        "version": report.version,
        "expected": report.expected,
        "held": report.held,
        "missing": report.missing,
        "extra": report.extra,
        "foreign": report.foreign,
        "as_of": report.as_of.isoformat(),
        "sentence": report.note,
    }


def sentence(line: dict[str, Any]) -> str:
    """One list for people."""
    start = f"{line['segment']} in {line['destination']}"
    if line["different"] is None:
        return f"{start}: {line['sentence']}"
    found = (
        f"holds {line['held']:,}, drift {line['missing'] + line['extra']:,} "
        f"({line['missing']:,} missing, {line['extra']:,} extra), {line['foreign']:,} foreign"
    )
    return f"{start}: {found}. {line['sentence']}".rstrip()
