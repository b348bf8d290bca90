"""The rules of segmentation: what each believes, what it takes off, and who does not keep it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Avg
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from catalogue.lint.looking import FORMULA
from catalogue.lint.rules import RULES
from catalogue.models import Health, Segment, Status
from catalogue.web.sign_in import viewer_of


@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Every rule with the number of segments that do not keep it, as of the last look."""
    visible = Segment.objects.visible_to(viewer_of(request)).exclude(status=Status.ARCHIVED)
    rows = Health.objects.filter(segment__in=visible.values("pk"))
    found = Counter(one["code"] for row in rows.only("findings") for one in row.findings)
    context: dict[str, Any] = {
        "lines": [(rule, found.get(rule.code, 0)) for rule in RULES],
        "looked_at": rows.order_by("looked_at").values_list("looked_at", flat=True).first(),
        "mean": rows.aggregate(mean=Avg("score"))["mean"],
        "segments": len(rows),
        "formula": FORMULA,
    }
    return render(request, "catalogue/rules.html", context)
