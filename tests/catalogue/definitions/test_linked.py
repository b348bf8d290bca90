from __future__ import annotations

import gettext

from hypothesis import given
from hypothesis import strategies as st

from catalogue.definitions.describe import describe, one_line
from catalogue.definitions.english.wording import Labels
from catalogue.definitions.linked import CLOSE, OPEN, TURN, Span, linked_line, linked_lines
from catalogue.definitions.nodes import Definition
from catalogue.definitions.parse import parse_definition
from tests.catalogue.definitions.trees import definitions


def named(spans: tuple[Span, ...]) -> list[tuple[str, str, str]]:
    return [(span.kind, span.name, span.text) for span in spans if span.kind != "text"]


@given(definitions)
def test_the_spans_say_what_the_english_says(definition: Definition) -> None:
    block = describe(definition)
    lines = linked_lines(definition)

    assert [(depth, "".join(span.text for span in spans)) for depth, spans in lines] == block.lines
    assert "".join(span.text for span in linked_line(definition)) == one_line(definition)


def test_names_are_found_with_what_they_stand_for() -> None:
    definition = parse_definition(
        {
            "all": [
                {"trait": "plan", "is": "pro"},
                {"did": "order_paid", "where": [{"prop": "amount", "gt": 5}], "in_last": "7 days"},
                {"not": {"in_segment": "power-users"}},
            ]
        }
    )
    labels = Labels(traits={"plan": "Tariff"}, segments={"power-users": "The busy ones"})

    assert named(linked_line(definition, labels=labels)) == [
        ("trait", "plan", "Tariff"),
        ("value", "", "pro"),
        ("event", "order_paid", "“Order paid”"),
        ("property", "amount", "amount"),
        ("value", "", "5"),
        ("value", "", "7 days"),
        ("segment", "power-users", "“The busy ones”"),
    ]


def test_names_in_steps_and_ends_are_found_too() -> None:
    definition = parse_definition(
        {
            "all": [
                {"sequence": [{"did": "viewed"}, {"did": ["asked"], "within": "7 days"}]},
                {"dropped_off": {"from": "began", "to": "paid", "within": "1 day"}},
                {"latest": "ticket", "has": [{"prop": "status", "is": "open"}]},
            ]
        }
    )

    assert named(linked_line(definition)) == [
        ("event", "viewed", "“Viewed”"),
        ("event", "asked", "“Asked”"),
        ("value", "", "7 days"),
        ("event", "began", "“Began”"),
        ("event", "paid", "“Paid”"),
        ("value", "", "1 day"),
        ("event", "ticket", "“Ticket”"),
        ("property", "status", "status"),
        ("value", "", "open"),
    ]


def test_a_translation_may_put_names_wherever_it_wants_them() -> None:
    class Backwards(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            return "{value} = {name}" if message == "{name} is {value}" else message

    definition = parse_definition({"trait": "plan", "is": "pro"})

    spans = linked_line(definition, translations=Backwards())

    assert [span.text for span in spans] == ["pro", " = ", "Plan"]
    assert spans[2].name == "plan"


def test_a_value_cannot_pass_itself_off_as_a_name() -> None:
    forged = f"x{OPEN}0{TURN}Plan{CLOSE}y{OPEN}99{TURN}z{CLOSE}{OPEN}"
    definition = parse_definition({"trait": "plan", "is": forged})

    spans = linked_line(definition)

    assert named(spans) == [("trait", "plan", "Plan"), ("value", "", "xPlanyz")]


@given(st.text(min_size=1).filter(str.strip))
def test_no_mark_is_left_whatever_a_name_holds(text: str) -> None:
    definition = parse_definition({"trait": "plan", "is": "pro"})

    spans = linked_line(definition, labels=Labels(traits={"plan": text}))

    shown = "".join(span.text for span in spans)
    assert not set(shown) & {OPEN, TURN, CLOSE}
