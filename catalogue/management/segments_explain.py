"""manage.py segments explain KEY CUSTOMER: why a customer is in a segment, or not."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.utils import timezone

from catalogue import published
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.static_list import COLUMNS
from catalogue.management.instants import instant
from catalogue.management.lines import json_line
from catalogue.management.segment_keys import check_keys
from catalogue.membership.estimating import NoDataYet, ScanFailed
from catalogue.membership.explaining import Explained, NodeExplained
from catalogue.models import Segment
from catalogue.published import CustomerExplained
from catalogue.segments.vocabulary import stored_labels

HELP = (
    "Say why a customer (of a segment of accounts: an account) is in it or not, judged now: yes or"
    " no at each condition, and the value or the events that decided it."
)
# Reasons stand in a column of their own, unless a condition is longer than this.
WIDEST = 76
NODE_FIELDS = ("pointer", "text", "answer", "because", "flips_at")
WORDS = {True: "yes", False: "NO", None: "…"}


def add_arguments(parser: ArgumentParser) -> None:
    """The arguments of the subcommand."""
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("customer", metavar="CUSTOMER", help="the id, as it was loaded")
    parser.add_argument(
        "--now", type=instant, metavar="INSTANT", help="judge as of this instant (default: now)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def handle(options: Mapping[str, Any], stdout: TextIO, stderr: TextIO) -> int:
    """Explain and print; complain about a customer whom there is not, or not any more."""
    key, customer = options["key"], options["customer"]
    check_keys([key])
    try:
        found = published.explain(
            key,
            customer,
            viewer=None,
            now=options["now"] or timezone.now(),
            labels=stored_labels(None),
        )
    except (DefinitionError, NoDataYet, ScanFailed) as error:
        raise CommandError(str(error)) from error
    if found.customer_id is None:
        raise CommandError(found.sentence)
    explained = found.segments.get(key)
    if not isinstance(explained, Explained):
        raise CommandError(f"The segment “{key}” is archived, so nobody is in it.")
    if options["json"]:
        json_line(stdout, _row(found, explained))
    else:
        stdout.writelines(f"{line}\n" for line in _lines(found, explained))
    return 0


def _lines(found: CustomerExplained, explained: Explained) -> Iterator[str]:
    name = Segment.objects.get(key=explained.key).name
    where = "is in" if explained.is_in else "is not in"
    yield (
        f"{found.customer_id} {where} “{name}”. Judged as of {_when(found.now)}, on data loaded"
        f" {_when(found.data_as_of)}."
    )
    yield from filter(None, (found.sentence, explained.note, explained.later))
    shown = [node for node in explained.nodes if not node.folded]
    width = max((len(_head(node)) for node in shown if len(_head(node)) <= WIDEST), default=0)
    for node in shown:
        reasons = "; ".join(filter(None, (node.because, node.later if node.reason else "")))
        yield f"{_head(node):{width}}  ({reasons})" if reasons else _head(node)


def _head(node: NodeExplained) -> str:
    return f"{'  ' * node.depth}{WORDS[node.answer]:3}  {node.text}"


def _when(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _row(found: CustomerExplained, explained: Explained) -> dict[str, object]:
    return {
        "segment": explained.key,
        "subject": found.subject,
        COLUMNS[found.subject]: found.customer_id,
        "asked_id": found.asked_id,
        "is_in": explained.is_in,
        "by_definition": explained.own,
        "by_hand": explained.by_hand,
        "flips_at": explained.flips_at,
        "now": found.now,
        "data_as_of": found.data_as_of,
        "nodes": [
            {name: getattr(node, name) for name in NODE_FIELDS}
            | {"reason": None if node.reason is None else asdict(node.reason)}
            for node in explained.nodes
        ],
    }
