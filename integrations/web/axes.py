"""What a tool holds, as icon, word and colour, on three axes that are never one light."""

from __future__ import annotations

from datetime import datetime

from django.utils.html import format_html

from catalogue.web.components.states import State
from catalogue.web.tags import moment
from integrations.models import Receipt, ReceiptVerdict
from integrations.sync.copies import Copy, masked
from integrations.sync.truth import PeopleTruth

CONNECTIONS = {
    "working": ("good", "Connected", "plug"),
    "failing": ("bad", "Failing", "plug"),
    "waiting": ("warn", "Told to wait", "clock"),
    "resting": ("bad", "Let rest", "clock"),
    "paused": ("idle", "Paused", "off"),
    "braked": ("warn", "Braked", "off"),
    "stopped": ("warn", "Stopped", "off"),
    "off": ("bad", "Switched off", "off"),
    "unknown": ("idle", "Unknown", "unknown"),
}
# {verdict: (tone, word)} of what tools that pull report.
RECEIPTS = {
    ReceiptVerdict.EQUAL: ("good", "Equal"),
    ReceiptVerdict.DIFFERENT_COUNT: ("bad", "Other number"),
    ReceiptVerdict.DIFFERENT_CHECKSUM: ("bad", "Other people"),
    ReceiptVerdict.UNKNOWN_VERSION: ("idle", "Unknown version"),
}


def receipt_state(receipt: Receipt, newest: int | None) -> State:
    """Whether a tool that pulls held the newest members when it last said so."""
    tone, word = RECEIPTS[ReceiptVerdict(receipt.verdict)]
    is_old = newest is not None and receipt.membership_version < newest
    if receipt.verdict == ReceiptVerdict.EQUAL and is_old:
        proof = f"{receipt.evidence} The newest is m{newest}."
        return State(tone="warn", word="Behind", icon="clock", proof=proof)
    return State(tone=tone, word=word, proof=receipt.evidence)


def definition_axis(copy: Copy) -> State:
    """Whether the people it confirmed were judged by the newest definition."""
    about, newest = copy.truth.definition, copy.newest_definition
    if about.state == "current":
        proof = _proof(f"d{newest}, confirmed", about.as_of)
        return State(tone="good", word="In step", icon="good", proof=proof)
    if about.state == "different":
        return State(tone="bad", word="Different", icon="version", proof=about.evidence)
    if about.state == "older":
        held = copy.held_definition
        proof = _proof(f"d{held} where d{newest} holds, confirmed" if held else "", about.as_of)
        return State(tone="warn", word=_behind(held, newest), icon="version", proof=proof)
    return State(tone="idle", word="Unknown", proof=about.evidence)


def _behind(held: int | None, newest: int | None) -> str:
    if held is None or newest is None:
        return "Different"
    behind = newest - held
    return f"Behind by {behind} version{'' if behind == 1 else 's'}"


def people_axis(copy: Copy) -> State:
    """Whether it holds the newest members, as it was read back."""
    about = copy.truth.people
    proof = _proof(about.evidence, about.as_of)
    if about.state == "equal":
        return State(tone="good", word="Equal", proof=proof)
    if about.state == "behind":
        return State(tone="warn", word="Behind", icon="clock", proof=proof)
    if about.state == "differs":
        return State(tone="bad", word=difference(about), proof=proof)
    if about.state == "count_only":
        return State(tone="idle", word="Count only", proof=proof)
    if about.state == "unverifiable":
        return State(tone="idle", word="Unverifiable", proof=proof)
    return State(tone="idle", word="Unknown", proof=proof)


def difference(about: PeopleTruth) -> str:
    """`−14 +3`: missing there, and there too many."""
    return f"−{about.missing or 0:,} +{about.extra or 0:,}"


def connection_axis(copy: Copy) -> State:
    """Whether the last sync found the tool."""
    about = copy.truth.connection
    tone, word, icon = CONNECTIONS[about.state]
    # What the brake said stands in full where it can be approved.
    said = "the brake holds the sync" if copy.is_braked else about.evidence
    return State(tone=tone, word=word, icon=icon, proof=_proof(said, about.as_of))


def _proof(said: str, at: datetime | None) -> str:
    """What it rests on, and when that was so."""
    said = masked(said)
    if at is None:
        return said
    return format_html("{} {}", said, moment(at)) if said else moment(at)
