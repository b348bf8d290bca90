"""Texts: definitions in English, files, and what changed in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import template
from django.utils.safestring import SafeString

from catalogue.definitions.linked import Span
from catalogue.web.components.rendering import render_component
from catalogue.web.terms import linked

register = template.Library()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """A line of a text in two versions. `change`: "same", "gone" or "new"."""

    text: str
    change: str = "same"
    depth: int = 0


@register.simple_tag
def english(lines: Sequence[tuple[int, Sequence[Span]]], small: bool = False) -> SafeString:
    """A definition as a block, its names linked to the dictionary and to other segments."""
    return render_component(
        "english",
        lines=[(depth, linked(spans)) for depth, spans in lines],
        small=small,
        links=True,
    )


@register.simple_tag
def english_line(
    spans: Sequence[Span], links: bool = False, missing: str = "No definition yet."
) -> SafeString:
    """A definition on one line."""
    return render_component("english_line", spans=linked(spans), links=links, missing=missing)


@register.simple_tag
def diff(lines: Sequence[DiffLine], as_source: bool = False) -> SafeString:
    """Two versions of a text, line by line."""
    return render_component("diff", lines=lines, source=as_source)


@register.simple_tag
def source(text: str, id: str, label: str) -> SafeString:
    """A text as it stands in a file."""
    return render_component("source", text=text, id=id, label=label)


@register.simple_tag
def copy_button(id: str, word: str = "Copy", of: str = "") -> SafeString:
    """Copies the text of the element with this id; `of` says which, to screen readers."""
    return render_component("copy_button", id=id, word=word, of=of)
