"""Whether a connector's class keeps to the contract: every method of it, with its parameters."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from integrations.http import Wire
from integrations.protocol import Connector

METHODS = tuple(
    name for name, value in vars(Connector).items() if not name.startswith("_") and callable(value)
)


def signature_faults(module: ModuleType) -> Iterator[str]:
    """Sentences on `connector.py`, as imported: `open_connector` and the class that it returns."""
    opener = getattr(module, "open_connector", None)
    if not callable(opener):
        yield "connector.py has no open_connector(options, *, wire)"
        return
    yield from _opener_faults(opener)
    made = _hints(opener).get("return")
    if not inspect.isclass(made) or made is Connector:
        yield "connector.py: open_connector does not say which class it returns"
        return
    for name in METHODS:
        yield from _method_faults(made, name)


def _opener_faults(opener: Callable[..., Any]) -> Iterator[str]:
    kinds = [(each.name, each.kind) for each in inspect.signature(opener).parameters.values()]
    wanted = [
        ("options", inspect.Parameter.POSITIONAL_OR_KEYWORD),
        ("wire", inspect.Parameter.KEYWORD_ONLY),
    ]
    if kinds != wanted or _hints(opener).get("wire") is not Wire:
        yield "connector.py: open_connector must be (options: Mapping[str, str], *, wire: Wire)"


def _method_faults(made: type, name: str) -> Iterator[str]:
    own = getattr(made, name, None)
    if not callable(own):
        yield f"connector.py: {made.__name__} has no method {name}"
        return
    wanted = getattr(Connector, name)
    if _parameters(own) != _parameters(wanted) or "return" not in _hints(own):
        yield f"connector.py: {made.__name__}.{name} must be {name}{inspect.signature(wanted)}"


def _parameters(method: Callable[..., Any]) -> list[tuple[str, Any, Any]]:
    hints = _hints(method)
    found = inspect.signature(method).parameters.values()
    return [(each.name, each.kind, hints.get(each.name)) for each in found]


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(function)
    except NameError:
        # A name that only the type checker knows.
        return {}
