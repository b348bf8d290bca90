"""What people fill in."""

from __future__ import annotations

from django import template
from django.forms import BoundField, CheckboxInput
from django.utils.safestring import SafeString

from catalogue.web.components.rendering import render_component

register = template.Library()


@register.simple_tag
def field(bound: BoundField, hint: str = "") -> SafeString:
    """A form field with its label, hint and errors."""
    hint = hint or str(bound.help_text)
    ids = [f"{bound.id_for_label}-hint"] if hint else []
    ids += [f"{bound.id_for_label}-error-{n}" for n, _ in enumerate(bound.errors, start=1)]
    described = {"aria-describedby": " ".join(ids)} if ids else {}
    widget = bound.as_widget(attrs={**bound.field.widget.attrs, **described})
    name = "check" if isinstance(bound.field.widget, CheckboxInput) else "field"
    return render_component(name, field=bound, hint=hint, widget=widget)


@register.simple_tag
def search(
    action: str,
    id: str,
    label: str,
    value: str = "",
    name: str = "q",
    placeholder: str = "",
    kind: str = "",
) -> SafeString:
    """A search that answers with a page; / puts the cursor into the first one on a page."""
    return render_component(
        "search",
        action=action,
        id=id,
        label=label,
        value=value,
        name=name,
        placeholder=placeholder,
        kind=kind,
    )
