"""Whom a segment holds, customers or accounts, stays so for ever; and tools take customers only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import Q, QuerySet

from catalogue.definitions.errors import Code, Fault
from catalogue.definitions.nodes import Subject
from catalogue.definitions.segment_file import SegmentFile
from catalogue.models import DefinitionVersion, MembershipVersion, Segment

PLURALS: Mapping[str, str] = {"customer": "customers", "account": "accounts"}


def subject_of(version: DefinitionVersion | None) -> Subject:
    """Whom a segment with this definition holds."""
    return "account" if version is not None and version.subject == "account" else "customer"


def held_in(version: MembershipVersion | None) -> Subject:
    """Whom a membership version holds: its ordinals are of these, and mean others elsewhere."""
    return "account" if version is not None and version.subject == "account" else "customer"


def say_list(version: DefinitionVersion | None) -> str:
    """Who belongs to a list kept by hand, as a sentence."""
    if subject_of(version) == "account":
        return "An account belongs that is on a list kept by hand."
    return "A customer belongs who is on a list kept by hand."


def holding_customers(segments: QuerySet[Segment]) -> QuerySet[Segment]:
    """Those that hold customers, or do not say yet what they hold."""
    return segments.filter(Q(definition=None) | Q(definition__subject="customer"))


def holding(subject: Subject, segments: QuerySet[Segment]) -> QuerySet[Segment]:
    """Those that hold customers (see `holding_customers`), or those that hold accounts."""
    if subject == "customer":
        return holding_customers(segments)
    return segments.filter(definition__subject="account")


def stored_subjects(keys: list[str]) -> dict[str, Subject]:
    """By key, whom the segments hold that are stored with a definition or list."""
    rows = Segment.objects.filter(key__in=keys).exclude(definition=None)
    found = rows.select_related("definition").defer("definition__source")
    return {row.key: subject_of(row.definition) for row in found}


def subject_faults(file: SegmentFile, stored: Subject | None) -> Iterator[Fault]:
    """What is wrong with whom a file's segment holds; `stored` is whom it holds so far, None of a
    segment that has neither a definition nor a list yet."""
    if file.tree is None and file.static is None:
        return
    if stored is not None and file.subject != stored:
        yield other_subject(file.key, stored, file.subject, file.subject_pointer)
    if file.subject == "account" and file.sync:
        tools = ", ".join(f"“{line['to']}”" for line in file.sync)
        yield _fault(
            "/sync",
            f"Tools take people, and “{file.key}” holds accounts, so it cannot go to {tools}. Leave"
            " “sync” out, or sync a segment of customers that asks for the account.",
        )


def other_subject(key: str, stored: Subject, wanted: Subject, pointer: str) -> Fault:
    """The fault of a definition or list that would change whom a segment holds."""
    return _fault(
        pointer,
        f"“{key}” holds {PLURALS[stored]}, and goes on to: who follows it knows their ids. Write a"
        f" segment of {PLURALS[wanted]} under a key of its own.",
    )


def _fault(pointer: str, message: str) -> Fault:
    return Fault(code=Code.BAD_VALUE, pointer=pointer, message=message)
