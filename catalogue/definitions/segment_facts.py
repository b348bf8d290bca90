"""What a segment file says besides its definition: why, goal, review, timetable, tools."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from catalogue.definitions.dates import parse_day, parse_duration
from catalogue.definitions.goals import parse_goal
from catalogue.definitions.pieces import Faults, Piece, every, nearest

MODELS = (
    "demographic",
    "behavioural",
    "psychographic",
    "technographic",
    "plan_status",
    "usage",
    "drop_off",
)
STATUSES = ("draft", "live")
EVIDENCE_KINDS = ("interview", "survey", "analysis", "support", "experiment")
STRENGTHS = ("weak", "medium", "strong")
REFRESH = re.compile(
    r"every ([1-9][0-9]{0,3}) (minute|hour|day)s?(?: at ([01][0-9]|2[0-3]):([0-5][0-9]))?"
)
SLUG = re.compile(r"[A-Za-z0-9_-]{1,80}")
FUNCTION = re.compile(r"[a-z][a-z0-9_]{0,39}")

# The parts of a message guide, in the order in which a file is written.
GUIDE = ("message", "promise", "proof", "objections", "do", "dont")
Guide = str | dict[str, str]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of research: of how many people (`n`), from which day (`on`), how much weight it
    bears, which sentence of the why (`claim`) it supports, and the day from which it has to be
    looked at anew (`expires_on`)."""

    kind: str
    source: str
    n: int | None = None
    on: date | None = None
    strength: str | None = None
    claim: str | None = None
    expires_on: date | None = None


def optional(piece: Piece, key: str, read: Callable[[Piece], T]) -> T | None:
    """What a key holds; None when it is missing or null."""
    return None if piece.at(key).value is None else read(piece.at(key))


def short_text(piece: Piece, *, longest: int) -> str:
    """A text of one line that is not empty."""
    text = piece.text("This").strip()
    if not text or "\n" in text or "\x00" in text:
        raise piece.bad("This must be one line of text.")
    if len(text) > longest:
        raise piece.bad(f"This is {len(text)} characters long; at most {longest} are kept.")
    return text


def long_text(piece: Piece) -> str:
    """A text of any length."""
    return piece.text("This").strip()


def name(piece: Piece) -> str:
    """The name of a segment."""
    return short_text(piece, longest=200)


def status(piece: Piece) -> str:
    """draft or live."""
    return _one_of(piece, STATUSES)


def team(piece: Piece) -> str:
    """The key of a team."""
    text = piece.text("The team")
    if SLUG.fullmatch(text) is None:
        raise piece.bad(f"“{text}” is no key of a team: letters, digits, hyphens, no blanks.")
    return text


def owner(piece: Piece) -> str:
    """An e-mail address."""
    text = short_text(piece, longest=254)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        raise piece.bad(f"“{text}” is no e-mail address. The owner is named by theirs.")
    return text


def models(piece: Piece) -> tuple[str, ...]:
    """The segmentation models a segment uses."""
    return every(piece.items("“models”"), lambda one: _one_of(one, MODELS))


def _one_of(piece: Piece, known: tuple[str, ...]) -> str:
    if piece.value not in known or not isinstance(piece.value, str):
        raise piece.bad(
            f"“{piece.value}” is not one of {', '.join(known)}.",
            suggestion=nearest(str(piece.value), known),
        )
    return piece.value


def evidence(piece: Piece) -> tuple[Evidence, ...]:
    """The research that why rests on."""
    return every(piece.items("“evidence”"), _evidence)


def _evidence(piece: Piece) -> Evidence:
    piece.mapping("A piece of evidence")
    faults = Faults()
    known = ("kind", "source", "n", "on", "strength", "claim", "expires_on")
    faults.read(piece.only, known, "A piece of evidence")
    kind = faults.read(_one_of, piece.at("kind"), EVIDENCE_KINDS)
    source = faults.read(short_text_of(500), piece.at("source"))
    n = faults.read(optional, piece, "n", _people)
    on = faults.read(optional, piece, "on", parse_day)
    strength = faults.read(optional, piece, "strength", _strength)
    claim = faults.read(optional, piece, "claim", short_text_of(500))
    expires_on = faults.read(optional, piece, "expires_on", parse_day)
    faults.raise_any()
    return Evidence(
        kind=kind, source=source, n=n, on=on, strength=strength, claim=claim, expires_on=expires_on
    )


def _strength(piece: Piece) -> str:
    return _one_of(piece, STRENGTHS)


def short_text_of(longest: int) -> Callable[[Piece], str]:
    """A reader of one line that long."""
    return lambda piece: short_text(piece, longest=longest)


def _people(piece: Piece) -> int:
    if not isinstance(piece.value, int) or isinstance(piece.value, bool) or piece.value < 0:
        raise piece.bad("Write how many people, a whole number.")
    return piece.value


def goal(piece: Piece) -> dict[str, object]:
    """A goal (`goals.parse_goal`), as written."""
    parse_goal(piece)
    return {key: piece.at(key).value for key in piece.keys}


def review(piece: Piece) -> dict[str, object]:
    """{every, reviewer}, as written."""
    piece.mapping("“review”")
    faults = Faults()
    faults.read(piece.only, ("every", "reviewer"), "“review”")
    faults.read(parse_duration, piece.at("every"))
    faults.read(optional, piece, "reviewer", owner)
    faults.raise_any()
    return {key: piece.at(key).value for key in piece.keys}


def refresh(piece: Piece) -> dict[str, object]:
    """`every 6 hours`, `every 1 day at 06:00` as {every, unit, at}."""
    match = REFRESH.fullmatch(piece.value) if isinstance(piece.value, str) else None
    if match is None:
        raise piece.bad(
            f"“{piece.value}” is no timetable. Write “every 6 hours”, or with a time of day"
            " “every 1 day at 06:00”; minutes, hours and days are known."
        )
    at = f"{match[3]}:{match[4]}" if match[3] else None
    return {"every": int(match[1]), "unit": match[2], "at": at}


def messages(piece: Piece) -> dict[str, Guide]:
    """Function → what it says to the people of the segment: the message alone, or the parts of a
    guide, `message` among them."""
    faults = Faults()
    found = {
        key: faults.read(_message, piece.at(key), key) for key in piece.mapping("“messages”").keys
    }
    faults.raise_any()
    return found


def _message(piece: Piece, function: str) -> Guide:
    if FUNCTION.fullmatch(function) is None:
        raise piece.bad(f"“{function}” is no name of a function, as customer_success would be.")
    return _guide(piece) if isinstance(piece.value, dict) else long_text(piece)


def _guide(piece: Piece) -> Guide:
    faults = Faults()
    faults.read(piece.only, GUIDE, "A message guide")
    said = {name: faults.read(optional, piece, name, long_text) for name in GUIDE}
    if not said["message"]:
        faults.read(_no_message, piece)
    faults.raise_any()
    parts = {name: text for name, text in said.items() if text}
    # A guide that has nothing but its message is that message.
    return parts if len(parts) > 1 else parts["message"]


def _no_message(piece: Piece) -> None:
    raise piece.bad("A message guide needs its “message”; the other parts say how to get there.")


def sync(piece: Piece) -> tuple[dict[str, str], ...]:
    """[{to: destination, as: name over there}]"""
    return every(piece.items("“sync”"), _sync)


def _sync(piece: Piece) -> dict[str, str]:
    piece.mapping("A line of “sync”")
    faults = Faults()
    faults.read(piece.only, ("to", "as"), "“sync”")
    found = {"to": faults.read(short_text_of(200), piece.at("to"))}
    if "as" in piece.keys:
        found["as"] = faults.read(short_text_of(200), piece.at("as"))
    faults.raise_any()
    return found
