"""Surveys: the answers of customers come in as a file and become traits, so that definitions can
ask for them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify

from catalogue.definitions.windows import start_of_day
from catalogue.models import Segment, Survey, TraitEntry, User
from catalogue.permissions import Actor
from catalogue.research.refusals import ResearchRefused
from catalogue.research.rights import check_can_load
from catalogue.segments.changes import record
from catalogue.warehouse.columns import read_ids, refuse_repeats
from catalogue.warehouse.importers import Sheet, read_file
from catalogue.warehouse.ingest import load_customers
from catalogue.warehouse.loads import How, RowsRefused
from catalogue.warehouse.ordinals import look_up
from catalogue.warehouse.refusals import LoadError, Refusals, shown

MOST_QUESTIONS = 50
SLUG = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveySaid:
    """What somebody says of a survey. `slug`: small letters, digits and _, the beginning of the
    names of its traits; `segment`: the key of who was asked, "" for everyone; `id_column`: where
    the ids of customers stand. Every other column is a question, its heading what was asked.
    `as_of`: since when the answers hold, by default since the day of the survey began."""

    slug: str
    name: str
    source: str
    asked_on: date
    segment: str = ""
    id_column: str = "customer_id"
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A column of the file, and the trait its answers become."""

    column: str
    key: str
    trait: str
    kind: str


def surveys_for(viewer: Actor) -> QuerySet[Survey]:
    """Those that exist for `viewer`: about everyone, or about a segment that does; newest first."""
    there = Q(segment=None) | Q(segment__in=Segment.objects.visible_to(viewer).values("pk"))
    return Survey.objects.filter(there).select_related("segment").order_by("-asked_on", "-pk")


def load_survey(*, said: SurveySaid, sheet: Sheet, by: Actor, via: str, now: datetime) -> Survey:
    """Take in a survey with its answers: all rows or none. Nobody is created by it: a customer who
    is not there is refused, with the row.

    Raises ResearchRefused with the field, or the rows, at fault, and PermissionDenied. Whoever is
    cut off between the answers and the survey loads the same file again."""
    check_can_load(by)
    segment = _check(said, by, now)
    as_of = said.as_of or start_of_day(said.asked_on, ZoneInfo(settings.WORKSPACE_TIME_ZONE))
    try:
        answers, questions = _read(sheet, said)
        load = load_customers(answers, as_of=as_of, id_column=said.id_column, how=How())
    except RowsRefused as refused:
        raise _rows_refused(sheet, refused) from refused
    except LoadError as error:
        raise ResearchRefused(str(error), pointer="/csv") from error
    try:
        with transaction.atomic():
            survey = Survey.objects.create(
                slug=said.slug,
                name=said.name.strip(),
                source=said.source.strip(),
                asked_on=said.asked_on,
                segment=segment,
                questions=[_as_data(question) for question in questions],
                answers_count=load.rows_loaded,
                answers_as_of=as_of,
                created_by=by if isinstance(by, User) else None,
            )
            _name_traits(questions, survey)
            _record(survey, by=by, via=via)
    except IntegrityError as error:
        raise _taken(said.slug) from error
    return survey


def sheet_of_text(text: str, name: str = "answers.csv") -> Sheet:
    """The sheet of a CSV file that was sent as text. Raises ResearchRefused."""
    return sheet_of_bytes(text.encode(), name)


def sheet_of_bytes(data: bytes, name: str) -> Sheet:
    """The same of a file that was uploaded; of its `name` only the last part counts."""
    plain = re.sub(r"[^\w. -]", "_", Path(name).name)[:100].strip(". ") or "answers.csv"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / plain
        path.write_bytes(data)
        return sheet_of_file(path)


def sheet_of_file(path: Path) -> Sheet:
    """The sheet of a CSV or Parquet file. Raises ResearchRefused."""
    try:
        return read_file(path)
    except LoadError as error:
        raise ResearchRefused(str(error), pointer="/csv") from error


def _check(said: SurveySaid, by: Actor, now: datetime) -> Segment | None:
    if not SLUG.fullmatch(said.slug):
        raise ResearchRefused(
            "The short name begins the names of traits: a small letter, then up to 39 small"
            " letters, digits and _, as in trial_exit.",
            pointer="/slug",
        )
    if Survey.objects.filter(slug=said.slug).exists():
        raise _taken(said.slug)
    for name, longest in (("name", 200), ("source", 500)):
        if not 0 < len(getattr(said, name).strip()) <= longest:
            raise ResearchRefused(f"Write 1 to {longest} characters.", pointer=f"/{name}")
    if said.asked_on > now.astimezone(ZoneInfo(settings.WORKSPACE_TIME_ZONE)).date():
        raise ResearchRefused("Nobody was asked in the future.", pointer="/asked_on")
    if not said.segment:
        return None
    found: Segment | None = Segment.objects.visible_to(by).filter(key=said.segment).first()
    if found is None:
        raise ResearchRefused(f"There is no segment “{said.segment}”.", pointer="/segment")
    return found


def _taken(slug: str) -> ResearchRefused:
    return ResearchRefused(
        f"There is a survey “{slug}” already, and its answers are traits that definitions may ask"
        " for. Choose another short name.",
        pointer="/slug",
    )


def _read(sheet: Sheet, said: SurveySaid) -> tuple[Sheet, list[Question]]:
    """The sheet with the names of traits as columns, and its questions. Raises LoadError."""
    refusals = Refusals(sheet.rows, sheet.unreadable)
    ids = read_ids(sheet, said.id_column, "the column of customer ids", refusals)
    refuse_repeats(ids, said.id_column, sheet.rows, refusals)
    listed = [str(one) if one is not None else "" for one in ids.to_pylist()]
    _refuse_unknown(listed, said.id_column, refusals)
    if not sheet.rows_read:
        raise LoadError(f"{sheet.name} has no row: nobody answered.")
    questions = _questions(sheet, said)
    if refusals.faults:
        raise RowsRefused(sheet, refusals)
    names = {question.column: question.trait for question in questions}
    table = sheet.table.rename_columns([names.get(one, one) for one in sheet.table.column_names])
    return replace(sheet, table=table), questions


def _refuse_unknown(ids: Sequence[str], column: str, refusals: Refusals) -> None:
    known = look_up([one for one in dict.fromkeys(ids) if one], "customer")
    unknown = np.array([bool(one) and one not in known for one in ids], dtype=bool)
    refusals.refuse(unknown, column, lambda row: f"there is no customer {shown(ids[row])}")
    gone = np.array([one in known and known[one].deleted_at is not None for one in ids], dtype=bool)
    refusals.refuse(gone, column, lambda row: f"{shown(ids[row])} was deleted and stays deleted")


def _questions(sheet: Sheet, said: SurveySaid) -> list[Question]:
    columns = [name for name in sheet.table.column_names if name != said.id_column]
    if not columns:
        raise LoadError(f"{sheet.name} has no column beside {said.id_column!r}: no question.")
    if len(columns) > MOST_QUESTIONS:
        raise LoadError(
            f"{sheet.name} has {len(columns)} questions; at most {MOST_QUESTIONS} are taken. Leave"
            " out what nobody will ask for."
        )
    found = [_question(sheet, said.slug, column) for column in columns]
    for place, one in enumerate(found):
        same = next((other for other in found[:place] if other.key == one.key), None)
        if same is not None:
            raise LoadError(
                f"{sheet.name}: the columns {same.column!r} and {one.column!r} would both become"
                f" the trait “{one.trait}”. Rename one of them."
            )
    return found


def _question(sheet: Sheet, slug: str, column: str) -> Question:
    key = slugify(column).replace("-", "_")[:LONGEST_KEY].strip("_")
    if not key:
        raise LoadError(f"{sheet.name}: the column {column!r} has no letter to name a trait by.")
    kinds = list(sheet.values(column))
    if not kinds:
        raise LoadError(f"{sheet.name}: nobody answered {column!r}. Leave the column out.")
    kind = kinds[0] if len(kinds) == 1 and kinds[0] in ("number", "boolean") else "text"
    return Question(column=column, key=key, trait=f"survey_{slug}_{key}", kind=kind)


def _rows_refused(sheet: Sheet, refused: RowsRefused) -> ResearchRefused:
    first = refused.refused[0].sentence() if refused.refused else ""
    return ResearchRefused(
        f"{sheet.name}: {refused.rows_refused:,} of {refused.rows_read:,} rows cannot be taken, so"
        f" nothing was. The first: {first}.",
        pointer="/csv",
        rows=refused.refused,
        rows_count=refused.rows_refused,
    )


def _as_data(question: Question) -> dict[str, str]:
    return {
        "key": question.key,
        "label": question.column,
        "trait": question.trait,
        "kind": question.kind,
    }


def _name_traits(questions: Iterable[Question], survey: Survey) -> None:
    """Let pages and sentences call the traits by what was asked."""
    for question in questions:
        entry = TraitEntry.objects.filter(name=question.trait, subject="customer", label="")
        meaning = f"What was answered in the survey “{survey.name}” of {survey.asked_on}."
        entry.update(label=question.column[:500], description=meaning)


def _record(survey: Survey, *, by: Actor, via: str) -> None:
    record(
        "survey.loaded",
        by=by,
        via=via,
        segment=survey.segment,
        object_type="survey",
        object_key=survey.slug,
        details={"title": survey.name, "answers": survey.answers_count},
    )
