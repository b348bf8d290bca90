"""What decided the conditions on somebody and their account, whoever was judged beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from catalogue.definitions import nodes
from catalogue.definitions.subjects import trait_subject
from catalogue.engine.account_evidence import account_evidence
from catalogue.engine.circle import Circle
from catalogue.engine.conditions.events import EventCondition
from catalogue.engine.conditions.held import HeldCondition
from catalogue.engine.evaluate import find
from catalogue.engine.evidence import Evidence, evidence_of
from catalogue.engine.findings import Findings
from catalogue.engine.one_customer import OneCustomer
from catalogue.engine.placed import Placed
from catalogue.engine.plan import Leaf
from catalogue.warehouse.tables import Tables


def evidence_in(
    circle: Circle, own: Sequence[Placed], findings: Findings, tables: Tables, *, now: datetime
) -> Evidence:
    """Everything that decided the conditions `own`, none of which is asked of the customers of an
    account. `findings`: what the scans of everybody in the circle found."""
    terms = [
        one.node.term
        for one in own
        if isinstance(one.node, nodes.Trait | nodes.AccountTrait)
        and trait_subject(one.node, one.about) == "account"
    ]
    of_account = account_evidence(terms, circle, now=now)
    if circle.subject == "account":
        return Evidence(said={}, dated={}, times={}, figures={}, of_account=of_account)
    alone = _alone(circle, own, findings, now)
    return evidence_of(
        ((one.node, one.formula) for one in own),
        alone.figures,
        OneCustomer(tables, circle.ordinal),
        now=now,
        begun=alone.begun,
        of_account=of_account,
    )


def _alone(circle: Circle, own: Sequence[Placed], findings: Findings, now: datetime) -> Findings:
    """What the scans find of the customer alone."""
    if not circle.is_wide:
        return findings
    asked = [one.formula.condition for one in own if isinstance(one.formula, Leaf)]
    told = [one for one in asked if isinstance(one, EventCondition | HeldCondition)]
    return find(told, circle.alone, now=now, keep_figures=True)
