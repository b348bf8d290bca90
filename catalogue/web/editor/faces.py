"""The definition in the form, by one of its two faces: as rows, or as YAML. The face that is shown
is the one that is read; the other is made from what was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from catalogue.definitions.canonical import to_data
from catalogue.definitions.documents import MAX_BYTES, Document, locate, read_yaml, step
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition, where_pointer
from catalogue.segments.documents import to_yaml
from catalogue.web.builder import reading
from catalogue.web.builder.rows import Complaint
from catalogue.web.builder.rules import Rules, draw, settle, take
from catalogue.web.builder.words import Words

ROWS, YAML = "rows", "yaml"
EMPTY = "There is no definition yet. Write at least one condition."


TOO_LONG = (
    "This definition is longer than the 64 kB that are read as YAML. Change it here, or move a long"
    " list into a static segment."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What is wrong in the YAML; `quote` is the line."""

    message: str
    line: int
    column: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Faces:
    """`shown`: rows or yaml. `rules` are kept while YAML is shown only to know the zone; `text` is
    the YAML as typed. `definition`: what the face that is shown says; None while something is
    wrong with it."""

    shown: str
    rules: Rules
    text: str = ""
    definition: Definition | None = None
    complaints: tuple[Complaint, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    document: Document = field(default_factory=lambda: Document(data=None))

    @property
    def height(self) -> str:
        """The lines that the field of the YAML shows."""
        return str(min(max(self.text.count("\n") + 3, 12), 40))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet, so that there is nothing to be wrong."""
        return not self.text.strip() if self.shown == YAML else not self.rules.rows

    def refused(self, faults: Iterable[Fault]) -> Faces:
        """With refusals found elsewhere, whose pointers begin at the definition."""
        found = list(faults)
        if self.shown == ROWS:
            return replace(
                self, complaints=(*self.complaints, *reading.complain(found, self.rules))
            )
        error = DefinitionError(*(_in_text(fault, self.document) for fault in found))
        return replace(self, mistakes=(*self.mistakes, *_mistakes(error, self.document, self.text)))


def _in_text(fault: Fault, document: Document) -> Fault:
    # The short form has no `where` of its own; and places elsewhere are none in this text.
    place = where_pointer(document.data) + fault.pointer.removeprefix("/where")
    return replace(fault, pointer=place, line=None, column=None)


def open_faces(definition: Definition | None, *, shown: str, timezone: str) -> Faces:
    """A definition as it is shown first; None is an empty form."""
    if definition is None:
        return Faces(shown=shown, rules=Rules(timezone=timezone))
    return Faces(
        shown=shown,
        rules=draw(definition),
        text=yaml_of(definition),
        definition=definition,
    )


def yaml_of(definition: Definition) -> str:
    """The definition as the YAML of its long form."""
    return to_yaml(to_data(definition))


def take_faces(post: QueryDict, words: Words, *, timezone: str) -> Faces:
    """What was posted, read by the face that was shown."""
    rules = settle(take(post, timezone=timezone), words)
    if post.get("face") == YAML:
        return read_text(post.get("yaml", ""), rules, timezone=timezone)
    return read_rows(rules)


def read_rows(rules: Rules) -> Faces:
    """The rows, and what they say."""
    found = reading.read(rules)
    return Faces(shown=ROWS, rules=rules, definition=found.definition, complaints=found.complaints)


def read_text(text: str, rules: Rules, *, timezone: str) -> Faces:
    """The YAML, and what it says."""
    # A form posts line breaks as two characters; places are counted in the text as typed.
    text = text.replace("\r\n", "\n")
    faces = Faces(shown=YAML, rules=rules, text=text)
    try:
        document = _one_document(read_yaml(text))
    except DefinitionError as error:
        return replace(faces, mistakes=_mistakes(error, Document(data=None), text))
    faces = replace(faces, document=document)
    try:
        definition = parse_definition(document.data, default_timezone=timezone)
    except DefinitionError as error:
        return replace(faces, mistakes=_mistakes(error, document, text))
    return replace(faces, definition=definition)


def _one_document(documents: list[Document]) -> Document:
    written = [one for one in documents if one.data is not None]
    if not written:
        raise DefinitionError(Fault(code=Code.EMPTY_DEFINITION, message=EMPTY, line=1, column=1))
    if len(written) > 1:
        line, column = written[1].place("")
        message = (
            "There are two documents here; a segment has one definition. Remove the line “---”."
        )
        raise DefinitionError(Fault(code=Code.BAD_VALUE, message=message, line=line, column=column))
    return written[0]


def _mistakes(error: DefinitionError, document: Document, text: str) -> tuple[Mistake, ...]:
    lines = text.split("\n")
    found = []
    for fault in locate(error, document).faults:
        hint = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
        line = fault.line or 1
        quote = lines[line - 1].strip() if line <= len(lines) else ""
        found.append(
            Mistake(message=fault.message + hint, line=line, column=fault.column or 1, quote=quote)
        )
    return tuple(found)


def turn(faces: Faces, shown: str) -> Faces:
    """The other face, made from this one. As long as this one says nothing that can be read, it
    stays, with what is wrong; an empty one turns into an empty one."""
    if faces.shown == shown or shown not in (ROWS, YAML):
        return faces
    if faces.is_empty:
        empty = Rules(timezone=faces.rules.timezone, subject=faces.rules.subject)
        return Faces(shown=shown, rules=empty)
    if faces.definition is None:
        return faces
    if shown == YAML and len(yaml_of(faces.definition).encode()) > MAX_BYTES:
        return replace(faces, complaints=(Complaint(message=TOO_LONG),))
    return open_faces(faces.definition, shown=shown, timezone=faces.rules.timezone)


def definition_faults(faults: Iterable[Fault]) -> tuple[list[Fault], list[Fault]]:
    """(those about the definition, their pointers from it on; all others)"""
    place = step("", "definition")
    own = [fault for fault in faults if fault.pointer.startswith(place)]
    others = [fault for fault in faults if not fault.pointer.startswith(place)]
    return [replace(fault, pointer=fault.pointer.removeprefix(place)) for fault in own], others
