"""all, any, none, not, everyone: how conditions are joined."""

from __future__ import annotations

from functools import partial

from catalogue.definitions import nodes
from catalogue.definitions.english.segments import say_everyone
from catalogue.definitions.errors import Code
from catalogue.definitions.nodes import Node
from catalogue.definitions.pieces import Piece, every
from catalogue.definitions.registry import Head, ParseNode, WriteNode

Several = nodes.All | nodes.Any | nodes.None_


def _parse_several(name: str, node: type[Several], piece: Piece, parse_node: ParseNode) -> Node:
    piece.only((name,), f"“{name}”")
    group = piece.at(name)
    if group.value in (None, [], {}, ""):
        raise group.fault(
            Code.EMPTY_DEFINITION, "The group is empty. Give it at least one condition."
        )
    return node(children=every(group.deeper().items(f"“{name}”"), parse_node))


def _write_several(name: str, node: Several, write_node: WriteNode) -> dict[str, object]:
    return {name: [write_node(child) for child in node.children]}


def _parse_not(piece: Piece, parse_node: ParseNode) -> Node:
    piece.only(("not",), "“not”")
    child = piece.at("not")
    if isinstance(child.value, list) and child.value:
        raise child.bad("“not” takes one condition. For several write “none”.", suggestion="none")
    return nodes.Not(child=parse_node(child.deeper()))


def _write_not(node: nodes.Not, write_node: WriteNode) -> dict[str, object]:
    return {"not": write_node(node.child)}


def _parse_everyone(piece: Piece, _: ParseNode) -> Node:
    piece.only(("everyone",), "“everyone”")
    if piece.at("everyone").value is not True:
        raise piece.at("everyone").bad("“everyone” can only be true.")
    return nodes.Everyone()


def _write_everyone(_: nodes.Everyone, __: WriteNode) -> dict[str, object]:
    return {"everyone": True}


def _several(name: str, node: type[Several]) -> Head:
    parse, write = partial(_parse_several, name, node), partial(_write_several, name)
    return Head(name=name, node=node, parse=parse, write=write)


HEADS = (
    _several("all", nodes.All),
    _several("any", nodes.Any),
    _several("none", nodes.None_),
    Head(name="not", node=nodes.Not, parse=_parse_not, write=_write_not),
    Head(
        name="everyone",
        node=nodes.Everyone,
        parse=_parse_everyone,
        write=_write_everyone,
        say=say_everyone,
    ),
)
