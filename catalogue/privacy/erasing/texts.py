"""Looking for a person's ids and e-mail addresses in every text that the catalogue keeps.

An address is looked for everywhere. An id is looked for only when it is long enough to be told from
a number or a word of somebody else's; shorter ones are found where the id alone can be meant: as a
whole value in a kept answer of the API, and quoted in what a load refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from catalogue.crashpoint import crashpoint
from catalogue.models import (
    Account,
    Customer,
    DefinitionVersion,
    Draft,
    Erasure,
    ErasureStep,
    KeptAnswer,
    ListedMember,
    Load,
    OrdinalCounter,
    Suppression,
    User,
)
from catalogue.privacy.erasing.person import Done, Person
from catalogue.warehouse.refusals import shown

GONE = "[erased]"
SHORTEST_ID = 6
NEVER = r"(?!)"
# Who did something, as a login is called: it may have the address of a customer, and stays.
NAMES_OF_LOGINS = (
    "actor",
    "added_by",
    "asked_by",
    "author_name",
    "lifted_by",
    "voter_name",
    "who",
)
# What says who it is itself, or is deleted by a step of its own.
NOT_LOOKED_AT: tuple[type[Model], ...] = (
    Account,
    Customer,
    Erasure,
    ErasureStep,
    KeptAnswer,
    ListedMember,
    OrdinalCounter,
    Suppression,
    User,
)
# What must not be changed behind somebody's back: a definition would mean something else.
ONLY_TOLD: tuple[type[Model], ...] = (DefinitionVersion, Draft)


class Needles:
    """What is looked for: `long` wherever it stands as a word, `quoted` as loads write what they
    refuse."""

    def __init__(self, ids: Sequence[str], addresses: Sequence[str]) -> None:
        self.whole = frozenset([*ids, *addresses])
        self.long = [*(one for one in ids if len(one) >= SHORTEST_ID), *addresses]
        self.quoted = [shown(one) for one in self.whole]
        words = [rf"(?<![\w.@-]){re.escape(one)}(?![\w@-])" for one in self.long]
        self._words = re.compile("|".join(words) or NEVER, re.IGNORECASE)
        self._quoted = re.compile("|".join([*words, *map(re.escape, self.quoted)]) or NEVER)

    def condition(self, field: str, texts: Sequence[str]) -> Q:
        """Rows whose text may hold one: more than do, never fewer."""
        spelled = {*texts, *(json.dumps(one)[1:-1] for one in texts)}
        return reduce(or_, (Q(**{f"{field}__icontains": one}) for one in spelled), Q(pk__in=()))

    def without(self, value: Any, *, quoted: bool = False) -> Any:
        """A text, or a list or mapping of texts, without any of them."""
        if isinstance(value, str):
            return (self._quoted if quoted else self._words).sub(GONE, value)
        if isinstance(value, dict):
            return {
                self.without(key, quoted=quoted): self.without(one, quoted=quoted)
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self.without(one, quoted=quoted) for one in value]
        return value

    def is_answered(self, value: Any) -> bool:
        """Whether an answer names one of them, as a whole value or within a text."""
        if isinstance(value, dict):
            return any(map(self.is_answered, value.values()))
        if isinstance(value, list):
            return any(map(self.is_answered, value))
        return isinstance(value, str) and (
            value in self.whole or self._words.search(value) is not None
        )


def clear_texts(person: Person) -> Done:
    """Take ids and addresses out of every text, and delete kept answers of the API that hold them.
    Definitions that name them are told of, for a person to change."""
    needles = Needles(list(person.ids.values()), sorted(person.addresses))
    answers = _delete_answers(needles)
    cleared, named = 0, []
    for model in _models():
        for field in _fields(model):
            for row, value in _changed(model, field, needles):
                if model in ONLY_TOLD:
                    named.append(str(row))
                    continue
                model._default_manager.filter(pk=row.pk).update(**{field: value})
                cleared += 1
                crashpoint("erase: a text")
    told = f" Definitions name them, and stay until somebody changes them: {', '.join(named)}."
    return Done(
        count=cleared + answers,
        answer=f"{cleared} texts cleared, {answers} kept answers of the API deleted."
        f"{told if named else ''}",
    )


def clear_refusals(person: Person) -> None:
    """Take them out of what loads refused."""
    needles = Needles(list(person.ids.values()), sorted(person.addresses))
    for row, value in _changed(Load, "refused", needles):
        Load.objects.filter(pk=row.pk).update(refused=value)


def _delete_answers(needles: Needles) -> int:
    rows = KeptAnswer.objects.annotate(text=Cast("body", TextField()))
    found = rows.filter(needles.condition("text", list(needles.whole)))
    named = [row.pk for row in found if needles.is_answered(row.body)]
    return KeptAnswer.objects.filter(pk__in=named).delete()[0]


def _models() -> Iterator[type[Model]]:
    models = apps.get_app_config("catalogue").get_models()
    return (model for model in models if model not in NOT_LOOKED_AT)


def _fields(model: type[Model]) -> Iterator[str]:
    """The fields that somebody, or an error, may have written a text into."""
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, CharField | TextField) and not field.choices
        if (is_text or isinstance(field, JSONField)) and not field.unique:
            yield field.name


def _changed(model: type[Model], field: str, needles: Needles) -> Iterator[tuple[Model, Any]]:
    """The rows that hold one in a field, with what the field is without it."""
    is_load = model is Load
    texts = [*needles.long, *(needles.quoted if is_load else ())]
    if field in NAMES_OF_LOGINS or not texts:
        return
    rows: QuerySet[Model] = model._default_manager.annotate(text_of_field=Cast(field, TextField()))
    for row in rows.filter(needles.condition("text_of_field", texts)).only("pk", field).iterator():
        value = getattr(row, field)
        without = needles.without(value, quoted=is_load)
        if without != value:
            yield row, without
