"""Do not keep segments inside product: every function says the same to the same people."""

from __future__ import annotations

from catalogue.lint.known import Known, Rule


def _named(functions: tuple[str, ...]) -> str:
    words = [function.replace("_", " ") for function in functions]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _message_missing(known: Known) -> str | None:
    missing = tuple(one for one in known.functions if one not in known.messages)
    return f"There is no message for {_named(missing)}." if missing else None


def _one_function(known: Known) -> str | None:
    stored = known.stored
    if stored is None or not stored.is_live or len(stored.functions_of_tools) > 1:
        return None
    if not stored.functions_of_tools:
        return "No function has it in its tools."
    return f"Only {_named(tuple(stored.functions_of_tools))} has it in its tools."


SHARING = (
    Rule(
        code="SEG006",
        name="message-missing",
        belief="Every function says the same to the same people.",
        fix="Write what each function says to them: promise, proof, do and don't.",
        pointer="/messages",
        weight=10,
        judge=_message_missing,
    ),
    Rule(
        code="SEG017",
        name="one-function",
        belief="Segments are not kept inside one function.",
        fix="Send it to a tool of another function as well.",
        pointer="/sync",
        weight=5,
        judge=_one_function,
        needs_workspace=True,
    ),
)
