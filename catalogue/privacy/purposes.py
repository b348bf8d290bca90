"""The purposes that people may be used for, and which of them need consent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from catalogue.models import PrivacyState, TraitEntry, ValueType, Workspace
from catalogue.permissions import Actor, check_can_set_workspace
from catalogue.privacy.refusals import PrivacyRefused
from catalogue.segments.changes import record

SHAPE = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeRule:
    """What holds for one purpose. `is_needed`: only who has said so may be used for it; else only
    who has said no is left out. `trait`: a boolean trait of customers that says so too; "": none.
    """

    purpose: str
    is_needed: bool = False
    trait: str = ""


def purposes() -> list[PurposeRule]:
    """Every purpose of the workspace: its functions, and those it has named."""
    workspace = Workspace.current()
    names = dict.fromkeys([*workspace.functions, *workspace.consent])
    return [rule_in(workspace.consent, name) for name in names]


def rule_in(consent: Mapping[str, Any], purpose: str) -> PurposeRule:
    """What the settings of a workspace say of a purpose."""
    said = consent.get(purpose) or {}
    return PurposeRule(
        purpose=purpose,
        is_needed=bool(said.get("is_needed")),
        trait=str(said.get("trait") or ""),
    )


def check_purpose(purpose: str, *, pointer: str = "/purpose") -> None:
    """Raises PrivacyRefused for a purpose that the workspace does not have."""
    names = [one.purpose for one in purposes()]
    if purpose not in names:
        raise PrivacyRefused(
            f"There is no purpose “{purpose[:80]}”. There are: {', '.join(names)}.", pointer=pointer
        )


def set_purpose(
    *, purpose: str, is_needed: bool, trait: str = "", by: Actor, via: str
) -> PurposeRule:
    """Say whether a purpose needs consent, and which boolean trait says so too; a purpose that was
    not there is added. Raises PermissionDenied and PrivacyRefused."""
    check_can_set_workspace(by)
    _check(purpose, trait)
    after = PurposeRule(purpose=purpose, is_needed=is_needed, trait=trait)
    with transaction.atomic():
        PrivacyState.move_on()
        workspace = Workspace.current()
        before = rule_in(workspace.consent, purpose)
        if before == after and purpose in workspace.consent:
            return after
        if purpose not in workspace.consent and len(workspace.consent) >= MOST:
            raise PrivacyRefused(f"A workspace has at most {MOST} purposes.", pointer="/purpose")
        workspace.consent = {
            **workspace.consent,
            purpose: {"is_needed": is_needed, "trait": trait},
        }
        workspace.save()
        fields = {
            f"consent.{purpose}.{name}": [getattr(before, name), getattr(after, name)]
            for name in ("is_needed", "trait")
        }
        record(
            "workspace.edited",
            by=by,
            via=via,
            object_type="workspace",
            object_key="workspace",
            details={"fields": fields},
        )
    return after


def _check(purpose: str, trait: str) -> None:
    if not SHAPE.fullmatch(purpose):
        raise PrivacyRefused(
            "A purpose is named by small letters, digits and _, as in customer_success.",
            pointer="/purpose",
        )
    entry = TraitEntry.objects.filter(subject="customer", name=trait).first() if trait else None
    if trait and entry is None:
        raise PrivacyRefused(f"The dictionary has no trait “{trait[:80]}”.", pointer="/trait")
    if entry is not None and entry.type not in ("", ValueType.BOOLEAN):
        label = ValueType(entry.type).label.lower()
        raise PrivacyRefused(
            f"“{trait}” is {label}, and only a trait that is yes or no can say consent.",
            pointer="/trait",
        )
