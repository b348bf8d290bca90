"""manage.py customers delete|merge FILE: take customers out of the population."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.management.load_report import (
    refusals_of,
    report,
    report_refusals,
    report_refused_file,
)
from catalogue.warehouse.importers import read_file
from catalogue.warehouse.loads import How, RowsRefused
from catalogue.warehouse.population import delete_customers, merge_customers
from catalogue.warehouse.refusals import LoadError

SERVICES = {"delete": delete_customers, "merge": merge_customers}


class Command(BaseCommand):
    """Delete or merge the customers that a file lists; all of them or none."""

    help = (
        "delete FILE: delete the customers of the column customer_id (or the first one)."
        " merge FILE: merge the customers of the column `from` into those of the column `into`."
        " Neither can be undone, and no load brings anybody back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and the file that says to whom."""
        parser.add_argument("what", choices=sorted(SERVICES))
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="do the other rows of the file"
        )
        parser.add_argument("--json", action="store_true", help="report as JSON Lines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and report; exit 1 when the file is refused."""
        file, as_json = options["file"], options["json"]
        out = self.stdout if as_json else self.stderr
        try:
            how = How(skip_bad_rows=options["skip_bad_rows"])
            load = SERVICES[options["what"]](read_file(file), now=timezone.now(), how=how)
        except RowsRefused as error:
            report_refused_file(out, error, file=file.name, as_json=as_json)
            raise CommandError(str(error)) from error
        except LoadError as error:
            raise CommandError(str(error)) from error
        report(self.stdout, load, as_json=as_json)
        report_refusals(out, refusals_of(load), load.rows_refused, file=file.name, as_json=as_json)
