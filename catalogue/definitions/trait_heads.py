"""trait, in_segment: what a customer is."""

from __future__ import annotations

from catalogue.definitions import nodes
from catalogue.definitions.english.segments import say_in_segment
from catalogue.definitions.english.terms import say_trait
from catalogue.definitions.nodes import Node
from catalogue.definitions.pieces import Piece
from catalogue.definitions.registry import Head, ParseNode, WriteNode
from catalogue.definitions.term_forms import parse_term, write_term


def _parse_trait(piece: Piece, _: ParseNode) -> Node:
    return nodes.Trait(term=parse_term(piece.shallow(), "trait"))


def _write_trait(node: nodes.Trait, _: WriteNode) -> dict[str, object]:
    return write_term(node.term, "trait")


def _parse_in_segment(piece: Piece, _: ParseNode) -> Node:
    piece.only(("in_segment",), "“in_segment”")
    named = piece.at("in_segment")
    key, mark, part = named.text("“in_segment”").partition("#")
    return named.checked(nodes.InSegment, key=key, part=part if mark else None)


def _write_in_segment(node: nodes.InSegment, _: WriteNode) -> dict[str, object]:
    return {"in_segment": node.target}


HEADS = (
    Head(
        name="trait",
        node=nodes.Trait,
        parse=_parse_trait,
        write=_write_trait,
        say=say_trait,
    ),
    Head(
        name="in_segment",
        node=nodes.InSegment,
        parse=_parse_in_segment,
        write=_write_in_segment,
        say=say_in_segment,
    ),
)
