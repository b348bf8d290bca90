"""What a connector must be able to say of itself: every rule is done, still to do, or does not
apply, for a reason. `manage.py check_connectors` reads them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# Each rule, and what "done" promises.
RULES: Mapping[str, str] = {
    "check": "wrong credentials, missing rights and unusable settings are told by `check`",
    "contacts": "contacts are made or matched by a stable id, never by name",
    "audience-id": "a list is made once and found again by its id; one that is gone is reported",
    "audience-kind": "a list that cannot be written to is refused before anything is sent",
    "already-there": "adding who is there and removing who is gone is accepted",
    "one-outcome-each": "every record gets exactly one outcome from what the tool said of it",
    "silent-rows": "rows that the tool passes over without a word are found and not accepted",
    "partial-answers": "an answer that is about some of the records counts for those only",
    "poison": "one record that spoils a request is found, and the others are sent",
    "retry-after": "the tool's wish to wait is honoured, however it is worded",
    "limits-sourced": "every limit names its source and how far it can be trusted",
    "jobs": "what the tool does later is asked after until it is over",
    "credentials": "short-lived credentials are renewed once, and refused ones switch off",
    "fields": "segment name, why, message, entered-at and goal state can be written",
    "removal": "only who was added by us is removed, and nothing else of theirs changes",
    "read-back": "the whole list can be read, page by page",
    "opt-outs": "people who opted out over there are told to us",
    "erasure": "a person can be deleted from the tool",
    "oracle": "method, path and body are compared with what the vendor's own client sends",
    "docs": "the README says how to set it up, what rights it needs, and its oddities",
}


class Standing(StrEnum):
    """Where a connector stands with a rule."""

    DONE = "done"
    TODO = "todo"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule's standing; `reason` says why it does not apply, or what is missing."""

    standing: Standing
    reason: str = ""


def read_rules(said: Mapping[str, str]) -> dict[str, Rule]:
    """`[quality]` of a manifest: `done`, `todo: what` or `exempt: why`. Rules that are not named
    are still to do. ValueError for unknown rules and reasons that are missing."""
    for name in said:
        if name not in RULES:
            raise ValueError(f"there is no quality rule {name!r}; there are: {', '.join(RULES)}")
    return {name: _rule(name, said.get(name, "todo: not said")) for name in RULES}


def _rule(name: str, text: str) -> Rule:
    standing, _, reason = text.partition(":")
    rule = Rule(Standing(standing.strip()), reason.strip())
    if rule.standing is not Standing.DONE and not rule.reason:
        raise ValueError(f"{name}: say why, as in “{rule.standing}: the tool has no such thing”")
    return rule
