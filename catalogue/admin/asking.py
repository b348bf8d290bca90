"""Pages between what was chosen and what is done: what will happen, what is still to be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from catalogue.admin.base import ReadingAdmin


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`said` and `lines` say what will happen, `warnings` what it would break; `button` does it,
    `back` leads away. `hidden` is sent along as it is."""

    title: str
    button: str
    back: str
    said: str = ""
    lines: Sequence[str] = ()
    warnings: Sequence[str] = ()
    form: forms.Form | None = None
    tone: str = "main"
    hidden: Sequence[tuple[str, str]] = ()


def ask(
    noun: ReadingAdmin,
    request: HttpRequest,
    question: Question,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page that asks."""
    context = {
        **noun.admin_site.each_context(request),
        "title": question.title,
        "opts": noun.opts,
        "question": question,
        "media": noun.media + question.form.media if question.form else noun.media,
        **(more or {}),
    }
    request.current_app = noun.admin_site.name
    return TemplateResponse(request, "admin/ask.html", context)


def is_confirmed(request: HttpRequest) -> bool:
    """Whether the page that asks was answered."""
    return request.method == "POST" and "confirmed" in request.POST


def ticked(request: HttpRequest) -> list[tuple[str, str]]:
    """What a list sent along with its action, to be sent again with the answer."""
    if "action" not in request.POST:
        return []
    chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
    return [("action", request.POST["action"]), *((ACTION_CHECKBOX_NAME, pk) for pk in chosen)]
