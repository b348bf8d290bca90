"""manage.py load customers|accounts|events FILE: take in a CSV or Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from catalogue.management.instants import instant
from catalogue.management.load_report import (
    refusals_of,
    report,
    report_refusals,
    report_refused_file,
)
from catalogue.models import Load
from catalogue.warehouse import ingest
from catalogue.warehouse.importers import Sheet, read_file
from catalogue.warehouse.loads import How, RowsRefused
from catalogue.warehouse.refusals import LoadError


class Command(BaseCommand):
    """Load customers, accounts or events; all rows of the file or none."""

    help = (
        "Load a CSV (UTF-8, with a header) or Parquet file. Every column that no option names is a"
        " trait or a property of its own name. All rows are loaded or none, unless --skip-bad-rows."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One subcommand for each kind of file."""
        kinds = parser.add_subparsers(
            dest="kind", required=True, metavar="customers|accounts|events"
        )
        for kind in ("customers", "accounts"):
            self._subject_arguments(kinds.add_parser(kind, help=f"one row for each of the {kind}"))
        self._event_arguments(kinds.add_parser("events", help="one row for each event"))

    def _subject_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--id", default="id", metavar="COLUMN", help="ids (default: id)")
        parser.add_argument(
            "--account", metavar="COLUMN", help="id of the customer's account (customers only)"
        )
        parser.add_argument(
            "--as-of",
            type=instant,
            metavar="INSTANT",
            help="since when the values hold (default: now)",
        )
        self._common_arguments(parser)

    def _event_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--event", metavar="NAME", help="the name of all events of the file")
        parser.add_argument("--event-column", metavar="COLUMN", help="the name of each event")
        parser.add_argument(
            "--customer", default="customer_id", metavar="COLUMN", help="who did it"
        )
        parser.add_argument("--time", default="time", metavar="COLUMN", help="when it happened")
        parser.add_argument(
            "--event-id",
            metavar="COLUMN",
            help="ids of events: of one id the first received stays. Without, a file counts once.",
        )
        parser.add_argument(
            "--again", action="store_true", help="load a file without ids though it was loaded"
        )
        self._common_arguments(parser)

    def _common_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="load the other rows of the file"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the file and report; exit 1 when it is refused."""
        file: Path = options["file"]
        try:
            sheet = read_file(file)
            with self._progress(sheet) as bar:
                how = How(skip_bad_rows=options["skip_bad_rows"], on_rows=bar.update)
                load, already = self._load(sheet, options, how)
        except RowsRefused as error:
            out = self.stdout if options["json"] else self.stderr
            report_refused_file(out, error, file=file.name, as_json=options["json"])
            raise CommandError(str(error)) from error
        except LoadError as error:
            raise CommandError(str(error)) from error
        report(self.stdout, load, as_json=options["json"], already=already)
        if not already:
            out = self.stdout if options["json"] else self.stderr
            refused = refusals_of(load)
            report_refusals(
                out, refused, load.rows_refused, file=file.name, as_json=options["json"]
            )

    @contextmanager
    def _progress(self, sheet: Sheet) -> Iterator[tqdm[Any]]:
        # disable=None: no bar where stderr is no terminal.
        with tqdm(total=len(sheet.rows), unit=" rows", disable=None, desc=sheet.name) as bar:
            yield bar

    def _load(self, sheet: Sheet, options: dict[str, Any], how: How) -> tuple[Load, bool]:
        if options["kind"] == "events":
            return self._load_events(sheet, options, how)
        as_of: datetime = options["as_of"] or timezone.now()
        if options["kind"] == "accounts":
            if options["account"]:
                raise LoadError("--account is for customers: accounts belong to nobody.")
            return ingest.load_accounts(sheet, as_of=as_of, id_column=options["id"], how=how), False
        load = ingest.load_customers(
            sheet, as_of=as_of, id_column=options["id"], account=options["account"], how=how
        )
        return load, False

    def _load_events(self, sheet: Sheet, options: dict[str, Any], how: How) -> tuple[Load, bool]:
        newest = Load.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        names = ("event", "event_column", "customer", "time", "event_id", "again")
        load = ingest.load_events(sheet, **{name: options[name] for name in names}, how=how)
        return load, load.pk <= newest
