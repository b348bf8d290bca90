"""What `check_connectors` finds: a whole connector is spoiled in one place, and that is told."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations.quality import RULES
from integrations.scaffold.checks import check_connector
from integrations.scaffold.folders import Folders

# File, what is replaced in it, by what, and what is said of it.
SPOILED = [
    ("manifest.toml", 'mode = "delta"', 'mode = "sideways"', "is not a connector's manifest"),
    ("manifest.toml", 'check = "done"', 'check = "exempt"', "say why"),
    ("manifest.toml", 'check = "done"', 'czech = "done"', "no quality rule 'czech'"),
    ("manifest.toml", "[rate]\nsource", "[rate]\nconcurrency = 1 #", "[rate] has no source"),
    ("manifest.toml", 'known = "guessed"', "", "[rate] has no known"),
    ("manifest.toml", 'read_back = "full"', 'read_back = "none"', "read_back is none"),
    ("manifest.toml", "[limits]", 'answers = "job"\n[limits]', "answers with jobs"),
    ("manifest.toml", 'fields = "exempt: Mail', 'fields = "done" # "', "no field in [fields]"),
    ("__init__.py", '"""', "# ", "__init__.py has no docstring"),
    ("connector.py", "def seal(", "def zeal(", "MailmanConnector has no method seal"),
    (
        "connector.py",
        "def canonical(self, identity: str)",
        "def canonical(self, who: str)",
        "MailmanConnector.canonical must be canonical(self, identity: 'str')",
    ),
    (
        "connector.py",
        "def push(self, batch: Batch)",
        "def push(self, batch: Record)",
        "MailmanConnector.push must be push",
    ),
    (
        "connector.py",
        "*, wire: Wire) -> MailmanC",
        "wire: Wire) -> MailmanC",
        "open_connector must be",
    ),
    ("connector.py", "wire: Wire) -> MailmanConnector", "wire: Wire)", "which class"),
    ("connector.py", "import hashlib", "import nowhere_at_all", "connector.py cannot be imported"),
    ("README.md", "## Rights", "## Riches", "no section “rights”"),
    ("README.md", "## Oddities", "Oddities", "no section “oddities”"),
]


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_whole_connector_has_nothing_to_tell(mailman_copy: Folders) -> None:
    found = check_connector(mailman_copy)

    assert found.is_whole, found.lines()
    assert found.scenarios >= 40
    assert found.exempt["nobody_is_made_twice"].startswith("Mailman knows addresses")


@pytest.mark.parametrize(("file", "old", "new", "said"), SPOILED)
def test_what_is_wrong_with_the_code_folder_is_told(
    mailman_copy: Folders, file: str, old: str, new: str, said: str
) -> None:
    spoil(mailman_copy.code / file, old, new)

    faults = check_connector(mailman_copy).faults

    assert [fault for fault in faults if said in fault], faults


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("REAL =", "REALLY =", "no text REAL"),
        ('"nobody_is_made_twice"', '"nobody_is_made_thrice"', "there is no such scenario"),
        ('ADDRESSES = "Mailman knows', 'ADDRESSES = "" # "', "for no reason"),
        ("def open_harness", "def opened_harness", "no open_harness"),
        ("import httpx", "import nowhere_at_all", "cannot be imported"),
    ],
)
def test_what_is_wrong_with_the_test_folder_is_told(
    mailman_copy: Folders, old: str, new: str, said: str
) -> None:
    spoil(mailman_copy.tests / "harness.py", old, new)

    faults = check_connector(mailman_copy).faults

    assert [fault for fault in faults if said in fault], faults


def test_files_that_are_missing_are_told_one_by_one(mailman_copy: Folders) -> None:
    for path in (*mailman_copy.code.iterdir(), mailman_copy.tests / "harness.py"):
        if path.is_file():
            path.unlink()

    faults = check_connector(mailman_copy).faults

    assert [fault.split(" ")[3] for fault in faults] == [
        "manifest.toml", "__init__.py", "config.py", "client.py", "connector.py", "README.md",
        "harness.py",
    ]  # fmt: skip


def test_what_is_not_written_yet_is_told_where_it_is(mailman_copy: Folders) -> None:
    spoil(mailman_copy.code / "manifest.toml", 'erasure = "done"', 'erasure = "todo: ask them"')
    spoil(mailman_copy.code / "README.md", "One call adds", "TODO: say how members are added")
    spoil(
        mailman_copy.code / "connector.py",
        '        return f"{self._client.version()} answers at {self._config.url}."',
        '        raise NotImplementedError("ask who we are")',
    )

    found = check_connector(mailman_copy)

    assert not found.faults
    assert found.todos == [
        "README.md: say how members are added one member, verified, confirmed and approved, without"
        " a welcome message; a member",
        "connector.py: check: ask who we are",
        f"rule erasure ({RULES['erasure']}): ask them",
    ]


def test_the_command_lists_what_each_can_do_and_ends_with_1_when_one_is_not_whole(
    mailman_copy: Folders,
) -> None:
    out = io.StringIO()
    call_command("check_connectors", "--json", stdout=out)
    (line,) = [json.loads(line) for line in out.getvalue().splitlines()]
    assert line["ok"]
    assert set(line["rules"]) == set(RULES)
    assert {rule["standing"] for rule in line["rules"].values()} == {"done", "exempt"}
    assert line["limits"]["known"] == "documented"
    assert line["rate"]["source"]

    (mailman_copy.code / "README.md").unlink()
    with pytest.raises(CommandError, match="1 of 1 connectors are not whole: tried_out"):
        call_command("check_connectors", stdout=io.StringIO())
    with pytest.raises(CommandError, match="no connector 'other'; there are: tried_out"):
        call_command("check_connectors", "other")
