"""Definitions written as YAML in tests, read as a file is."""

from __future__ import annotations

import pytest

from catalogue.definitions.errors import DefinitionError, Fault
from catalogue.definitions.nodes import Definition, Node
from catalogue.definitions.parse import locate, parse_definition, read_yaml


def definition(text: str, zone: str = "UTC") -> Definition:
    """The definition a YAML text says; refusals carry lines and columns."""
    (document,) = read_yaml(text)
    try:
        return parse_definition(document.data, default_timezone=zone)
    except DefinitionError as error:
        raise locate(error, document) from None


def tree(text: str, zone: str = "UTC") -> Node:
    """The tree of a definition."""
    return definition(text, zone).where


def refusals(text: str) -> tuple[Fault, ...]:
    """Every fault of a text that must be refused."""
    with pytest.raises(DefinitionError) as caught:
        definition(text)
    return caught.value.faults


def only_fault(text: str) -> tuple[str, str, str | None]:
    """Code, place and suggestion of the one fault of a text that must be refused."""
    (fault,) = refusals(text)
    return str(fault.code), fault.pointer, fault.suggestion
