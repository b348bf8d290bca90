"""Refreshes as people ask for them: which exist for somebody, which are about a segment, and which
one to show."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, IntegerField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Length, Replace

from catalogue.models import RefreshRun, Segment
from catalogue.permissions import Actor


def hidden_keys(viewer: Actor) -> frozenset[str]:
    """Keys of the segments that do not exist for somebody: drafts private to other teams."""
    visible = Segment.objects.visible_to(viewer).values("pk")
    return frozenset(Segment.objects.exclude(pk__in=visible).values_list("key", flat=True))


def runs_without(hidden: Collection[str]) -> QuerySet[RefreshRun]:
    """The refreshes, but for those of hidden segments and of nothing else."""
    runs = RefreshRun.objects.annotate(named=Cast("keys", TextField()))
    if not hidden:
        return runs
    # Keys have neither quotes nor commas, so their list can be counted as text on every database.
    commas = Length("named") - Length(Replace("named", Value(","), Value("")))
    hits = [_is_named(key) for key in sorted(hidden)]
    gone = sum(hits[1:], start=hits[0])
    return runs.annotate(others=commas + 1 - gone).exclude(others=0)


def about(runs: QuerySet[RefreshRun], segment: Segment) -> QuerySet[RefreshRun]:
    """Those of the runs (from `runs_without`) that judge, or judged, one segment."""
    judged = runs.annotate(found=Cast("results", TextField()))
    # A run of all segments says which those were only when it has ended well.
    untold = Q(keys=[], results=[], created_at__gte=segment.created_at)
    return judged.filter(
        Q(named__contains=f'"{segment.key}"')
        | Q(keys=[], found__contains=f'"key": "{segment.key}"')
        | untold
    )


def run_for(number: int, *, viewer: Actor) -> RefreshRun | None:
    """The refresh of this number; None when there is none for whoever asks."""
    runs = runs_without(hidden_keys(viewer)).select_related("photo")
    return (
        runs.defer("photo__customers", "photo__accounts", "photo__merges").filter(pk=number).first()
    )


def _is_named(key: str) -> Case:
    named = When(named__contains=f'"{key}"', then=Value(1))
    return Case(named, default=Value(0), output_field=IntegerField())
