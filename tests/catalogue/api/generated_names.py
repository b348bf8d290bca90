"""Names that exist, for generated requests to paths that hold one."""

from __future__ import annotations

from typing import Any

from catalogue.models import Discovery, Erasure, Idea, Suppression


def defaults(operation: Any, run: int) -> dict[str, Any]:
    """Names that exist, for what the table leaves out."""
    known = {"key": "pros", "number": 1, "run_id": run}
    if operation.path.startswith("/api/v1/ideas/"):
        known["number"] = Idea.objects.order_by("pk").values_list("pk", flat=True)[0]
    if operation.path.startswith("/api/v1/discoveries/"):
        known |= {
            "number": Discovery.objects.order_by("pk").values_list("pk", flat=True)[0],
            "position": 0,
        }
    if operation.path.startswith("/api/v1/suppressions/"):
        known["number"] = Suppression.objects.order_by("pk").values_list("pk", flat=True)[0]
    if operation.path.startswith("/api/v1/erasures/"):
        known["number"] = Erasure.objects.order_by("pk").values_list("pk", flat=True)[0]
    known |= {
        "tool": "drop",
        "experiment": 1,
        "customer_id": "ada",
        "account_id": "acme",
        "slug": "exit",
    }
    wanted = [parameter.name for parameter in operation.path_parameters]
    return {"path_parameters": {name: known[name] for name in wanted}} if wanted else {}
