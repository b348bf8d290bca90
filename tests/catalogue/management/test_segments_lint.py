"""manage.py segments lint and fmt without a database, and what lint says as SARIF."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from catalogue.definitions.errors import Code
from catalogue.management.sarif import RULES
from tests.catalogue.management.test_segments_commands import HEAD, PROS, manage, rows

ROOT = Path(__file__).parents[3]
TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "name": {"type": "string"},
        "shortDescription": TEXT,
    },
}
PLACE = {
    "type": "object",
    "required": ["artifactLocation"],
    "additionalProperties": False,
    "properties": {
        "artifactLocation": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "uri": {"type": "string", "format": "uri-reference"},
                "uriBaseId": {"type": "string"},
            },
        },
        "region": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "startLine": {"type": "integer", "minimum": 1},
                "startColumn": {"type": "integer", "minimum": 1},
            },
        },
    },
}
LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "physicalLocation": PLACE,
        "logicalLocations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"fullyQualifiedName": {"type": "string"}},
            },
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["message"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": TEXT,
        "locations": {"type": "array", "items": LOCATION},
    },
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {"name": {"type": "string"}, "rules": {"type": "array", "items": RULE}},
}
# The part of the schema of SARIF 2.1.0 that we use; of the properties it knows, those alone.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "additionalProperties": False,
                        "properties": {"driver": DRIVER},
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": RESULT},
                },
            },
        },
    },
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our segments").mkdir()
    return tmp_path / "our segments"


def linted(*paths: str) -> tuple[int, dict[str, Any]]:
    code, out, err = manage("segments", "lint", "--format", "sarif", *paths)
    assert err == ""
    found = json.loads(out)
    jsonschema.validate(found, SARIF)
    return code, found["runs"][0]


def refusals(run: dict[str, Any]) -> list[dict[str, Any]]:
    """Results that are more than advice."""
    return [result for result in run["results"] if result["level"] != "note"]


def test_every_problem_is_a_result_at_its_line_and_column(folder: Path) -> None:
    (folder / "bad.yaml").write_text(PROS.replace("is: pro", "iz: pro"))
    (folder / "broken.yaml").write_text("key: [1, 2\nname: x\n")
    code, run = linted("our segments")
    assert code == 1
    broken, bad = refusals(run)
    assert (bad["ruleId"], bad["level"]) == ("unknown_operator", "error")
    assert run["tool"]["driver"]["rules"][bad["ruleIndex"]]["id"] == "unknown_operator"
    (location,) = bad["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "our%20segments/bad.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5, "startColumn": 27},
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "/definition/iz"}]
    assert broken["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 2,
        "startColumn": 5,
    }


def test_well_formed_files_have_advice_at_most(folder: Path) -> None:
    (folder / "pros.yaml").write_text(PROS)
    code, run = linted("our segments")
    assert (code, refusals(run)) == (0, [])


def test_what_a_file_does_not_keep_is_advice_at_its_line(folder: Path) -> None:
    (folder / "pros.yaml").write_text(PROS + "models: [demographic]\nwhy: Because.\n")
    code, run = linted("our segments")
    assert code == 0
    advice = {result["ruleId"]: result for result in run["results"]}
    assert set(advice) == {
        *("SEG001", "SEG003", "SEG004", "SEG006", "SEG010", "SEG011", "SEG018", "SEG019"),
    }
    demographic = advice["SEG010"]
    assert run["tool"]["driver"]["rules"][demographic["ruleIndex"]]["id"] == "SEG010"
    region = demographic["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] == 6
    code, out, err = manage("segments", "lint", "our segments")
    assert (code, out) == (0, "1 segment(s) are well-formed.\n")
    assert "Advice: our segments/pros.yaml:6:1: pros: SEG010 It sorts people by who" in err
    said = rows(manage("segments", "lint", "our segments", "--json")[1])
    assert {row["code"] for row in said if row["outcome"] == "advice"} == set(advice)


def test_whatever_a_file_is_built_on_may_look_at_usage(folder: Path) -> None:
    (folder / "a.yaml").write_text(HEAD + "key: a\nteam: growth\ndefinition: {in_segment: b}\n")
    assert "SEG011" not in manage("segments", "lint", "our segments")[2]
    (folder / "b.yaml").write_text(PROS.replace("key: pros", "key: b"))
    assert "a: SEG011" in manage("segments", "lint", "our segments")[2]


def test_warnings_refuse_nothing(folder: Path) -> None:
    text = HEAD + "key: a\ndefinition:\n  all:\n    - {in_segment: elsewhere}\n"
    (folder / "a.yaml").write_text(text)
    code, run = linted("our segments")
    assert code == 0
    assert [(one["ruleId"], one["level"]) for one in refusals(run)] == [
        ("bad_value", "warning"),
        ("missing_reference", "warning"),
    ]
    assert run["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"] == 6
    code, out, err = manage("segments", "lint", "our segments")
    assert (code, out) == (0, "1 segment(s) are well-formed.\n")
    assert "Warning: our segments/a.yaml:6:" in err
    outcomes = [
        row["outcome"] for row in rows(manage("segments", "lint", "our segments", "--json")[1])
    ]
    assert [one for one in outcomes if one != "advice"] == ["warning", "warning", "ok"]
    # Of one file nobody knows what else there is.
    assert "“elsewhere”" not in manage("segments", "lint", "our segments/a.yaml")[2]


def test_files_elsewhere_are_named_whole(folder: Path, tmp_path_factory: Any) -> None:
    path = tmp_path_factory.mktemp("else") / "a.yaml"
    path.write_text("x: [")
    artifact = linted(str(path))[1]["results"][0]["locations"][0]["physicalLocation"]
    assert artifact["artifactLocation"] == {"uri": path.as_uri()}


def test_every_code_has_a_rule() -> None:
    assert set(RULES) == set(Code)


BOTH = """
import django
from django.core.management import call_command
django.setup()
call_command("segments", "lint", "our segments")
call_command("segments", "fmt", "our segments")
"""


def test_no_database_is_asked(folder: Path) -> None:
    (folder / "pros.yaml").write_text(PROS)
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": "postgresql://nobody:nothing@127.0.0.1:1/none",
        "DATA_DIR": str(folder / "var"),
        "SECRET_KEY": "only for tests",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", BOTH],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith("Advice: ")]
    assert (done.returncode, said) == (0, [])
    assert done.stdout == "1 segment(s) are well-formed.\n"
