"""What the workspace knows of its segments, for the rules: some queries for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from pyroaring import BitMap

from catalogue.definitions.nodes import Definition, Subject
from catalogue.engine.arrivals import Arrival, arrivals
from catalogue.lint.known import Known, Stored, Twin
from catalogue.lint.made_of import MadeOf, made_of
from catalogue.lint.test_counts import test_counts
from catalogue.lint.twins import twins
from catalogue.models import (
    Account,
    Customer,
    Experiment,
    ExperimentState,
    Reading,
    Segment,
    Status,
    TraitEntry,
    Whose,
    Workspace,
)
from catalogue.ports import ToolState, tool_states
from catalogue.segments.reviews import due_of
from catalogue.segments.subjects import subject_of
from catalogue.segments.trees import tree_of
from catalogue.segments.vocabulary import stored_labels
from catalogue.warehouse import photos

# Of more people than this a trait is unknown before anybody is told.
MOSTLY = 0.5
# A size is not yet a measure of anything.
PLAIN = ("size", "entered", "left")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is the same for all segments, or known of all of them at once."""

    now: datetime
    workspace: Workspace
    population: Mapping[str, int]
    trees: Mapping[str, Definition]
    unknown: Mapping[tuple[str, str], float]
    arrivals: Mapping[str, Arrival]
    labels: Mapping[str, Mapping[str, str]]
    tools: Mapping[str, list[ToolState]]
    measured: frozenset[int]
    tried: Mapping[int, int]
    tests: Mapping[int, int]
    twins: Mapping[int, list[tuple[int, float]]]
    names: Mapping[int, tuple[str, str]]


def segments_to_look_at() -> list[Segment]:
    """Every segment that is not archived, with what `gather` reads of it."""
    rows = Segment.objects.exclude(status=Status.ARCHIVED).select_related(
        "definition", "membership"
    )
    heavy = ("membership__entered", "membership__left", "membership__key_frame")
    return list(rows.defer(*heavy).prefetch_related("evidence", "messages").order_by("pk"))


def gather(segments: list[Segment], sets: Mapping[int, BitMap], now: datetime) -> list[Known]:
    """What is known of each segment as of `now`; `sets` are their members by id."""
    trees = {
        one.key: tree_of(one.definition.canonical)
        for one in segments
        if one.definition is not None and one.definition.canonical is not None
    }
    made = {key: made_of(tree, trees) for key, tree in trees.items()}
    ground = _ground(segments, sets, trees, made.values(), now)
    return [_known(one, made.get(one.key, MadeOf()), ground) for one in segments]


def _ground(
    segments: list[Segment],
    sets: Mapping[int, BitMap],
    trees: Mapping[str, Definition],
    made: Iterable[MadeOf],
    now: datetime,
) -> Ground:
    labels = stored_labels(None)
    return Ground(
        now=now,
        workspace=Workspace.current(),
        population=_population(),
        trees=trees,
        unknown=_unknown(),
        arrivals=_arrivals({name for one in made for name in one.events}, now),
        labels={
            "event": labels.events,
            "customer": labels.traits,
            "account": labels.account_traits,
        },
        tools=tool_states([one.key for one in segments]),
        measured=_measured(segments),
        tried=_tried(segments),
        tests=test_counts(segments),
        twins={**_twins(segments, sets, "customer"), **_twins(segments, sets, "account")},
        # A draft that only its team knows of is named to nobody else.
        names={one.pk: (one.key, one.name) for one in segments if not _is_private(one)},
    )


def _is_private(segment: Segment) -> bool:
    return segment.is_private and segment.status == Status.DRAFT


def _twins(
    segments: list[Segment], sets: Mapping[int, BitMap], subject: Subject
) -> dict[int, list[tuple[int, float]]]:
    # Ordinals of customers and of accounts are numbers of their own.
    alike = [one.pk for one in segments if subject_of(one.definition) == subject]
    return twins({pk: sets[pk] for pk in alike if pk in sets})


def _population() -> dict[str, int]:
    return {
        "customer": Customer.objects.filter(deleted_at=None, merged_into=None).count(),
        "account": Account.objects.filter(deleted_at=None).count(),
    }


def _unknown() -> dict[tuple[str, str], float]:
    rows = TraitEntry.objects.filter(null_share__gt=MOSTLY)
    found = rows.values_list("subject", "name", "null_share")
    return {(subject, name): share for subject, name, share in found if share is not None}


def _arrivals(names: set[str], now: datetime) -> Mapping[str, Arrival]:
    photo = photos.newest_photo()
    return arrivals(photos.open_photo(photo), names, now) if photo is not None and names else {}


def _measured(segments: list[Segment]) -> frozenset[int]:
    read = Reading.objects.filter(measurement__isnull=False, whose=Whose.MEMBERS)
    read = read.exclude(metric__in=PLAIN).exclude(value=None)
    found = read.filter(segment__in=[one.pk for one in segments])
    return frozenset(pk for pk in found.values_list("segment", flat=True).distinct() if pk)


def _tried(segments: list[Segment]) -> dict[int, int]:
    """How many experiments on each segment have started."""
    ids = [one.pk for one in segments]
    started = Experiment.objects.filter(segment__in=ids).exclude(state=ExperimentState.DRAFT)
    counted = started.order_by().values_list("segment").annotate(count=Count("pk"))
    return dict(counted)


def _known(segment: Segment, made: MadeOf, ground: Ground) -> Known:
    evidence = segment.evidence.all()
    return Known(
        key=segment.key,
        why=segment.why,
        owner=segment.owner_email,
        has_goal=bool(segment.goal),
        models=tuple(segment.models_used),
        evidence=len(evidence),
        expires=tuple(one.expires_on for one in evidence),
        messages=frozenset(one.function for one in segment.messages.all() if one.text.strip()),
        functions=tuple(ground.workspace.functions),
        has_review=bool(segment.review),
        tests=ground.tests.get(segment.pk, 0),
        is_list=segment.key not in ground.trees,
        looks_at_usage=made.looks_at_usage,
        looks_at_traits=bool(made.traits or made.account_traits),
        has_negative=made.has_negative,
        today=ground.now.date(),
        stored=_stored(segment, made, ground),
    )


def _stored(segment: Segment, made: MadeOf, ground: Ground) -> Stored:
    definition, membership = segment.definition, segment.membership
    due_at = due_of(segment, ground.workspace.review_days)
    is_live = segment.status == Status.LIVE
    return Stored(
        is_live=is_live,
        age_days=(ground.now - segment.created_at).days,
        size=membership.size if membership else None,
        population=ground.population[subject_of(definition)],
        is_measured=segment.pk in ground.measured,
        experiments=ground.tried.get(segment.pk, 0),
        review_due_at=due_at,
        review_lapsed=is_live and due_at is not None and due_at < ground.now,
        functions_of_tools=frozenset(
            tool.function for tool in ground.tools[segment.key] if tool.function
        ),
        silent=_silent(made, ground),
        unknown=_mostly_unknown(made, ground),
        twins=tuple(
            Twin(key=ground.names[pk][0], name=ground.names[pk][1], share=share)
            for pk, share in ground.twins.get(segment.pk, ())
            if pk in ground.names
        ),
    )


def _silent(made: MadeOf, ground: Ground) -> tuple[str, ...]:
    quiet = [name for name in made.events if name in ground.arrivals]
    found = [name for name in quiet if ground.arrivals[name].is_quiet]
    return tuple(sorted(_label(ground, "event", name) for name in found))


def _mostly_unknown(made: MadeOf, ground: Ground) -> tuple[tuple[str, float], ...]:
    asked = [("customer", name) for name in made.traits]
    asked += [("account", name) for name in made.account_traits]
    found = [(one, ground.unknown[one]) for one in asked if one in ground.unknown]
    return tuple(sorted((_label(ground, *one), share) for one, share in found))


def _label(ground: Ground, kind: str, name: str) -> str:
    return ground.labels[kind].get(name) or name.replace("_", " ").capitalize()
