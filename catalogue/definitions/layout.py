"""The one layout of segment files: two blanks a level, lists below their key, a blank after a
comma, what stands in braces on one line while that fits. Order, words, quotes and comments stay."""

from __future__ import annotations

import json
import re

from catalogue.definitions.commented import (
    Commented,
    Entry,
    Group,
    Remark,
    Scalar,
    comments_in,
    read_commented,
)
from catalogue.definitions.documents import Document, read_yaml
from catalogue.definitions.errors import Code, DefinitionError, Fault

WIDTH = 100
STEP = 2
BLOCK = ("|", ">")
HEADER = re.compile(r"([|>])([-+]?)([1-9]?)([-+]?)(.*)")
# Characters that a reader of YAML would not take as they are.
SPECIAL = re.compile("[\x7f-\xa0\u2028\u2029\ufeff]")


def format_yaml(text: str) -> str:
    """The text in the one layout; the same when it is formatted again. Raises DefinitionError when
    it is no YAML that we read, or could not be written anew without losing anything."""
    before = read_yaml(text)
    formatted = write_commented(read_commented(text))
    try:
        after = read_yaml(formatted)
    except DefinitionError:
        raise _refuse() from None
    same = _said(before) == _said(after)
    if not same or sorted(comments_in(text)) != sorted(comments_in(formatted)):
        raise _refuse()
    return formatted


def _said(documents: list[Document]) -> list[str]:
    return [json.dumps(one.data) for one in documents if one.data is not None]


def _refuse() -> DefinitionError:
    message = "This cannot be written in our layout without losing something. Write it plainer."
    return DefinitionError(Fault(code=Code.BAD_VALUE, message=message, line=1, column=1))


def write_commented(commented: Commented) -> str:
    """The documents as text."""
    texts = [_Writer().document(document) for document in commented.documents]
    behind = _Writer()
    for remark in commented.after:
        behind.remark(remark, 0, is_first=not texts)
    return "---\n".join(filter(None, texts)) + "".join(f"{line}\n" for line in behind.lines)


class _Writer:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def document(self, root: Entry) -> str:
        value = root.value
        if isinstance(value, Group) and not fits(value, 0):
            for remark in root.above:
                self.remark(remark, 0, is_first=not self.lines)
            if root.beside is not None:
                self.remark(root.beside, 0, is_first=not self.lines)
            self.group(value, 0)
        else:
            self.entry(root, "", 0, is_first=True)
            for remark in value.after if isinstance(value, Group) else ():
                self.remark(remark, 0, is_first=False)
        return "".join(f"{line}\n" for line in self.lines)

    def blank(self) -> None:
        if self.lines and self.lines[-1]:
            self.lines.append("")

    def remark(self, remark: Remark, indent: int, *, is_first: bool) -> None:
        if remark.blank and not is_first:
            self.blank()
        self.lines.append(" " * indent + remark.text)

    def group(self, group: Group, indent: int) -> None:
        for position, entry in enumerate(group.entries):
            head = "-" if entry.key is None else f"{key_text(entry.key)}:"
            self.entry(entry, head, indent, is_first=position == 0)
        for remark in group.after:
            self.remark(remark, indent, is_first=False)

    def entry(self, entry: Entry, head: str, indent: int, *, is_first: bool) -> None:
        value = entry.value
        is_block = isinstance(value, Group) and not fits(value, indent + len(head) + 1)
        above = list(entry.above)
        if is_block and entry.key is None and entry.beside is not None:
            above.append(entry.beside)
        for position, remark in enumerate(above):
            self.remark(remark, indent, is_first=is_first and position == 0)
        if entry.blank and (above or not is_first):
            self.blank()
        if isinstance(value, Scalar):
            self.scalar(value, head, indent)
        elif not is_block:
            self.lines.append(_joined(" " * indent, head, flat(value)))
        elif entry.key is None:
            self.item(value, indent)
            return
        else:
            self.lines.append(" " * indent + head)
            self.beside(entry.beside)
            self.group(value, indent + STEP)
            return
        self.beside(entry.beside)

    def item(self, group: Group, indent: int) -> None:
        """A group in a list: its first line stands beside the dash."""
        first = len(self.lines)
        self.group(group, indent + STEP)
        self.lines[first] = f"{' ' * indent}- {self.lines[first][indent + STEP :]}"

    def scalar(self, scalar: Scalar, head: str, indent: int) -> None:
        first, *others = block_lines(scalar) if scalar.style in BLOCK else text_lines(scalar)
        self.lines.append(_joined(" " * indent, head, first))
        self.lines += [f"{' ' * (indent + STEP)}{line}" if line else "" for line in others]

    def beside(self, remark: Remark | None) -> None:
        if remark is not None:
            line = self.lines[-1]
            self.lines[-1] = f"{line.ljust(max(remark.column, len(line) + 2))}{remark.text}"


def _joined(pad: str, head: str, text: str) -> str:
    return pad + " ".join(filter(None, (head, text)))


def fits(group: Group, indent: int) -> bool:
    """Whether a group stands on one line, which begins that far in."""
    if not group.entries and not group.after:
        return True
    return group.is_flow and indent + len(flat(group)) <= WIDTH


def flat(node: Scalar | Group) -> str:
    """A value on one line."""
    if isinstance(node, Scalar):
        return _flat_text(node)
    if node.is_list:
        return f"[{', '.join(flat(entry.value) for entry in node.entries)}]"
    pairs = (f"{key_text(entry.key)}: {flat(entry.value)}" for entry in node.entries if entry.key)
    return f"{{{', '.join(pairs)}}}"


def _flat_text(scalar: Scalar) -> str:
    if not scalar.raw and not scalar.style:
        return "null"
    if "\n" not in scalar.raw:
        return scalar.raw
    is_plain = not scalar.style and "\n" not in scalar.value
    return scalar.value if is_plain else quoted(scalar.value)


def key_text(key: Scalar) -> str:
    """A key as it is written; one that takes several lines, in quotes."""
    return key.raw if key.raw and "\n" not in key.raw else quoted(key.value)


def quoted(text: str) -> str:
    """A text in double quotes, on one line."""
    written = json.dumps(text, ensure_ascii=False)
    return SPECIAL.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def text_lines(scalar: Scalar) -> list[str]:
    """The lines of a value that is no block; how far in they begin says nothing."""
    if scalar.style == '"' and "\\\n" in re.sub(r"[ \t]+\n", "\n", scalar.raw):
        return [quoted(scalar.value)]
    return [line.strip(" \t") for line in scalar.raw.split("\n")]


def block_lines(scalar: Scalar) -> list[str]:
    """Header and lines of a block, the lines without what all of them are indented by."""
    header, *lines = scalar.raw.split("\n")
    found = HEADER.fullmatch(header)
    style, chomp, digit, late, rest = found.groups() if found else (header, "", "", "", "")
    keep = "+" in (chomp, late)
    while lines and not lines[-1].strip() and not keep:
        lines.pop()
    if keep and lines and not lines[-1]:
        lines.pop()  # behind the last line break there is no line
    indent = min((len(one) - len(one.lstrip(" ")) for one in lines if one.strip()), default=0)
    said = f"{style}{STEP if digit else ''}{chomp or late}"
    comment = rest.strip()
    return [f"{said} {comment}".rstrip(), *(line[indent:] for line in lines)]
