"""A segment as a document: the plain values of its file. Everything that edits a segment, a page,
the admin or a program, changes a document and stores it; there is no other way in.

A document leaves out `members`: who was listed by hand are people, and stay as they are.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

import rfc8785
from django.conf import settings
from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.definitions.errors import Code, DefinitionError, refuse
from catalogue.definitions.segment_facts import Evidence as SaidEvidence
from catalogue.definitions.segment_facts import Guide
from catalogue.definitions.segment_file import (
    API_VERSION,
    KIND,
    SegmentFile,
    parse_segment_document,
    parse_segment_files,
)
from catalogue.definitions.static_list import COLUMNS
from catalogue.models import DefinitionVersion, Evidence, ListedMember, Segment, SegmentText
from catalogue.segments.subjects import subject_of

SegmentDocument = dict[str, Any]
Kinds = ListedMember.Kind
# What a person may change of a segment that is there; the key is for ever.
HEAD = ("apiVersion", "kind", "key")
EVIDENCE_KEYS = ("kind", "source", "n", "on", "strength", "claim", "expires_on")
# Of files that name no team.
NO_TEAM = "unassigned"


def document_of(segment: Segment) -> SegmentDocument:
    """The segment as a file says it, without what is empty, and without members."""
    whole = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "key": segment.key,
        "name": segment.name,
        "status": segment.status,
        "team": segment.team.slug,
        "owner": segment.owner_email,
        "models": segment.models_used,
        "why": segment.why,
        "evidence": [evidence_data(one) for one in segment.evidence.all()],
        "goal": segment.goal,
        "review": segment.review,
        "refresh": timetable_of(segment.refresh),
        "definition": definition_data(segment.definition),
        "tests": tests_of(segment),
        "messages": messages_of(segment),
        "sync": segment.sync_wanted,
    }
    return {key: value for key, value in whole.items() if value}


def messages_of(segment: Segment) -> dict[str, Guide]:
    """What each function says, as a file says it: its message, or the parts of its guide."""
    return {one.function: one.as_written() for one in segment.messages.all()}


def document_of_file(file: SegmentFile) -> SegmentDocument:
    """What `document_of` would say once the file was stored."""
    whole = {
        "apiVersion": API_VERSION,
        "kind": KIND,
        "key": file.key,
        "name": file.name,
        "status": file.status,
        "team": team_of(file),
        "owner": file.owner,
        "models": list(file.models),
        "why": file.why,
        "evidence": [evidence_data(one) for one in file.evidence],
        "goal": file.goal,
        "review": file.review,
        "refresh": timetable_of(file.refresh),
        "definition": to_data(file.tree) if file.tree is not None else None,
        "tests": tests_in(file),
        "messages": dict(file.messages),
        "sync": [dict(line) for line in file.sync],
    }
    return {key: value for key, value in whole.items() if value}


def team_of(file: SegmentFile) -> str:
    """The slug of the team a file belongs to."""
    return file.team or NO_TEAM


def etag_of(segment: Segment) -> str:
    """A text that is another one as soon as anything of the document, or its definition version,
    is; the same for whoever asks."""
    definition = segment.definition
    state = {
        "document": {k: v for k, v in document_of(segment).items() if k != "definition"},
        "definition": None if definition is None else definition.definition_hash,
        "number": 0 if definition is None else definition.number,
        "private": segment.is_private,
    }
    return hashlib.sha256(rfc8785.dumps(state)).hexdigest()[:32]


def token_of(segment: Segment) -> str:
    """What an edit names to say which state it was made from: the segment's and its draft's."""
    draft = getattr(segment, "draft", None)
    return f"{etag_of(segment)}.{draft.revision if draft else 0}"


def definition_data(version: DefinitionVersion | None) -> dict[str, object] | None:
    """The definition in plain values; None of static lists and where there is none yet."""
    canonical = version.canonical if version is not None else None
    return to_data(from_canonical(canonical)) if canonical else None


def tests_of(segment: Segment) -> list[object]:
    """The tests of the segment's file, or of the document that its newest definition came from."""
    own = file_of(segment, text_of(segment))
    return [] if own is None else tests_in(own)


def text_of(segment: Segment) -> str:
    """The text of the segment's file, or of what its newest definition came from; "" of neither."""
    found = SegmentText.objects.filter(segment=segment).values_list("text", flat=True).first()
    if found is not None:
        return found
    return segment.definition.source if segment.definition is not None else ""


def file_of(
    segment: Segment, text: str, *, default_timezone: str = "UTC", with_list: bool = False
) -> SegmentFile | None:
    """The segment as a text says it; None when the text says nothing of it, or cannot be read.
    `with_list`: with the ids of its static list, too."""
    try:
        files = parse_segment_files(
            text,
            file_name=segment.key,
            default_timezone=default_timezone,
            read_file=lambda _: list_text(segment) if with_list else "id\n",
        )
    except DefinitionError:
        return None
    return next((file for file in files if file.key == segment.key), None)


def tests_in(file: SegmentFile) -> list[object]:
    """The tests of a file, as it writes them."""
    data = file.document.data
    tests = data.get("tests") if isinstance(data, dict) else None
    return list(tests) if tests else []


def read_document(document: Mapping[str, Any], segment: Segment | None = None) -> SegmentFile:
    """The document as a segment file, with the members that `segment` has. Raises DefinitionError
    with pointers into the document for everything that is wrong with it."""
    if document.get("members"):
        message = "Who is listed by hand is kept with the segment's file. Leave “members” out."
        raise refuse(Code.BAD_VALUE, message, "/members")
    whole = {**document, "members": members_of_file(segment)} if segment else dict(document)
    file = parse_segment_document(
        {key: value for key, value in whole.items() if value not in (None, "", [], {})},
        file_name=str(document.get("key") or "segment"),
        default_timezone=settings.WORKSPACE_TIME_ZONE,
        read_file=lambda _: list_text(segment) if segment else "",
    )
    if file.refused is not None:
        raise file.refused
    return file


class _Representer(SafeRepresenter):
    """Without quotes of its own the library would break lines at U+0085, and lose it."""

    def represent_str(self, data: str) -> ScalarNode:
        style = '"' if "\x85" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(str, _Representer.represent_str)


def to_yaml(document: Mapping[str, Any]) -> str:
    """The document as YAML, in the order of its keys; `read_yaml` gives it back."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 10_000
    # Equal parts are written out: our own files know no anchors.
    yaml.representer.ignore_aliases = lambda _: True
    out = io.StringIO()
    yaml.dump(dict(document), out)
    return out.getvalue()


def members_of_file(segment: Segment) -> dict[str, Any]:
    """The `members` of its file: the ids listed by hand."""
    is_list = segment.definition is not None and segment.definition.canonical is None
    of_accounts = subject_of(segment.definition) == "account"
    members = {
        "static": f"{segment.key}.csv" if is_list else None,
        "subject": "account" if is_list and of_accounts else None,
        "add": listed(segment, Kinds.ADD),
        "remove": listed(segment, Kinds.REMOVE),
    }
    return {key: value for key, value in members.items() if value}


def listed(segment: Segment, kind: str) -> list[str]:
    """The ids listed by hand, of one kind, in order."""
    rows = segment.listed.filter(kind=kind).order_by("customer_id")
    return list(rows.values_list("customer_id", flat=True))


def list_text(segment: Segment) -> str:
    """A static list as the CSV file that lies beside the segment's."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([COLUMNS[subject_of(segment.definition)]])
    writer.writerows([customer_id] for customer_id in listed(segment, Kinds.STATIC))
    return text.getvalue()


def evidence_data(one: Evidence | SaidEvidence) -> dict[str, Any]:
    """A piece of evidence as a file says it, without what is not known."""
    values = {name: getattr(one, name) for name in EVIDENCE_KEYS}
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value not in (None, "")
    }


def timetable_of(refresh: Mapping[str, Any] | None) -> str:
    """The timetable as a file says it; "" of none."""
    if not refresh:
        return ""
    plural = "" if refresh["every"] == 1 else "s"
    at = f" at {refresh['at']}" if refresh["at"] else ""
    return f"every {refresh['every']} {refresh['unit']}{plural}{at}"
