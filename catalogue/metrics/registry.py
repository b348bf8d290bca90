"""All metrics there are, those of every workspace and those of the company, as pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from catalogue.definitions.english.formulas import say_formula
from catalogue.definitions.english.wording import Labels, capitalised
from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.formula_checks import Uses, uses_of
from catalogue.definitions.formula_forms import parse_formula
from catalogue.metrics.standard import LISTED, MONEY, STANDARD, StandardMetric
from catalogue.models import Direction, Metric, Workspace

OWN_GROUP = "Own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One metric. `kind`: standard or company. `says`: of the company's own its formula in English,
    and `formula` as written; `problem`: why a formula cannot be read any more."""

    key: str
    name: str
    meaning: str
    unit: str
    direction: Direction
    source: str
    kind: str
    group: str
    owner: str = ""
    says: str = ""
    formula: Mapping[str, object] | None = None
    uses: Uses | None = None
    problem: str = ""
    archived_at: datetime | None = None

    @property
    def is_own(self) -> bool:
        """Whether the company defined it."""
        return self.kind == "company"


def registered(labels: Labels, *, archived: bool = False) -> list[Registered]:
    """Those of every workspace in their order, then those of the company by name; archived ones
    only when asked for."""
    currency = _currency()
    rows = own_rows() if archived else own_rows().filter(archived_at=None)
    return [
        *(_standard(one, currency) for one in LISTED),
        *(_own(one, labels) for one in rows.order_by("name", "key")),
    ]


def find(key: str, labels: Labels) -> Registered | None:
    """The metric of this key, an archived one too."""
    if key in STANDARD:
        return _standard(STANDARD[key], _currency())
    found = own_rows().filter(key=key).first()
    return None if found is None else _own(found, labels)


def own_rows() -> QuerySet[Metric]:
    """The company's own, with their owners."""
    return Metric.objects.select_related("owner")


def own_of(metric: Metric, labels: Labels) -> Registered:
    """One of the company's own."""
    return _own(metric, labels)


def _currency() -> str:
    return str((Workspace.current().revenue or {}).get("currency", ""))


def _standard(one: StandardMetric, currency: str) -> Registered:
    return Registered(
        key=one.key,
        name=one.name,
        meaning=one.meaning,
        unit=(currency or MONEY) if one.unit == MONEY else one.unit,
        direction=one.direction,
        source=one.source,
        kind="standard",
        group=one.group,
    )


def _own(metric: Metric, labels: Labels) -> Registered:
    said, uses, problem = "", None, ""
    try:
        formula = parse_formula(metric.definition, default_timezone=settings.WORKSPACE_TIME_ZONE)
        said, uses = capitalised(say_formula(formula, labels)), uses_of(formula)
    except DefinitionError as error:
        problem = str(error)
    return Registered(
        key=metric.key,
        name=metric.name,
        meaning=metric.meaning,
        unit=metric.unit,
        direction=Direction(metric.direction),
        source=_source(uses),
        kind="company",
        group=OWN_GROUP,
        owner="" if metric.owner is None else metric.owner.label,
        says=said,
        formula=metric.definition,
        uses=uses,
        problem=problem,
        archived_at=metric.archived_at,
    )


def _source(uses: Uses | None) -> str:
    if uses is None:
        return ""
    kinds = (
        ("events", bool(uses.events or uses.event_prefixes)),
        ("traits", bool(uses.traits)),
        ("segments", bool(uses.segments)),
    )
    return " and ".join(kind for kind, is_in in kinds if is_in) or "customers"
