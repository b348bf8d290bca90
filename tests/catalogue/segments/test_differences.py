from __future__ import annotations

from catalogue.definitions.describe import Labels
from catalogue.definitions.parse import parse_definition
from catalogue.segments.differences import LONGEST, MOST_SHOWN, english_difference, text_difference

PRO = parse_definition({"all": [{"trait": "plan", "is": "pro"}, {"did": "login"}]})
FREE = parse_definition({"all": [{"trait": "plan", "is": "free"}, {"did": "login"}]})


def marked(lines: list) -> list[str]:  # type: ignore[type-arg]
    signs = {"same": " ", "gone": "-", "new": "+"}
    return [f"{signs[line.change]}{line.text}" for line in lines]


def test_english_shows_every_line_and_what_only_one_has() -> None:
    labels = Labels(traits={"plan": "What they pay for"})

    assert marked(english_difference(PRO, FREE, labels=labels)) == [
        " A customer belongs when all of these are true:",
        "-What they pay for is pro",
        "+What they pay for is free",
        " has done “Login” at any time",
    ]


def test_against_no_definition_every_line_is_new_or_gone() -> None:
    assert {line.change for line in english_difference(None, PRO)} == {"new"}
    assert {line.change for line in english_difference(PRO, None)} == {"gone"}


def test_a_text_shows_its_changes_and_a_few_lines_around_each() -> None:
    before = [str(number) for number in range(20)]
    after = [*before[:10], "ten", *before[11:]]

    assert marked(text_difference("\n".join(before), "\n".join(after))) == [
        *(" …", " 7", " 8", " 9", "-10", "+ten", " 11", " 12", " 13", " …"),
    ]


def test_equal_texts_have_no_difference() -> None:
    assert text_difference("a\nb", "a\nb") == []


def test_lists_of_very_many_values_are_compared_at_once() -> None:
    before = [f"v{number}" for number in range(LONGEST + 5)]
    after = [*reversed(before[3:]), "new one"]

    assert marked(text_difference("\n".join(before), "\n".join(after))) == [
        *("-v0", "-v1", "-v2", "+new one"),
    ]


def test_of_a_very_long_difference_the_rest_is_counted() -> None:
    before = "\n".join(f"v{number}" for number in range(LONGEST + 1))

    lines = text_difference(before, "")

    assert len(lines) == MOST_SHOWN + 1
    assert lines[-1].text == f"… and {LONGEST + 1 - MOST_SHOWN:,} further lines"
