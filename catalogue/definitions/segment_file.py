"""A segment as a file: everything section “A segment as a file” of docs/language.md allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from catalogue.definitions import rules, segment_facts
from catalogue.definitions.documents import (
    Document,
    check_plain,
    locate,
    locate_fault,
    read_yaml,
)
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.goals import Goal, read_goal
from catalogue.definitions.nodes import Definition, Subject
from catalogue.definitions.parse import parse_definition, parse_timezone, where_pointer
from catalogue.definitions.pieces import Faults, Piece, every
from catalogue.definitions.segment_facts import Evidence, Guide, optional
from catalogue.definitions.segment_tests import SegmentTest as SegmentTest
from catalogue.definitions.segment_tests import parse_tests
from catalogue.definitions.static_list import read_ids
from catalogue.definitions.subjects import parse_list_of

API_VERSION = "segment-catalogue/v1"
KIND = "Segment"
RESERVED = ("new", "compare", "bulk")
KEYS = (
    "apiVersion",
    "kind",
    "key",
    "name",
    "status",
    "team",
    "owner",
    "models",
    "why",
    "evidence",
    "goal",
    "review",
    "refresh",
    "definition",
    "members",
    "tests",
    "messages",
    "sync",
)

# The text of a file named in a segment file, relative to it.
ReadFile = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFile:
    """One segment as its file says it.

    `definition` is the error when the definition is refused, and None for a static list, whose ids
    are `static`: of customers, or of what `list_of` says. `timezone`: the workspace's. `team` is ""
    when none is named. `goal` and `review` are as written, `refresh` is {every, unit, at}. `source`
    is the text of the whole file."""

    file_name: str
    key: str
    name: str
    status: str = "draft"
    team: str = ""
    owner: str | None = None
    models: tuple[str, ...] = ()
    why: str | None = None
    evidence: tuple[Evidence, ...] = ()
    goal: dict[str, object] | None = None
    review: dict[str, object] | None = None
    refresh: dict[str, object] | None = None
    definition: Definition | DefinitionError | None = None
    static: tuple[str, ...] | None = None
    static_file: str | None = None
    list_of: Subject = "customer"
    timezone: str = "UTC"
    adds: tuple[str, ...] = ()
    removes: tuple[str, ...] = ()
    tests: tuple[SegmentTest, ...] = ()
    messages: Mapping[str, Guide] = field(default_factory=dict)
    sync: tuple[Mapping[str, str], ...] = ()
    source: str = ""
    document: Document = field(repr=False, compare=False, default_factory=lambda: Document(data={}))

    @property
    def tree(self) -> Definition | None:
        """The definition, unless it is refused or there is a static list instead."""
        return self.definition if isinstance(self.definition, Definition) else None

    @property
    def subject(self) -> Subject:
        """What the segment holds: customers or accounts."""
        return self.list_of if self.tree is None else self.tree.subject

    @property
    def aim(self) -> Goal | None:
        """The goal as it is measured; None without one."""
        if not self.goal:
            return None
        zone = self.timezone if self.tree is None else self.tree.timezone
        return read_goal(self.goal, subject=self.subject, timezone=zone)

    @property
    def own_text(self) -> str:
        """What the file says of this segment alone, comments included; "" where there is none."""
        return self.document.text

    @property
    def refused(self) -> DefinitionError | None:
        """Why the definition is refused, with lines and columns; None when it is not."""
        return self.definition if isinstance(self.definition, DefinitionError) else None

    @property
    def where_pointer(self) -> str:
        """Where in the file the tree begins."""
        data = self.document.data
        written = data.get("definition") if isinstance(data, dict) else None
        return where_pointer(written, "/definition")

    @property
    def subject_pointer(self) -> str:
        """Where in the file it is said what the segment holds, or would be."""
        return "/members/subject" if self.tree is None else "/definition/subject"

    def locate(self, fault: Fault) -> Fault:
        """The fault with its line and column in the file."""
        return locate_fault(fault, self.document)


def parse_segment_files(
    text: str,
    *,
    file_name: str,
    default_timezone: str = "UTC",
    read_file: ReadFile | None = None,
) -> list[SegmentFile]:
    """The segments of a file, one per YAML document. A refused definition is kept as the error in
    its segment; anything else that is wrong raises DefinitionError with every fault found.
    `read_file` gives the text of a static list, by its name relative to the file."""
    documents = read_yaml(text)
    written = [document for document in documents if document.data is not None]
    if not written:
        message = "There is no segment in this file. It begins with “apiVersion” and “kind”."
        raise DefinitionError(Fault(code=Code.BAD_VALUE, message=message, line=1, column=1))
    faults = Faults()
    found: list[SegmentFile] = []
    for document in written:
        with faults.collecting():
            file = _parse_document(document, default_timezone, read_file)
            _check_new(file, found)
            found.append(replace(file, file_name=file_name, source=text))
    faults.raise_any()
    return found


def parse_segment_document(
    data: object,
    *,
    file_name: str,
    default_timezone: str = "UTC",
    read_file: ReadFile | None = None,
) -> SegmentFile:
    """One segment out of plain values, as JSON gives them, by the rules of files. A refused
    definition is kept as the error; anything else raises DefinitionError, with pointers."""
    document = Document(data=data)
    check_plain(data)
    file = _parse_document(document, default_timezone, read_file)
    return replace(file, file_name=file_name)


def _check_new(file: SegmentFile, found: list[SegmentFile]) -> None:
    if any(file.key == other.key for other in found):
        message = f"The key “{file.key}” is given twice in this file."
        fault = Fault(code=Code.BAD_VALUE, message=message, pointer="/key")
        raise DefinitionError(file.locate(fault))


def _parse_document(
    document: Document, default_timezone: str, read_file: ReadFile | None
) -> SegmentFile:
    piece = Piece(value=document.data, pointer="", zone=ZoneInfo(default_timezone))
    try:
        file = replace(_parse_segment(piece, read_file), timezone=default_timezone)
    except DefinitionError as error:
        raise locate(error, document) from None
    if file.static is None:
        definition = _definition(piece, document, default_timezone)
        return replace(file, definition=definition, document=document)
    return replace(file, document=document)


def _definition(
    piece: Piece, document: Document, default_timezone: str
) -> Definition | DefinitionError:
    written = piece.at("definition")
    try:
        return parse_definition(
            written.value, pointer=written.pointer, default_timezone=default_timezone
        )
    except DefinitionError as error:
        return locate(error, document)


def _parse_segment(piece: Piece, read_file: ReadFile | None) -> SegmentFile:
    piece.mapping("A segment")
    faults = Faults()
    faults.read(_check_kind, piece)
    faults.read(piece.only, KEYS, "A segment")
    key = faults.read(_key, piece.at("key"))
    facts = _facts(_judged_as(piece), faults)
    members = faults.read(_members, piece, read_file)
    tests = faults.read(parse_tests, piece.at("tests"))
    faults.raise_any()
    facts = {name: value for name, value in facts.items() if value is not None}
    return SegmentFile(
        **{"name": key, "file_name": "", "key": key, "tests": tests, **members, **facts}  # type: ignore[arg-type]
    )


def _judged_as(piece: Piece) -> Piece:
    """The segment, read as about those whom it holds and by its own calendar, as far as these are
    said so that they can be used; whatever else is wrong there is told where it stands."""
    definition, members = piece.at("definition"), piece.at("members")
    is_list = definition.value is None
    said = (members if is_list else definition).at("subject").value
    with suppress(DefinitionError):
        piece = replace(piece, zone=ZoneInfo(parse_timezone(definition.at("timezone"))))
    return replace(piece, about="account") if said == "account" else piece


def _check_kind(piece: Piece) -> None:
    for key, wanted in (("apiVersion", API_VERSION), ("kind", KIND)):
        if key not in piece.keys:
            raise piece.bad(f"The segment lacks “{key}: {wanted}”.")
        if piece.at(key).value != wanted:
            raise piece.at(key).bad(f"“{key}” must be {wanted}.", suggestion=wanted)


def _key(piece: Piece) -> str:
    key = piece.text("“key”, the name of the segment for ever,")
    piece.checked(rules.check_key, key)
    if key in RESERVED:
        raise piece.bad(f"The key “{key}” is reserved. Choose another one.")
    return key


FACTS: Mapping[str, Callable[[Piece], object]] = {
    "name": segment_facts.name,
    "status": segment_facts.status,
    "team": segment_facts.team,
    "owner": segment_facts.owner,
    "models": segment_facts.models,
    "why": segment_facts.long_text,
    "evidence": segment_facts.evidence,
    "goal": segment_facts.goal,
    "review": segment_facts.review,
    "refresh": segment_facts.refresh,
    "messages": segment_facts.messages,
    "sync": segment_facts.sync,
}


def _facts(piece: Piece, faults: Faults) -> dict[str, object]:
    return {key: faults.read(optional, piece, key, read) for key, read in FACTS.items()}


def _members(piece: Piece, read_file: ReadFile | None) -> dict[str, object]:
    members = piece.at("members")
    if members.value is None:
        return {}
    members.mapping("“members”")
    faults = Faults()
    faults.read(members.only, ("add", "remove", "static", "subject"), "“members”")
    adds = faults.read(_ids, members.at("add"))
    removes = faults.read(_ids, members.at("remove"))
    list_of: Subject = "customer"
    with faults.collecting():
        list_of = parse_list_of(members)
    static = faults.read(_static, members.at("static"), piece, list_of, read_file)
    faults.raise_any()
    return {
        "adds": adds,
        "removes": removes,
        "static": static,
        "static_file": members.at("static").value,
        "list_of": list_of,
    }


def _ids(piece: Piece) -> tuple[str, ...]:
    if piece.value is None:
        return ()
    # A number would already have lost its zeros in front.
    return every(piece.items("The ids"), lambda one: one.text("An id"))


def _static(
    piece: Piece, whole: Piece, list_of: Subject, read_file: ReadFile | None
) -> tuple[str, ...] | None:
    if piece.value is None:
        return None
    if "definition" in whole.keys:
        raise piece.bad("A segment has a definition or a static list, not both. Remove one.")
    path = piece.text("“static”, the name of a CSV file,")
    if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts:
        raise piece.bad("The list must lie beside the segment file, or in a folder below.")
    return _read_list(piece, path, list_of, read_file)


def _read_list(
    piece: Piece, path: str, list_of: Subject, read_file: ReadFile | None
) -> tuple[str, ...]:
    if read_file is None:
        raise piece.bad(f"“{path}” cannot be read here; static lists are read with their file.")
    try:
        return read_ids(read_file(path), list_of)
    except OSError as error:
        raise piece.bad(f"“{path}” cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise piece.bad(f"“{path}” is not UTF-8 text. Save it with the encoding UTF-8.") from None
    except DefinitionError as error:
        faults = [_in_list(piece, path, fault) for fault in error.faults]
        raise DefinitionError(*faults) from None


def _in_list(piece: Piece, path: str, fault: Fault) -> Fault:
    where = "" if fault.line is None else f", line {fault.line}"
    message = f"“{path}”{where}: {fault.message}"
    return replace(fault, message=message, pointer=piece.pointer, line=None, column=None)
