"""top, bottom, sample: a part of people, by rank or by draw."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from catalogue.definitions import nodes
from catalogue.definitions.english.ranks import say_rank, say_sample
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.measure_forms import parse_measure, write_measure
from catalogue.definitions.nodes import Everyone, Node, Rank, Sample
from catalogue.definitions.pieces import Faults, Piece, shortest
from catalogue.definitions.ranks import Size
from catalogue.definitions.registry import Head, ParseNode, WriteNode
from catalogue.definitions.samples import DEFAULT_SALT
from catalogue.definitions.share_forms import meant, parse_share, write_share
from catalogue.definitions.shares import Share


def _parse_rank(name: str, make: Callable[..., Rank], piece: Piece, parse_node: ParseNode) -> Node:
    faults = Faults()
    faults.read(piece.only, (name, "by", "among"), f"“{name}”")
    size = faults.read(_parse_size, piece.at(name), name)
    by = faults.read(_parse_by, piece, name)
    among = faults.read(_parse_among, piece, parse_node)
    faults.raise_any()
    return piece.at(name).checked(make, size=size, by=by, among=among)


def _parse_size(piece: Piece, name: str) -> Size:
    size = shortest(piece.value)
    if isinstance(size, str) and not size.isdecimal():
        share = parse_share(piece)
        if share.percent:
            return share
    if isinstance(size, int) and not isinstance(size, bool) and size >= 1:
        return size
    raise _bad_size(piece, name)


def _bad_size(piece: Piece, name: str) -> DefinitionError:
    value = piece.value
    is_count = isinstance(value, str) and value.isdecimal() and int(value) > 0
    near = str(int(value)) if isinstance(value, str) and is_count else meant(value)
    return piece.bad(
        f"“{name}” takes a whole number from 1 up, or a share of those who are ranked above 0%: 10"
        " or 10%.",
        suggestion=None if near == "0%" else near,
    )


def _parse_by(piece: Piece, name: str) -> nodes.Measure:
    if "by" not in piece.keys:
        raise piece.bad(
            f"“{name}” needs “by”, what to rank by, as in by: {{count: login}} or by: {{trait:"
            " seats}."
        )
    return parse_measure(piece.at("by").shallow())


def _parse_among(piece: Piece, parse_node: ParseNode) -> Node:
    if "among" not in piece.keys:
        return Everyone()
    among = piece.at("among")
    if "subject" in among.keys:
        raise among.at("subject").bad(
            "A ranking is made among those whom the definition is about; “among” takes a condition"
            " on them, without a subject of its own."
        )
    return parse_node(among.deeper())


def _write_rank(name: str, node: Rank, write_node: WriteNode) -> dict[str, object]:
    size = write_share(node.size) if isinstance(node.size, Share) else node.size
    return {name: size, "by": write_measure(node.by), "among": write_node(node.among)}


def _parse_sample(piece: Piece, _: ParseNode) -> Node:
    faults = Faults()
    faults.read(piece.only, ("sample", "salt"), "“sample”")
    share = faults.read(parse_share, piece.at("sample"))
    has_salt = "salt" in piece.keys
    salt = faults.read(piece.at("salt").text, "“salt”") if has_salt else DEFAULT_SALT
    faults.raise_any()
    return Sample(share=share, salt=salt)


def _write_sample(node: Sample, _: WriteNode) -> dict[str, object]:
    return {"sample": write_share(node.share), "salt": node.salt}


def _rank(name: str, node: type[Rank]) -> Head:
    parse, write = partial(_parse_rank, name, node), partial(_write_rank, name)
    return Head(name=name, node=node, parse=parse, write=write, say=say_rank)


HEADS = (
    _rank("top", nodes.Top),
    _rank("bottom", nodes.Bottom),
    Head(name="sample", node=Sample, parse=_parse_sample, write=_write_sample, say=say_sample),
)
