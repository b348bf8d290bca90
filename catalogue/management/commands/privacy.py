"""manage.py privacy: suppression, consent, erasure, and what is deleted when."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.management.lines import json_line, table
from catalogue.models import Erasure, Suppression, SuppressionSource, Via
from catalogue.privacy.erasing.asking import request_erasure
from catalogue.privacy.erasing.labels import LABELS
from catalogue.privacy.erasing.running import run_erasure
from catalogue.privacy.files import content_of, import_consents, import_suppressions
from catalogue.privacy.purposes import purposes, set_purpose
from catalogue.privacy.refusals import FileRefused, PrivacyRefused
from catalogue.privacy.retention import Kept, delete_by_schedule, look_by_schedule
from catalogue.privacy.suppressing import Entry, lift, suppress
from catalogue.warehouse.finding import Unreadable

HELP = (
    "Suppress people, note consent, erase a person, and delete what is kept for too long."
    " docs/privacy.md says what each means."
)


class Command(BaseCommand):
    """What is done about people's own wishes, on the command line."""

    help = HELP

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand each."""
        ways = parser.add_subparsers(dest="way", required=True, metavar="WAY")
        one = ways.add_parser("suppress", help="never use these people")
        one.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV in UTF-8")
        one.add_argument("--id", default="", help="a customer's id, instead of a file")
        one.add_argument("--email", default="", help="an e-mail address, instead of a file")
        one.add_argument("--purpose", default="", help="for this purpose only")
        one.add_argument("--reason", default="", help="why; of a file, where its rows say none")
        lifting = ways.add_parser("lift", help="let somebody be used again")
        lifting.add_argument("number", type=int)
        lifting.add_argument("--reason", required=True)
        consent = ways.add_parser("consent", help="note the words of consent of a file")
        consent.add_argument("file", type=Path, metavar="FILE", help="CSV in UTF-8")
        consent.add_argument("--source", default="", help="where the rows of it say none")
        self._purposes(ways.add_parser("purposes", help="which purposes there are, or set one"))
        erasing = ways.add_parser("erase", help="erase a person everywhere; nobody undoes that")
        erasing.add_argument("id")
        erasing.add_argument("--reason", required=True)
        showing = ways.add_parser("erasure", help="how far one is, and its evidence")
        showing.add_argument("number", type=int)
        showing.add_argument("--json", action="store_true", help="print JSON Lines")
        keeping = ways.add_parser("retention", help="delete what is over its time")
        keeping.add_argument(
            "--check", action="store_true", help="only count; exit 1 if anything is over its time"
        )
        keeping.add_argument("--json", action="store_true", help="print JSON Lines")

    def _purposes(self, parser: CommandParser) -> None:
        parser.add_argument("purpose", nargs="?")
        need = parser.add_mutually_exclusive_group()
        need.add_argument("--needed", action="store_true", help="only who gave consent is used")
        need.add_argument("--not-needed", action="store_true", help="who said no is left out")
        parser.add_argument("--trait", default="", help="a boolean trait that says so too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say what came of it."""
        ways: dict[str, Callable[[dict[str, Any]], None]] = {
            "suppress": self._suppress,
            "lift": self._lift,
            "consent": self._consent,
            "purposes": self._set_purpose,
            "erase": self._erase,
            "erasure": self._show,
            "retention": self._keep,
        }
        try:
            ways[options["way"]](options)
        except FileRefused as refused:
            for row in refused.rows:
                self.stderr.write(row.sentence())
            raise CommandError(str(refused)) from refused
        except (PrivacyRefused, Unreadable) as refused:
            raise CommandError(str(refused)) from refused

    def _suppress(self, options: dict[str, Any]) -> None:
        now, reason = timezone.now(), options["reason"]
        if options["file"] is not None:
            content = content_of(options["file"])
            added = import_suppressions(content, reason=reason, now=now, by=None, via=Via.COMMAND)
            self.stdout.write(
                f"{added.new:,} suppressions added, {len(added.rows) - added.new:,} were in force;"
                f" {added.people:,} customers of today are suppressed by them."
            )
            return
        entry = Entry(
            customer_id=options["id"],
            address=options["email"],
            purpose=options["purpose"],
            reason=reason,
        )
        source = SuppressionSource.ADMIN
        row = suppress(entry=entry, source=source, now=now, by=None, via=Via.COMMAND)
        self.stdout.write(f"Suppression {row.pk} is in force since {row.since:%Y-%m-%d %H:%M} UTC.")

    def _lift(self, options: dict[str, Any]) -> None:
        number, reason = options["number"], options["reason"]
        try:
            lift(number=number, reason=reason, now=timezone.now(), by=None, via=Via.COMMAND)
        except Suppression.DoesNotExist:
            raise CommandError(f"There is no suppression {number}.") from None
        self.stdout.write(f"Suppression {number} is lifted.")

    def _consent(self, options: dict[str, Any]) -> None:
        content, now = content_of(options["file"]), timezone.now()
        rows = import_consents(content, source=options["source"], now=now, by=None, via=Via.COMMAND)
        self.stdout.write(f"{len(rows):,} words of consent noted.")

    def _set_purpose(self, options: dict[str, Any]) -> None:
        if options["purpose"]:
            set_purpose(
                purpose=options["purpose"],
                is_needed=options["needed"],
                trait=options["trait"],
                by=None,
                via=Via.COMMAND,
            )
        rows = [[p.purpose, "yes" if p.is_needed else "no", p.trait or None] for p in purposes()]
        table(self.stdout, ("purpose", "needs consent", "trait"), rows)

    def _erase(self, options: dict[str, Any]) -> None:
        asked = request_erasure(
            customer_id=options["id"],
            reason=options["reason"],
            now=timezone.now(),
            by=None,
            via=Via.COMMAND,
        )
        self._report(run_erasure(erasure_id=asked.pk, now=timezone.now()))

    def _show(self, options: dict[str, Any]) -> None:
        erasure = Erasure.objects.filter(pk=options["number"]).first()
        if erasure is None:
            raise CommandError(f"There is no erasure {options['number']}.")
        if not options["json"]:
            self._report(erasure)
            return
        for step in erasure.steps.all():
            names = ("name", "place", "is_done", "count", "answer", "at")
            json_line(self.stdout, {name: getattr(step, name) for name in names})

    def _report(self, erasure: Erasure) -> None:
        rows = [
            [
                one.place or LABELS.get(one.name, one.name),
                "done" if one.is_done else "waits",
                one.count,
                one.answer,
            ]
            for one in erasure.steps.all()
        ]
        table(self.stdout, ("step", "state", "count", "evidence"), rows)
        state = erasure.get_state_display().lower()
        self.stdout.write(f"Erasure {erasure.pk}: {state}. {erasure.fault}".rstrip())

    def _keep(self, options: dict[str, Any]) -> None:
        work = look_by_schedule if options["check"] else delete_by_schedule
        found = work(now=timezone.now())
        self._print(found, as_json=options["json"])
        over = sum(one.over for one in found)
        if options["check"] and over:
            raise CommandError(f"{over:,} rows and files are kept for longer than they may be.")

    def _print(self, found: list[Kept], *, as_json: bool) -> None:
        if as_json:
            for one in found:
                names = ("name", "label", "kept", "over", "deleted")
                json_line(self.stdout, {name: getattr(one, name) for name in names})
            return
        rows = [[one.label, one.kept, one.over, one.deleted] for one in found]
        table(self.stdout, ("what", "kept for", "over", "deleted now"), rows)
