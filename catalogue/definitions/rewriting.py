"""A segment file that says something else now: what changed is written anew, everything else stays
as it was, with its order, its words and its comments."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from catalogue.definitions.canonical import to_data
from catalogue.definitions.commented import Entry, Group, Scalar, read_commented
from catalogue.definitions.documents import plain_value
from catalogue.definitions.errors import Code, DefinitionError, Fault
from catalogue.definitions.layout import quoted, write_commented
from catalogue.definitions.parse import parse_definition
from catalogue.definitions.segment_file import KEYS

Data = Any
# What tells whether two values mean the same: another text where they do not.
Meaning = Callable[[Data], str]
EMPTY: tuple[Data, ...] = (None, "", [], {})
PLAIN = re.compile(r"[\w./(][\w ./@%+()–’-]*(?<! )")
ODD = r"\x00-\x09\x0b-\x1f\x7f-\xa0\u2028\u2029\ufeff"
LITERAL = re.compile(rf"[^\s{ODD}][^{ODD}]*")


def rewritten(text: str, document: Mapping[str, Data], *, default_timezone: str = "UTC") -> str:
    """The text of a file with one segment, so that it says this document. Raises DefinitionError
    when it is no such text."""
    commented = read_commented(text)
    (root,) = commented.documents if len(commented.documents) == 1 else [None]
    if root is None or not isinstance(root.value, Group) or root.value.is_list:
        message = "This is no file with one segment."
        raise DefinitionError(Fault(code=Code.BAD_VALUE, message=message))
    old = data_of(root.value)
    wanted = {key: value for key, value in document.items() if not _is_default(key, document, old)}
    definition = _Definition(default_timezone)
    for entry in list(root.value.entries):
        key = _key(entry)
        if key == "definition" and key in wanted:
            entry.value = definition.merged(entry.value, wanted[key])
        elif key in wanted:
            entry.value = merged(entry.value, wanted[key], _loosely)
        elif old[key] not in EMPTY:
            root.value.entries.remove(entry)
    for key in KEYS:
        if key in wanted and key not in old:
            _insert(root.value, _place(root.value, key), key, wanted[key])
    return write_commented(commented)


def _is_default(key: str, document: Mapping[str, Data], old: Mapping[str, Data]) -> bool:
    """What a file need not say, and this one does not."""
    defaults = {"name": document.get("key"), "status": "draft", "team": "unassigned"}
    return key not in old and (document[key] in EMPTY or document[key] == defaults.get(key, ""))


def _place(group: Group, key: str) -> int:
    """Where a new key stands: before the first that comes after it in the order of files."""
    later = set(KEYS[KEYS.index(key) + 1 :])
    places = (place for place, entry in enumerate(group.entries) if _key(entry) in later)
    return next(places, len(group.entries))


def _insert(group: Group, place: int, key: str, value: Data) -> None:
    group.entries.insert(place, Entry(key=fresh_scalar(key), value=fresh(value)))


def _key(entry: Entry) -> str:
    return "" if entry.key is None else entry.key.value


def data_of(node: Scalar | Group) -> Data:
    """The plain values of a node."""
    if isinstance(node, Scalar):
        return node.value if node.style else plain_value(node.value)
    if node.is_list:
        return [data_of(entry.value) for entry in node.entries]
    return {_key(entry): data_of(entry.value) for entry in node.entries}


def _exactly(data: Data) -> str:
    return json.dumps(data)


def _loosely(data: Data) -> str:
    """Blanks around a text say nothing, nor does the order of ids."""
    if isinstance(data, str):
        return json.dumps(data.strip())
    is_ids = isinstance(data, list) and all(isinstance(one, str) for one in data)
    return json.dumps(sorted(data) if is_ids else data)


# ── merging ────────────────────────────────────────────────────────────────────────────────────


def merged(node: Scalar | Group, data: Data, meaning: Meaning) -> Scalar | Group:
    """The node so that it says `data`: what means the same in it stays."""
    if meaning(data_of(node)) == meaning(data):
        return node
    if isinstance(node, Group) and node.is_list and isinstance(data, list):
        return _merged_list(node, data, meaning)
    if isinstance(node, Group) and not node.is_list and isinstance(data, dict):
        return _merged_mapping(node, data, meaning)
    return fresh(data)


def _merged_mapping(group: Group, data: Mapping[str, Data], meaning: Meaning) -> Group:
    _rename(group, data)
    old = data_of(group)
    group.entries = [
        entry for entry in group.entries if _key(entry) in data or old[_key(entry)] in EMPTY
    ]
    for entry in group.entries:
        if _key(entry) in data:
            entry.value = merged(entry.value, data[_key(entry)], meaning)
    before: str | None = None
    for key, value in data.items():
        if key not in old:
            names = [_key(entry) for entry in group.entries]
            _insert(group, names.index(before) + 1 if before in names else 0, key, value)
        before = key
    return group


def _rename(group: Group, data: Mapping[str, Data]) -> None:
    """`all` that became `any` keeps what stands below it."""
    if len(group.entries) == len(data) == 1:
        (entry,), (key,) = group.entries, data
        if _key(entry) != key and isinstance(data[key], list) and isinstance(entry.value, Group):
            entry.key = fresh_scalar(key)


def _merged_list(group: Group, data: Sequence[Data], meaning: Meaning) -> Group:
    old = [meaning(data_of(entry.value)) for entry in group.entries]
    new = [meaning(one) for one in data]
    entries: list[Entry] = []
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            entries += group.entries[i1:i2]
            continue
        paired = list(zip(group.entries[i1:i2], data[j1:j2], strict=False))
        for entry, one in paired:
            entry.value = merged(entry.value, one, meaning)
            entries.append(entry)
        entries += [Entry(key=None, value=fresh(one)) for one in data[j1 + len(paired) : j2]]
    group.entries = entries
    return group


class _Definition:
    """Merges definitions, which may be written in more ways than one."""

    def __init__(self, default_timezone: str) -> None:
        self.default_timezone = default_timezone

    def merged(self, node: Scalar | Group, data: Mapping[str, Data]) -> Scalar | Group:
        """The node so that it says this definition. Raises DefinitionError when it is none."""
        data = to_data(parse_definition(data, default_timezone=self.default_timezone))
        written = data_of(node)
        if self.meaning(written) == self.meaning(data):
            return node
        if not isinstance(node, Group) or node.is_list:
            return fresh(data)
        inside = partial(self.node_meaning, str(data["subject"]), str(data["timezone"]))
        if "where" not in written:
            is_short = (data["subject"], data["timezone"]) == ("customer", self.default_timezone)
            return merged(node, data["where"], inside) if is_short else fresh(data)
        defaults = {"subject": "customer", "timezone": self.default_timezone}
        wanted = {
            key: value
            for key, value in data.items()
            if key in written or value != defaults.get(key)
        }
        return _merged_mapping(node, wanted, inside)

    def meaning(self, data: Data) -> str:
        """The long form of a definition as text."""
        try:
            found = parse_definition(data, default_timezone=self.default_timezone)
        except DefinitionError:
            return _exactly(data)
        return json.dumps(to_data(found))

    def node_meaning(self, subject: str, timezone: str, data: Data) -> str:
        """The long form of what may be a condition."""
        if not isinstance(data, dict):
            return _exactly(data)
        return self.meaning({"subject": subject, "timezone": timezone, "where": data})


# ── writing anew ───────────────────────────────────────────────────────────────────────────────


def fresh(data: Data) -> Scalar | Group:
    """A value that was not there before: in braces where nothing in it is nested deeper."""
    if not isinstance(data, dict | list):
        return fresh_scalar(data)
    below: Iterable[Data] = data.values() if isinstance(data, dict) else data
    entries = (
        [Entry(key=fresh_scalar(key), value=fresh(value)) for key, value in data.items()]
        if isinstance(data, dict)
        else [Entry(key=None, value=fresh(value)) for value in data]
    )
    is_list = isinstance(data, list)
    return Group(is_list=is_list, is_flow=_is_flat(below, is_list), entries=entries)


def _is_flat(values: Iterable[Data], is_list: bool) -> bool:
    return all(
        "\n" not in value
        if isinstance(value, str)
        else not isinstance(value, dict | list)
        or (not is_list and isinstance(value, list) and not any(_is_nested(one) for one in value))
        for value in values
    )


def _is_nested(value: Data) -> bool:
    return isinstance(value, dict | list)


def fresh_scalar(value: Data) -> Scalar:
    """A text without quotes where it needs none, in lines where it has several."""
    if not isinstance(value, str):
        return Scalar(raw=json.dumps(value), value=json.dumps(value))
    if PLAIN.fullmatch(value) and plain_value(value) == value:
        return Scalar(raw=value, value=value)
    if "\n" in value and not value.endswith("\n\n") and LITERAL.fullmatch(value):
        mark = "|" if value.endswith("\n") else "|-"
        return Scalar(raw=f"{mark}\n{value}", value=value, style="|")
    return Scalar(raw=quoted(value), value=value, style='"')
