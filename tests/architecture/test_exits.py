"""People leave the house through one door, `catalogue.published.people`, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The ways out: whatever answers a request, prints, or speaks to a tool.
WAYS_OUT = (
    "catalogue/web",
    "catalogue/api",
    "catalogue/exports",
    "catalogue/admin",
    "catalogue/management",
    "catalogue/tasks.py",
    "integrations",
    "config",
)
# What turns a segment into people, or an ordinal into a person.
DOORS = {
    "members_of",
    "members_as_of",
    "members_at",
    "members_of_chain",
    "newest_holding",
    "withheld_of",
    "ids_of",
    "look_up",
    "customer_ids",
    "account_ids",
    "values_of",
    "current",
    "explain",
    "explaining",
    "withheld_among",
    "standing",
    "whole_person",
    "addresses_of",
    "holders_of_addresses",
    "yes_or_no",
    "bitmaps",
    "key_frame",
    "external_id",
}
FROM_THE_HOUSE = (
    "catalogue.engine",
    "catalogue.membership",
    "catalogue.warehouse",
    "catalogue.models",
    "catalogue.privacy",
)
# What of the face turns numbers into people, and where suppression and consent are looked up there.
NAMES = {"ids_of", "members_of", "values_of", "Customer", "external_id"}
LOOKED_UP_BY = {"withheld_of", "withholding", "people", "to_tell"}
# Faces that name people without that, and why they may.
ALLOWED = {
    "checksums.py": "sums of members that others have taken the withheld out of",
    "customers.py": "one customer for whoever is signed in, with why they are suppressed",
    "lookups.py": "finding one customer by an id or address that one has already",
    "merges.py": "numbers only",
}
# Words that are innocent after a dot: `published.explain` is the door itself.
INNOCENT = {"current", "bitmaps", "explain", "standing"}


def modules() -> list[Path]:
    """All ways out but connectors: these know neither Django nor the catalogue (import-linter holds
    them to it), so a word of a vendor's, such as `external_id`, opens nothing there."""
    found: list[Path] = []
    for way in WAYS_OUT:
        path = ROOT / way
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [path for path in found if not {"migrations", "connectors"} & set(path.parts)]


def doors_used(source: str) -> Iterator[tuple[int, str]]:
    """Lines that open another door: by import, as an attribute, or as the name of a field."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(FROM_THE_HOUSE):
            yield from ((node.lineno, one.name) for one in node.names if one.name in DOORS)
        elif isinstance(node, ast.Import):
            names = [one.name for one in node.names if one.name.startswith(FROM_THE_HOUSE)]
            yield from ((node.lineno, name) for name in names if name.split(".")[-1] in DOORS)
        elif isinstance(node, ast.Attribute) and _reads_customers(node):
            yield node.lineno, "Customer.objects"
        elif isinstance(node, ast.Attribute) and node.attr in DOORS - INNOCENT:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Constant) and node.value in {"external_id", "key_frame"}:
            yield node.lineno, str(node.value)


def _reads_customers(node: ast.Attribute) -> bool:
    # How many there are is no secret.
    rows = {"Customer.objects", "Account.objects"}
    return ast.unparse(node.value) in rows and node.attr not in {"exists", "count"}


def test_there_are_ways_out_to_be_examined() -> None:
    names = {str(path.relative_to(ROOT)) for path in modules()}
    assert "catalogue/management/segments_members.py" in names
    assert any(name.startswith("catalogue/web/views/") for name in names)
    assert any(name.startswith("integrations/sync/") for name in names)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_people_leave_only_through_published(path: Path) -> None:
    found = [f"line {line}: {name}" for line, name in doors_used(path.read_text(encoding="utf-8"))]
    assert not found, (
        f"{path.relative_to(ROOT)} reaches people past catalogue.published.people, where rights,"
        f" erasure, suppression and consent are looked up: {', '.join(found)}"
    )


@pytest.mark.parametrize(
    "source",
    [
        "from catalogue.membership.versions import members_of",
        "from catalogue.warehouse.ordinals import ids_of as harmless",
        "list(Customer.objects.all())",
        "from catalogue.warehouse import ordinals\nordinals.ids_of(x)",
        "import catalogue.membership.bitmaps",
        "from catalogue.membership.explaining import explain",
        "from catalogue.engine import explain as harmless",
        "rows.values_list('external_id')",
        "version.key_frame",
    ],
)
def test_every_other_door_would_be_noticed(source: str) -> None:
    assert list(doors_used(source))


def used_in(path: Path) -> set[str]:
    """Every name that a module reads."""
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in tree
        if isinstance(node, ast.Name | ast.Attribute)
    }


@pytest.mark.parametrize(
    "path", sorted((ROOT / "catalogue/published").glob("*.py")), ids=lambda path: path.name
)
def test_every_face_that_names_people_looks_up_suppression_and_consent(path: Path) -> None:
    used = used_in(path)
    if used & NAMES and path.name not in ALLOWED:
        assert used & LOOKED_UP_BY, f"{path.name} names people and asks nobody whether it may"


def test_suppression_and_consent_are_looked_up_in_one_place() -> None:
    asking = {
        str(path.relative_to(ROOT))
        for folder in ("catalogue", "integrations")
        for path in (ROOT / folder).rglob("*.py")
        if "withheld_among(" in path.read_text(encoding="utf-8")
    }
    assert asking == {"catalogue/privacy/withholding.py", "catalogue/published/people.py"}
