"""Lists narrowed by the FilterSets that pages use, and how the OpenAPI document says so."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from catalogue.api.parsing import invalid_parameter
from catalogue.api.problems import Flaw, Problem

# How a suffix of a name reads.
LOOKUPS = {"gte": "at least", "lte": "at most", "after": "later than"}


def check_filter(found: filters.FilterSet, asked: QueryDict) -> None:
    """Refuse values that a filter cannot have, and single ones given twice. Raises Problem."""
    for name, one in found.filters.items():
        if len(asked.getlist(name)) > 1 and not isinstance(one.field, forms.MultipleChoiceField):
            raise invalid_parameter(name, f"“{name}” is given more than once. Give it once.")
    if found.form.is_valid():
        return
    flaws = [
        Flaw(code=str(error.code or "invalid"), detail=" ".join(error.messages), parameter=name)
        for name, errors in found.form.errors.as_data().items()
        for error in errors
    ]
    raise Problem("invalid-parameter", flaws[0].detail, flaws=flaws)


def parameters_of(kind: type[filters.FilterSet]) -> list[OpenApiParameter]:
    """The filters as parameters of the OpenAPI document."""
    return [_parameter(name, one) for name, one in kind.base_filters.items()]


def _parameter(name: str, one: filters.Filter) -> OpenApiParameter:
    schema, repeats = _schema(one)
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.QUERY,
        description=_about(name, one, repeats=repeats),
        explode=repeats if schema["type"] == "array" else None,
        style="form" if schema["type"] == "array" else None,
    )


def _schema(one: filters.Filter) -> tuple[dict[str, Any], bool]:
    """The schema, and whether the parameter is repeated for several values."""
    if isinstance(one, filters.OrderingFilter):
        names = [name for name, _ in one.extra["choices"]]
        return {"type": "array", "items": {"type": "string", "enum": names}}, False
    if isinstance(one, filters.ModelMultipleChoiceFilter):
        return {"type": "array", "items": {"type": "string"}}, True
    if isinstance(one, filters.MultipleChoiceFilter):
        choices = [value for value, _ in one.extra.get("choices", ())]
        item = {"type": "string", "enum": choices} if choices else {"type": "string"}
        return {"type": "array", "items": item}, True
    if isinstance(one, filters.NumberFilter):
        return {"type": "integer", "minimum": 0, "maximum": 2_147_483_647}, False
    if isinstance(one, filters.IsoDateTimeFilter):
        return {"type": "string", "format": "date-time"}, False
    return {"type": "string", "maxLength": 500}, False


def _about(name: str, one: filters.Filter, *, repeats: bool) -> str:
    if isinstance(one, filters.OrderingFilter):
        return "Columns, the first one first; a minus turns one round."
    field, _, lookup = name.partition("__")
    label = str(one.label or field.replace("_", " ")).capitalize()
    said = f"{label} {LOOKUPS[lookup]}".strip() if lookup in LOOKUPS else label
    return f"{said}. Repeat it for alternatives." if repeats else f"{said}."
