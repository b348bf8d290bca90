"""How it stands: nothing yet, on its way, failed, done, needing somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString

from catalogue.web.components.rendering import FOLDER, SIGNS, render_component

register = template.Library()


@register.simple_block_tag
def empty_state(
    content: str, title: str, action: str = "", action_url: str = "", level: int = 2
) -> SafeString:
    """Nothing here yet: what would stand here, with an example, and the first step."""
    return render_component(
        "empty", content=content, title=title, action=action, action_url=action_url, level=level
    )


@register.simple_tag
def loading(words: str = "Loading", lines: int = 3) -> SafeString:
    """The place of something that is on its way."""
    return render_component("loading", words=words, lines=range(lines))


@register.inclusion_tag(f"{FOLDER}/progress.html", takes_context=True)
def progress(
    context: Mapping[str, Any],
    words: str,
    done: int = 0,
    total: int = 0,
    unit: str = "",
    detail: str = "",
    cancel_url: str = "",
    cancel: str = "Cancel",
    id: str = "",
) -> dict[str, Any]:
    """Work that goes on. A `total` of 0 is work that has not begun; `cancel_url` is posted to."""
    return {
        "words": words,
        "done": done,
        "total": total,
        "unit": unit,
        "detail": detail,
        "cancel_url": cancel_url,
        "cancel": cancel,
        "id": id,
    }


@register.simple_block_tag(takes_context=True)
def failed(
    context: template.Context,
    content: str,
    title: str,
    reason: str,
    retry_url: str = "",
    retry: str = "Try again",
    id: str = "",
) -> SafeString:
    """What happened, what still holds (`content`: the last good value), and what to do next."""
    return render_component(
        "failed",
        content=content,
        title=title,
        reason=reason,
        retry_url=retry_url,
        retry=retry,
        id=id,
        csrf_token=context.get("csrf_token"),
    )


@register.simple_block_tag
def live(content: str, id: str, url: str = "", seconds: int = 0) -> SafeString:
    """A part of a page that asks for itself anew every `seconds`, until it comes without."""
    return render_component("live", content=content, id=id, url=url, seconds=seconds)


@register.simple_block_tag
def attention(
    content: str, tone: str, action: str, action_url: str, icon: str = "", main: bool = False
) -> SafeString:
    """One thing that needs somebody: why, and one button. Stands in a list."""
    return render_component(
        "attention",
        content=content,
        tone=tone,
        sign=icon or SIGNS[tone],
        action=action,
        action_url=action_url,
        main=main,
    )


@register.inclusion_tag(f"{FOLDER}/messages.html")
def toasts(messages: Sequence[object]) -> dict[str, Any]:
    """What an action came to, from django.contrib.messages."""
    return {"messages": messages}
