"""Who and what state: badges, pills, chips, people, notes, tools."""

from __future__ import annotations

from dataclasses import dataclass

from django import template
from django.utils.safestring import SafeString

from catalogue.models import Health
from catalogue.web.components.rendering import SIGNS, render_component

register = template.Library()


# From these scores on.
HEALTHY, FAIR = 80, 50


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state as icon, word and colour, and how we know it."""

    tone: str
    word: str
    icon: str = ""
    proof: str = ""


@register.simple_tag
def badge(tone: str, word: str, icon: str = "", detail: str = "") -> SafeString:
    """A state: icon, word and colour. `tone`: good, warn, bad, idle, mark or info."""
    return render_component("badge", tone=tone, word=word, sign=icon or SIGNS[tone], detail=detail)


@register.simple_tag
def pill(tone: str, word: str, icon: str = "") -> SafeString:
    """A state beside a large figure."""
    return render_component("pill", tone=tone, word=word, sign=icon or SIGNS[tone])


@register.simple_tag
def chip(
    label: str, value: str, remove_url: str = "", target: str = "", state: str = ""
) -> SafeString:
    """An active filter, and the link that takes it away."""
    return render_component(
        "chip", label=label, value=value, remove_url=remove_url, target=target, state=state
    )


@register.simple_tag
def person(
    name: str, detail: str = "", big: bool = False, nobody: str = "Nobody yet"
) -> SafeString:
    """Somebody of the house: two letters, the name, a line below."""
    return render_component("person", name=name, detail=detail, big=big, nobody=nobody)


@register.simple_block_tag
def note(
    content: str, tone: str = "info", icon: str = "", alert: bool = False, id: str = ""
) -> SafeString:
    """Something to know about what stands near it; `alert` is read out at once."""
    sign = icon or SIGNS[tone]
    return render_component("note", content=content, tone=tone, sign=sign, alert=alert, id=id)


@register.simple_tag
def tool_state(definition: State, people: State, connection: State) -> SafeString:
    """What a tool holds: three facts, never one light."""
    axes = (("Definition", definition), ("People", people), ("Connection", connection))
    return render_component("tool_state", axes=axes)


@register.simple_tag
def health_badge(health: Health, short: bool = False) -> SafeString:
    """What the rules make of a segment; the proof are those that it does not keep, or of a `short`
    one how many they are."""
    tone = "good" if health.score >= HEALTHY else "warn" if health.score >= FAIR else "bad"
    count = len(health.findings)
    if short:
        detail = f"{count} finding{'' if count == 1 else 's'}"
        return badge(tone, f"{health.score}", detail=detail)
    kept = ", ".join(one["code"] for one in health.findings) or "keeps every rule"
    return badge(tone, f"{health.score} of 100", detail=kept)
