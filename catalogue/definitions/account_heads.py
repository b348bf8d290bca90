"""account_trait, account_members, customers: what somebody's account is, and who else is in it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import get_args

from catalogue.definitions import nodes
from catalogue.definitions.english.accounts import say_account_trait
from catalogue.definitions.nodes import HowMany, Node
from catalogue.definitions.pieces import Faults, Piece, nearest
from catalogue.definitions.registry import Head, ParseNode, WriteNode
from catalogue.definitions.term_forms import parse_term, write_term

Members = nodes.AccountMembers | nodes.Customers
HOW_MANY: tuple[HowMany, ...] = get_args(HowMany)


def _parse_trait(piece: Piece, _: ParseNode) -> Node:
    return nodes.AccountTrait(term=parse_term(piece.shallow(), "account_trait"))


def _write_trait(node: nodes.AccountTrait, _: WriteNode) -> dict[str, object]:
    return write_term(node.term, "account_trait")


def _parse_members(name: str, node: type[Members], piece: Piece, parse_node: ParseNode) -> Node:
    faults = Faults()
    faults.read(piece.only, (name, "where"), f"“{name}”")
    how = faults.read(_parse_how, piece.at(name), name)
    where = faults.read(_parse_where, name, piece, parse_node)
    faults.raise_any()
    return node(how=how, where=where)


def _parse_how(piece: Piece, name: str) -> HowMany:
    for how in HOW_MANY:
        if piece.value == how:
            return how
    raise piece.bad(
        f"“{name}” is any, all or none, as in “{name}: any”.",
        suggestion=nearest(str(piece.value), HOW_MANY),
    )


def _parse_where(name: str, piece: Piece, parse_node: ParseNode) -> Node:
    if "where" not in piece.keys:
        raise piece.bad(
            f"“{name}” needs “where”, the condition on the customers, as in"
            f" {{{name}: any, where: {{did: login}}}}."
        )
    return parse_node(replace(piece.at("where").deeper(), about="customer"))


def _write_members(name: str, node: Members, write_node: WriteNode) -> dict[str, object]:
    return {name: node.how, "where": write_node(node.where)}


def _members(name: str, node: type[Members]) -> Head:
    parse, write = partial(_parse_members, name, node), partial(_write_members, name)
    return Head(name=name, node=node, parse=parse, write=write)


HEADS = (
    Head(
        name="account_trait",
        node=nodes.AccountTrait,
        parse=_parse_trait,
        write=_write_trait,
        say=say_account_trait,
    ),
    _members("account_members", nodes.AccountMembers),
    _members("customers", nodes.Customers),
)
