"""manage.py sync: send live segments to the tools they name, then read back what these hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations.models import Audience, SyncState
from integrations.sync.batches import planned_batches
from integrations.sync.run import Finished, NotNow, preview, sync_audience
from integrations.sync.wanted import wanted_audiences
from integrations.sync.work import Asked


def _clock() -> datetime:
    return datetime.now(UTC)


class Command(BaseCommand):
    """Exit 0 when every list is in step, 1 when not; each list says why."""

    help = "Send live segments to the tools that they name, and read back what these hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "keys", nargs="*", metavar="KEY", help="segments; all live ones if none"
        )
        parser.add_argument("--to", default="", metavar="DESTINATION", help="only this destination")
        parser.add_argument(
            "--approve", action="store_true", help="let this change past the brake, once"
        )
        parser.add_argument(
            "--recreate", action="store_true", help="make a list anew that is gone from its tool"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only say what would be sent; send nothing"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object per list")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = wanted_audiences(keys=options["keys"], destination=options["to"])
        lines = [self._line(audience, options) for audience in wanted.audiences]
        for line in lines:
            self.stdout.write(json.dumps(line) if options["json"] else sentence(line))
        faults = [*wanted.faults, *unmet(options, wanted.audiences, wanted.faults)]
        if faults:
            raise CommandError("\n".join(faults))
        if not all(line["ok"] for line in lines):
            raise CommandError("Not every list is in step; see above.")

    def _line(self, audience: Audience, options: dict[str, Any]) -> dict[str, Any]:
        about = {"segment": audience.segment_key, "destination": audience.destination.key}
        asked = Asked(actor="command", approve=options["approve"], recreate=options["recreate"])
        try:
            if options["dry_run"]:
                return about | planned(audience)
            done = sync_audience(audience_id=audience.pk, clock=_clock, asked=asked)
        except NotNow as reason:
            return about | {"ok": False, "state": "not begun", "sentence": str(reason)}
        return about | ended(done)


def planned(audience: Audience) -> dict[str, Any]:
    """What a dry run says of one list."""
    seen = preview(audience_id=audience.pk, clock=_clock)
    batches = list(planned_batches(audience, seen, clock=_clock))
    return {
        "ok": seen.brake is None,
        "state": "planned",
        "version": seen.version.membership_version,
        "to_add": len(seen.plan.to_add),
        "to_remove": len(seen.plan.to_remove),
        "waterfall": seen.target.waterfall(),
        "batches": [
            {
                "number": batch.number,
                "operation": batch.operation.value,
                "requests": batch.requests,
                "identities": [record.identity for record in batch.records],
            }
            for batch in batches
        ],
        "sentence": seen.brake or "",
    }


def ended(done: Finished) -> dict[str, Any]:
    """What is said of one list after its sync."""
    run, drift = done.run, done.drift
    seen = drift if drift is not None and drift.verifiable else None
    return {
        "ok": run.state == SyncState.SUCCEEDED,
        "state": str(run.state),
        "version": run.to_version,
        "added": run.added,
        "removed": run.removed,
        "rejected": run.rejected,
        "unknown": run.unknown,
        "held": None if seen is None else seen.held,
        "drift": None if seen is None else seen.missing + seen.extra,
        "foreign": None if seen is None else seen.foreign,
        "sentence": run.sentence,
    }


def sentence(line: dict[str, Any]) -> str:
    """One list for people."""
    start = f"{line['segment']} → {line['destination']}: {line['state']}"
    if "to_add" in line:
        start += f", m{line['version']}: {line['to_add']:,} to add, {line['to_remove']:,} to remove"
    elif "added" in line:
        start += f", m{line['version']}: {line['added']:,} added, {line['removed']:,} removed"
    if line.get("held") is not None:
        start += f", holds {line['held']:,}, drift {line['drift']:,}"
    return f"{start}. {line['sentence']}".rstrip()


def unmet(
    options: dict[str, Any], audiences: tuple[Audience, ...], faults: tuple[str, ...]
) -> list[str]:
    """A sentence for each segment asked for that nothing was done about."""
    done = {audience.segment_key for audience in audiences}
    to = f" to {options['to']}" if options["to"] else ""
    if not options["keys"] and not audiences and not faults:
        return [
            f"No live segment is to be synced{to}. A segment file says where: sync: [{{to: …}}]"
        ]
    return [
        f"{key} is not synced{to}: it is no live segment, or its file names no such destination "
        "under sync."
        for key in options["keys"]
        if key not in done and not faults
    ]
