"""The tests inside a segment file: their shape. What they give is read by who judges them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from catalogue.definitions.dates import read_date
from catalogue.definitions.errors import Code
from catalogue.definitions.pieces import Faults, Piece, every, nearest
from catalogue.definitions.subjects import parse_list_of

KEYS = ("it", "now", "given", "accounts", "segments", "expect", "timeline", "expect_error")
ENTRY_KEYS = ("at", "expect", "entered", "left", "definition")
SEGMENT_KEYS = ("definition", "static", "subject", "add", "remove")
CODES = tuple(code.value for code in Code)

Plain = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentTest:
    """One test, in plain values as written (see docs/language.md, Testing).

    `given` are customers, `accounts` accounts, `segments` other segments by key, their definitions
    not yet read. `expect`: ids. `timeline`: entries with `at`. `expect_error`: a code."""

    it: str
    now: str
    given: tuple[Plain, ...] = ()
    accounts: tuple[Plain, ...] = ()
    segments: Mapping[str, Plain] = field(default_factory=dict)
    expect: tuple[str, ...] | None = None
    timeline: tuple[Plain, ...] = ()
    expect_error: str | None = None


def parse_tests(piece: Piece) -> tuple[SegmentTest, ...]:
    """The list of tests of a file; a missing one is empty."""
    return () if piece.value is None else every(piece.items("“tests”"), _parse_test)


def _parse_test(piece: Piece) -> SegmentTest:
    piece.mapping("A test")
    faults = Faults()
    faults.read(piece.only, KEYS, "A test")
    it = faults.read(piece.at("it").text, "“it”, what the test shows,")
    now = faults.read(_parse_now, piece.at("now"))
    given = faults.read(_mappings, piece.at("given"))
    accounts = faults.read(_mappings, piece.at("accounts"))
    segments = faults.read(_parse_segments, piece.at("segments"))
    expect = faults.read(_ids, piece.at("expect"))
    timeline = faults.read(_parse_timeline, piece.at("timeline"))
    expect_error = faults.read(_parse_code, piece.at("expect_error"))
    faults.read(_check_expects, piece)
    faults.raise_any()
    return SegmentTest(
        it=it,
        now=now,
        given=given,
        accounts=accounts,
        segments=segments,
        expect=expect,
        timeline=timeline,
        expect_error=expect_error,
    )


def _parse_now(piece: Piece) -> str:
    literal = read_date(piece.value) if isinstance(piece.value, str) else None
    if literal is None or not isinstance(piece.value, str):
        raise piece.bad("“now” must be an instant, as in 2026-03-18T12:00:00Z.")
    return piece.value


def _mappings(piece: Piece) -> tuple[Plain, ...]:
    return () if piece.value is None else every(piece.items("This"), _mapping)


def _mapping(piece: Piece) -> Plain:
    piece.mapping("This")
    return {key: piece.at(key).value for key in piece.keys}


def _parse_segments(piece: Piece) -> Mapping[str, Plain]:
    if piece.value is None:
        return {}
    faults = Faults()
    found = {
        key: faults.read(_parse_segment, piece.at(key)) for key in piece.mapping("“segments”").keys
    }
    faults.raise_any()
    return found


def _parse_segment(piece: Piece) -> Plain:
    piece.mapping("A segment").only(SEGMENT_KEYS, "A segment of a test")
    parse_list_of(piece)
    return _mapping(piece)


def _ids(piece: Piece) -> tuple[str, ...] | None:
    return None if piece.value is None else every(piece.items("The ids"), _id)


def _id(piece: Piece) -> str:
    if isinstance(piece.value, int) and not isinstance(piece.value, bool):
        return str(piece.value)
    return piece.text("An id")


def _parse_timeline(piece: Piece) -> tuple[Plain, ...]:
    return () if piece.value is None else every(piece.items("“timeline”"), _parse_entry)


def _parse_entry(piece: Piece) -> Plain:
    piece.mapping("An entry of “timeline”")
    faults = Faults()
    faults.read(piece.only, ENTRY_KEYS, "An entry of “timeline”")
    faults.read(piece.at("at").text, "“at”, when to judge,")
    for key in ("expect", "entered", "left"):
        faults.read(_ids, piece.at(key))
    faults.raise_any()
    return _mapping(piece)


def _parse_code(piece: Piece) -> str | None:
    if piece.value is None or piece.value in CODES:
        return None if piece.value is None else str(piece.value)
    raise piece.bad(
        f"“{piece.value}” is no code of a refusal.",
        suggestion=nearest(str(piece.value), CODES),
    )


def _check_expects(piece: Piece) -> None:
    if not {"expect", "timeline", "expect_error"} & set(piece.keys):
        raise piece.bad("The test expects nothing. Give it expect, timeline or expect_error.")
