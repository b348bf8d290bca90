"""held: how long a trait has been what it is."""

from __future__ import annotations

from dataclasses import replace
from typing import cast, get_args

from catalogue.definitions.dates import parse_duration, write_duration
from catalogue.definitions.english.held import say_held
from catalogue.definitions.errors import Code
from catalogue.definitions.held import Held, Lasting
from catalogue.definitions.nodes import Node, Term
from catalogue.definitions.pieces import Faults, Piece
from catalogue.definitions.registry import Head, ParseNode, WriteNode
from catalogue.definitions.spans import Duration
from catalogue.definitions.term_forms import OPERATOR_KEYS, parse_term, write_term
from catalogue.definitions.window_forms import EVENT_KEYS

LASTING: tuple[str, ...] = get_args(Lasting)
OF_THE_TERM = ("held", *OPERATOR_KEYS, *EVENT_KEYS)


def _parse_held(piece: Piece, _: ParseNode) -> Node:
    # What is misspelt would otherwise be missed as well.
    piece.only((*OF_THE_TERM, *LASTING), "“held”")
    faults = Faults()
    term = faults.read(_parse_term, piece)
    found = faults.read(_parse_lasting, piece)
    faults.raise_any()
    return Held(term=term, lasting=found[0], duration=found[1])


def _parse_term(piece: Piece) -> Term:
    values = {key: piece.at(key).value for key in piece.keys if key in OF_THE_TERM}
    return parse_term(replace(piece, value=values).shallow(), "held")


def _parse_lasting(piece: Piece) -> tuple[Lasting, Duration]:
    keys = [key for key in piece.keys if key in LASTING]
    if not keys:
        raise piece.fault(
            Code.UNKNOWN_OPERATOR,
            "“held” needs “for_at_least” or “for_less_than”, as in for_at_least: 7 days.",
            suggestion="for_at_least",
        )
    if len(keys) > 1:
        raise piece.at(keys[1]).fault(
            Code.UNKNOWN_OPERATOR,
            "“held” takes either “for_at_least” or “for_less_than”. Join two conditions with"
            " “all”.",
            suggestion="all",
        )
    return cast("Lasting", keys[0]), parse_duration(piece.at(keys[0]))


def _write_held(node: Held, _: WriteNode) -> dict[str, object]:
    return write_term(node.term, "held") | {node.lasting: write_duration(node.duration)}


HEADS = (Head(name="held", node=Held, parse=_parse_held, write=_write_held, say=say_held),)
