"""What was done, in words: `published d8 of`, and the names of what changed."""

from __future__ import annotations

from catalogue.models import Change

VERBS = {
    "segment.created": "made",
    "segment.applied": "applied a file to",
    "segment.edited": "changed",
    "segment.drafted": "began a draft of",
    "segment.draft_discarded": "threw the draft away of",
    "segment.published": "published",
    "segment.archived": "archived",
    "segment.unarchived": "brought back",
}
ICONS = {
    "segment.created": "plus",
    "segment.published": "version",
    "segment.drafted": "pencil",
    "segment.archived": "archive",
}


def verb_of(change: Change) -> str:
    """What was done to the segment, as the words before its name."""
    verb = VERBS.get(change.kind, change.kind.rpartition(".")[2].replace("_", " "))
    definition = change.details.get("definition")
    if change.kind == "segment.published" and definition:
        return f"published d{definition[1]} of"
    return verb


def icon_of(change: Change) -> str:
    """The icon of what was done."""
    return ICONS.get(change.kind, "pencil")


def changed_names(change: Change) -> str:
    """Which facts an edit changed: `name, why`; "" where the verb says it all."""
    if change.kind not in ("segment.edited", "segment.applied"):
        return ""
    names = [name.replace("_", " ") for name in change.details.get("fields", {})]
    return ", ".join([*names, *(["definition"] if change.details.get("definition") else [])])
