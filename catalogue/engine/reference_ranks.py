"""Rankings and samples (clause 22), slowly and obviously."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from catalogue.definitions.nodes import Rank, Sample, Share, Top
from catalogue.engine.reference_numbers import decimal_sum, distinct_count
from catalogue.engine.reference_values import is_missing, number_of


def first_by(figures: Mapping[str, Fraction], node: Rank) -> frozenset[str]:
    """Of all that have a figure, the first or last so many and whoever ties with the last one in;
    by id."""
    if not figures:
        return frozenset()
    ordered = sorted(figures.values(), reverse=isinstance(node, Top))
    size = node.size
    taken = math.ceil(size.fraction * len(ordered)) if isinstance(size, Share) else size
    taken_figures = set(ordered[:taken])
    return frozenset(id_ for id_, figure in figures.items() if figure in taken_figures)


def figure_of(function: str, values: Sequence[object]) -> Fraction | None:
    """What an aggregate of the values comes to; None without any value."""
    if function == "count_distinct":
        present = [value for value in values if not is_missing(value)]
        return Fraction(distinct_count(present)) if present else None
    numbers = [number for number in map(number_of, values) if number is not None]
    if function in ("sum", "avg"):
        numbers = [number for number in numbers if abs(number) < 1e20]
    if not numbers:
        return None
    if function in ("min", "max"):
        return Fraction(min(numbers) if function == "min" else max(numbers))
    return Fraction(decimal_sum(numbers)) / (len(numbers) if function == "avg" else 1)


def is_drawn(node: Sample, customer_id: str) -> bool:
    """Whether u of the customer lies below the share."""
    digest = hashlib.sha256(f"{node.salt}:{customer_id}".encode()).digest()
    u = Fraction(int.from_bytes(digest[:8], "big"), 2**64)
    return u < node.share.fraction
