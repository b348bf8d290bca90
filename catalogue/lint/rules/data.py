"""Is what the definition looks at there, and does it tell people apart?"""

from __future__ import annotations

from catalogue.lint.known import Known, Rule


def _mostly_unknown(known: Known) -> str | None:
    if known.stored is None or not known.stored.unknown:
        return None
    said = [f"“{label}” of {share:.0%}" for label, share in known.stored.unknown]
    return f"It asks for what is not known of most people: {', '.join(said)}."


def _source_quiet(known: Known) -> str | None:
    if known.stored is None or not known.stored.silent:
        return None
    named = ", ".join(f"“{label}”" for label in known.stored.silent)
    verb = "has" if len(known.stored.silent) == 1 else "have"
    so = " Whoever “did not” may only be missing from the data." if known.has_negative else ""
    return f"{named} {verb} nearly stopped arriving in the last 7 days.{so}"


def _nearly_same(known: Known) -> str | None:
    if known.stored is None or not known.stored.twins:
        return None
    twin = known.stored.twins[0]
    more = len(known.stored.twins) - 1
    others = f", and {more} more like it" if more else ""
    return f"It holds nearly the same people as “{twin.name}” ({twin.share:.0%} in both){others}."


def _empty(known: Known) -> str | None:
    if known.stored is None or known.stored.size != 0:
        return None
    return "It holds nobody."


def _everyone(known: Known) -> str | None:
    stored = known.stored
    if stored is None or not stored.size or stored.size < stored.population:
        return None
    return f"It holds everybody there is ({stored.population:,}): it tells nobody from anybody."


DATA = (
    Rule(
        code="SEG012",
        name="trait-unknown",
        belief="A condition on what nobody knows sorts people by our data, not by themselves.",
        fix="Fill the trait, or ask for something that is known.",
        pointer="/definition",
        weight=10,
        judge=_mostly_unknown,
        needs_workspace=True,
    ),
    Rule(
        code="SEG013",
        name="source-quiet",
        belief="A number is only as true as what it is counted from.",
        fix="Ask whoever sends these events whether something broke; until then trust no absence.",
        pointer="/definition",
        weight=15,
        judge=_source_quiet,
        needs_workspace=True,
    ),
    Rule(
        code="SEG014",
        name="nearly-the-same",
        belief="Two names for one group make two messages for one person.",
        fix="Build one on the other, or archive one and name the other as its replacement.",
        pointer="/definition",
        weight=10,
        judge=_nearly_same,
        needs_workspace=True,
    ),
    Rule(
        code="SEG015",
        name="empty",
        belief="A segment that holds nobody helps nobody.",
        fix="See on its definition page which condition leaves nobody, and change that one.",
        pointer="/definition",
        weight=15,
        judge=_empty,
        needs_workspace=True,
    ),
    Rule(
        code="SEG016",
        name="everyone",
        belief="A segment tells some people from others.",
        fix="Add the condition that makes these people different.",
        pointer="/definition",
        weight=10,
        judge=_everyone,
        needs_workspace=True,
    ),
)
