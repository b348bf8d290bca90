"""A segment as its form has it: facts, definition and tools, as one document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from catalogue.definitions.canonical import to_data
from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.segment_file import API_VERSION, KIND
from catalogue.segments.documents import SegmentDocument, read_document
from catalogue.web.editor.desk import Desk
from catalogue.web.editor.faces import (
    ROWS,
    YAML,
    Faces,
    definition_faults,
    open_faces,
    take_faces,
    turn,
)
from catalogue.web.editor.facts import FactsForm, functions_of, initial_of, key_from, tools_of

NEW: SegmentDocument = {"apiVersion": API_VERSION, "kind": KIND, "status": "draft"}
# Stands in for a definition that cannot be read, while the rest is looked at.
ANY_ONE = {"everyone": True}
# Lines for further tools that a form offers.
SPARE_TOOLS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """`base`: the document the form began with, for what it has no field for; `token` names its
    state. `faces` is None of a list kept by hand. `problems`: what belongs to no field."""

    base: SegmentDocument
    token: str
    facts: FactsForm
    tools: tuple[Mapping[str, str], ...]
    faces: Faces | None
    problems: tuple[str, ...] = ()

    @property
    def tool_lines(self) -> list[Mapping[str, str]]:
        """The tools, and some empty lines."""
        return [*self.tools, *[{}] * SPARE_TOOLS]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is known to be wrong, so that it may be stored."""
        faces_are_sound = self.faces is None or self.faces.definition is not None
        return self.facts.is_valid() and faces_are_sound and not self.problems

    def document(self) -> SegmentDocument:
        """What the form says, without what is empty. Only of a sound form does it say all."""
        said: dict[str, Any] = self.facts.document(self.base)
        said["sync"] = [dict(line) for line in self.tools]
        if self.faces is not None:
            definition = self.faces.definition
            said["definition"] = None if definition is None else to_data(definition)
        if not said.get("key"):
            said["key"] = key_from(str(said.get("name", "")))
        return {key: value for key, value in said.items() if value}

    def refused(self, faults: Iterable[Fault]) -> Edited:
        """With refusals at the fields they belong to; pointers begin at the document."""
        own, others = definition_faults(faults)
        faces = self.faces.refused(own) if self.faces is not None and own else self.faces
        left = [fault for fault in others if not self.facts.refuse(fault)]
        problems = [_sentence(fault) for fault in left]
        return replace(self, faces=faces, problems=(*self.problems, *problems))

    def with_facts_checked(self) -> Edited:
        """With everything that is wrong besides the definition, whatever is wrong with that."""
        document = self.document()
        try:
            read_document({**document, "definition": document.get("definition") or ANY_ONE})
        except DefinitionError as error:
            return self.refused(error.faults)
        return self

    def with_key_refused(self, sentence: str) -> Edited:
        """With a sentence at the key."""
        self.facts.add_error("key", sentence)
        return self

    def with_faces(self, faces: Faces) -> Edited:
        """With another definition in the form."""
        return replace(self, faces=faces)

    def with_problem(self, sentence: str) -> Edited:
        """With a sentence above everything."""
        return replace(self, problems=(*self.problems, sentence))


def _sentence(fault: Fault) -> str:
    hint = f" Did you mean “{fault.suggestion}”?" if fault.suggestion else ""
    return fault.message + hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What a form begins with: the document, the token of its state (no token: nothing is stored
    yet), whether it may still be private, and whether its members are a list kept by hand."""

    document: SegmentDocument
    token: str = ""
    may_be_private: bool = True
    is_private: bool = False
    is_list: bool = False


def open_edited(stored: Stored, desk: Desk, *, shown: str = ROWS) -> Edited:
    """The form of what is stored."""
    return Edited(
        base=stored.document,
        token=stored.token,
        facts=_form(stored, desk),
        tools=tuple(stored.document.get("sync", ())),
        faces=None if stored.is_list else _faces(stored.document, desk, shown),
    )


def _faces(document: SegmentDocument, desk: Desk, shown: str) -> Faces:
    shown = shown if shown in (ROWS, YAML) else ROWS
    try:
        definition = parse_definition(document.get("definition"), default_timezone=desk.timezone)
    except DefinitionError:
        return open_faces(None, shown=shown, timezone=desk.timezone)
    return open_faces(definition, shown=shown, timezone=desk.timezone)


def take_edited(post: QueryDict, stored: Stored, desk: Desk) -> Edited:
    """The form as it was posted, the other face shown if that was asked for."""
    faces = None if stored.is_list else take_faces(post, desk.words, timezone=desk.timezone)
    verb, _, shown = post.get("do", "").partition(":")
    if faces is not None and verb == "face":
        faces = turn(faces, shown)
    return Edited(
        base=stored.document,
        token=post.get("token", ""),
        facts=_form(stored, desk, data=post),
        tools=tuple(tools_of(post)),
        faces=faces,
    )


def _form(stored: Stored, desk: Desk, *, data: QueryDict | None = None) -> FactsForm:
    hidden = {"key": bool(stored.token), "is_private": not stored.may_be_private}
    return FactsForm(
        data,
        initial={**initial_of(stored.document), "is_private": stored.is_private},
        teams=desk.teams,
        events=desk.events,
        functions=functions_of(stored.document),
        without=[name for name, is_hidden in hidden.items() if is_hidden],
    )
