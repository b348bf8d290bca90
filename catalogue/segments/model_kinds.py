"""Do the models that a segment names fit what its definition asks for?

A trait speaks for the kind the dictionary gives it. A condition on events speaks for behaviour,
usage and dropping off, all three; *dropped off* for dropping off alone. Being in another segment
speaks for the models of that one. What nobody has said is not held against anybody: a trait without
a kind may stand for any of them, a list kept by hand for all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalogue.definitions.dependencies import (
    account_traits_used,
    event_prefixes_used,
    events_used,
    references,
    traits_used,
)
from catalogue.definitions.nodes import Definition
from catalogue.definitions.places import places
from catalogue.definitions.segment_facts import MODELS
from catalogue.definitions.walks import DroppedOff
from catalogue.models import Segment, TraitEntry

OF_EVENTS = ("behavioural", "usage", "drop_off")
DROP_OFF = ("drop_off",)
Models = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing a definition asks for, as people call it, and the models that it speaks for.
    `is_known`: one of them must be named; else they only may."""

    what: str
    models: Models
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Touched:
    """All that a definition asks for."""

    asked: Sequence[Asked] = field(default_factory=tuple)

    @property
    def models(self) -> frozenset[str]:
        """Every model that something in it speaks for."""
        return frozenset(model for one in self.asked for model in one.models)


def touched_by(definition: Definition, beside: Mapping[str, Models] | None = None) -> Touched:
    """What the definition asks for, with the kinds of the dictionary. `beside`: the models of
    segments that are not stored yet."""
    others = _segments(definition, beside or {})
    return Touched((*_events(definition), *_traits(definition), *others))


def mismatches(named: Sequence[str], touched: Touched | None) -> Iterator[tuple[str, str]]:
    """(what is wrong, what to do) for each model that is named for nothing, and for each thing that
    is asked for without its model. `touched` is None of a list kept by hand."""
    if not named:
        yield (
            "It does not say which segmentation models it uses.",
            f"Name them under models: {', '.join(MODELS)}.",
        )
        return
    if touched is None:
        return
    for model in named:
        if model not in touched.models:
            yield (
                f"It names the model {_said(model)}, and nothing in its definition asks for that.",
                "Leave the model out, or add the condition that it stands for.",
            )
    for one in touched.asked:
        if one.is_known and not set(one.models) & set(named):
            yield (
                f"It asks for {one.what}, and does not name a model for that.",
                f"Add {' or '.join(map(_said, one.models))} to its models.",
            )


def _said(model: str) -> str:
    return model.replace("_", " ")


def _events(definition: Definition) -> Iterator[Asked]:
    names = [*sorted(events_used(definition.where)), *sorted(event_prefixes_used(definition.where))]
    if names:
        yield Asked(f"what people did (“{names[0]}”)", OF_EVENTS)
    if any(isinstance(node, DroppedOff) for _, node in places(definition.where)):
        yield Asked("who dropped off on the way", DROP_OFF)


def _traits(definition: Definition) -> Iterator[Asked]:
    where, subject = definition.where, definition.subject
    wanted = {("customer", name) for name in traits_used(where, subject)}
    wanted |= {("account", name) for name in account_traits_used(where, subject)}
    rows = TraitEntry.objects.filter(name__in={name for _, name in wanted})
    kinds = {(row.subject, row.name): row.kind for row in rows}
    for key in sorted(wanted):
        kind = kinds.get(key, "")
        yield Asked(f"the trait “{key[1]}”", (kind,) if kind else MODELS, is_known=bool(kind))


def _segments(definition: Definition, beside: Mapping[str, Models]) -> Iterator[Asked]:
    keys = {node.key for node in references(definition.where)}
    rows = Segment.objects.filter(key__in=keys).values_list("key", "models_used")
    found = {**dict(rows), **{key: beside[key] for key in keys & beside.keys()}}
    for key, models in sorted(found.items()):
        yield Asked(f"the segment “{key}”", tuple(models) or MODELS, is_known=False)
