"""The table of a run: which scenario holds for which connector, and which do not apply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

MARKS = {"done": "done", "": "-"}


def table(said: Iterable[str]) -> Iterator[str]:
    """Lines for people, from texts `connector|scenario|done` (or the reason of an exemption)."""
    rows: dict[str, dict[str, str]] = {}
    for line in said:
        connector, scenario, state = line.split("|", 2)
        rows.setdefault(scenario, {})[connector] = state
    connectors = sorted({name for row in rows.values() for name in row})
    width = max(len(name) for name in rows)
    yield f"{'scenario':<{width}}  " + "  ".join(f"{name:>10}" for name in connectors)
    for scenario, row in rows.items():
        cells = "  ".join(f"{_mark(row.get(name, '')):>10}" for name in connectors)
        yield f"{scenario:<{width}}  {cells}"
    yield from _reasons(rows)


def _mark(state: str) -> str:
    return MARKS.get(state, "exempt")


def _reasons(rows: dict[str, dict[str, str]]) -> Iterator[str]:
    """Every exemption with its reason; one reason of one connector is said once."""
    found: dict[tuple[str, str], list[str]] = {}
    for scenario, row in rows.items():
        for connector, state in row.items():
            if state != "done":
                found.setdefault((connector, state), []).append(scenario)
    for (connector, reason), scenarios in sorted(found.items()):
        yield f"exempt: {connector}: {reason} ({', '.join(scenarios)})"
