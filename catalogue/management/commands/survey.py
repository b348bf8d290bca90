"""manage.py survey load FILE: take in a survey; manage.py survey show SLUG: sum it up."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from catalogue.management.instants import instant
from catalogue.management.lines import table
from catalogue.models import Segment, Survey, Via
from catalogue.research.answers import Answer, NoSummary, sum_up
from catalogue.research.refusals import ResearchRefused
from catalogue.research.surveys import SurveySaid, load_survey, sheet_of_file

SHOWN = 20


class Command(BaseCommand):
    """Surveys on the command line."""

    help = (
        "Load a CSV (UTF-8, with a header) or Parquet file of answers, a row for each customer and"
        " a column for each question, which become traits; all rows or none. Or sum one up."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Two subcommands."""
        ways = parser.add_subparsers(dest="way", required=True, metavar="load|show")
        loading = ways.add_parser("load", help="take in a file of answers")
        loading.add_argument("file", type=Path, metavar="FILE")
        loading.add_argument("--slug", required=True, help="begins the names of its traits")
        loading.add_argument("--name", required=True)
        loading.add_argument("--source", required=True, help="where the report is")
        loading.add_argument(
            "--asked-on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD"
        )
        loading.add_argument("--segment", default="", metavar="KEY", help="who was asked")
        loading.add_argument("--id", default="customer_id", metavar="COLUMN")
        loading.add_argument("--as-of", type=instant, metavar="INSTANT")
        showing = ways.add_parser("show", help="shares and means with their intervals")
        showing.add_argument("slug")
        showing.add_argument("--segment", default="", metavar="KEY", help="among its members")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load or show."""
        if options["way"] == "load":
            self._load(options)
        else:
            self._show(options["slug"], options["segment"])

    def _load(self, options: dict[str, Any]) -> None:
        names = ("slug", "name", "source", "asked_on", "segment", "as_of")
        said = SurveySaid(**{name: options[name] for name in names}, id_column=options["id"])
        try:
            sheet = sheet_of_file(options["file"])
            made = load_survey(said=said, sheet=sheet, by=None, via=Via.COMMAND, now=timezone.now())
        except ResearchRefused as refused:
            for row in refused.rows[:SHOWN]:
                self.stderr.write(row.sentence())
            raise CommandError(str(refused)) from refused
        traits = ", ".join(str(one["trait"]) for one in made.questions)
        self.stdout.write(f"{made.answers_count} answers loaded, as the traits {traits}.")

    def _show(self, slug: str, key: str) -> None:
        survey = Survey.objects.filter(slug=slug).first()
        segment = Segment.objects.filter(key=key).first() if key else None
        if survey is None or (key and segment is None):
            missing = f"survey “{slug}”" if survey is None else f"segment “{key}”"
            raise CommandError(f"There is no {missing}.")
        try:
            summary = sum_up(survey, segment)
        except NoSummary as nothing:
            raise CommandError(str(nothing)) from nothing
        for question in summary.questions:
            self.stdout.write(f"{question.label} (n {question.n}) {question.reason}")
            rows = [_row(answer) for answer in question.answers if answer.share.interval]
            if rows:
                table(self.stdout, ("answer", "%", "from", "to"), rows)


def _row(answer: Answer) -> list[object]:
    share, interval = answer.share, answer.share.interval
    shares = (share.value or 0.0, *((interval.low, interval.high) if interval else ()))
    return [answer.text or "all others", *(100 * one for one in shares)]
