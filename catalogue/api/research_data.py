"""Evidence, surveys and discoveries as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from rest_framework.request import Request

from catalogue.api.requests import link
from catalogue.api.shapes.research import (
    DiscoveryShape,
    EvidenceShape,
    SurveyShape,
    SurveySummaryShape,
)
from catalogue.definitions.canonical import from_canonical, to_data
from catalogue.metrics.measured import Reading
from catalogue.models import DiscoveredGroup, Discovery, Evidence, Segment, Survey
from catalogue.research.answers import Summary


def evidence_rows(rows: Sequence[Evidence], *, key: str, today: date) -> list[dict[str, Any]]:
    """Pieces of one segment, in their order."""
    whole = [
        {
            "id": str(row.pk),
            "object": "evidence",
            "segment": key,
            "kind": row.kind,
            "source": row.source,
            "n": row.n,
            "on": row.on,
            "strength": row.strength or None,
            "claim": row.claim or None,
            "expires_on": row.expires_on,
            "expired": row.is_expired(today),
        }
        for row in rows
    ]
    return list(EvidenceShape(whole, many=True).data)


def surveys_data(request: Request, rows: Iterable[Survey]) -> list[dict[str, Any]]:
    """Surveys, in their order."""
    return list(SurveyShape([_survey(request, row) for row in rows], many=True).data)


def summary_data(
    request: Request, survey: Survey, among: Segment | None, summary: Summary
) -> dict[str, Any]:
    """One survey summed up."""
    whole = {
        **_survey(request, survey),
        "among": among.key if among else None,
        "people": summary.people,
        "as_of": summary.as_of,
        "summary": [
            {
                "label": one.label,
                "trait": one.trait,
                "kind": one.kind,
                "n": one.n,
                "mean": None if one.mean is None else _measured(one.mean),
                "answers": [
                    {"answer": answer.text or None, "share": _measured(answer.share)}
                    for answer in one.answers
                ],
                "reason": one.reason or None,
            }
            for one in summary.questions
        ],
    }
    return dict(SurveySummaryShape(whole).data)


def discoveries_data(request: Request, rows: Iterable[Discovery]) -> list[dict[str, Any]]:
    """Searches with their groups (prefetched), in their order."""
    return list(DiscoveryShape([_discovery(request, row) for row in rows], many=True).data)


def _survey(request: Request, row: Survey) -> dict[str, Any]:
    return {
        "id": row.slug,
        "object": "survey",
        "slug": row.slug,
        "url": link(request, "api:survey", row.slug),
        "html_url": link(request, "survey", row.slug),
        "name": row.name,
        "source": row.source,
        "asked_on": row.asked_on,
        "segment": row.segment.key if row.segment else None,
        "answers": row.answers_count,
        "questions": row.questions,
        "created_at": row.created_at,
    }


def _discovery(request: Request, row: Discovery) -> dict[str, Any]:
    return {
        "id": str(row.pk),
        "object": "discovery",
        "number": row.pk,
        "url": link(request, "api:discovery", row.pk),
        "html_url": link(request, "discovery", row.pk),
        "event": row.event,
        "days": row.days,
        "segment": row.segment.key if row.segment else None,
        "state": row.state,
        "stage": row.stage,
        "done": row.done,
        "total": row.total,
        "error": row.error or None,
        "as_of": row.now,
        "n": row.n,
        "reached": row.reached,
        "weighed": row.weighed,
        "tested": row.tested,
        "groups": [_group(group) for group in row.groups.all()],
        "created_at": row.created_at,
    }


def _group(group: DiscoveredGroup) -> dict[str, Any]:
    return {
        "position": group.position,
        "definition": to_data(from_canonical(group.canonical)),
        "english": group.english,
        "size": group.size,
        "rate": {
            "value": group.rate,
            "low": group.low,
            "high": group.high,
            "n": group.n,
            "method": "rate in the half that was not searched; 95 % interval by Wilson",
        },
        "base_rate": group.base_rate,
        "lift": group.lift,
        "p_value": group.p_value,
        "idea": group.idea_id,
    }


def _measured(reading: Reading) -> dict[str, Any]:
    interval = reading.interval
    return {
        "value": reading.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "n": reading.n,
        "method": reading.method,
    }
