"""Why a customer, or an account, is in a segment, for their page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404

from catalogue.definitions.errors import DefinitionError
from catalogue.definitions.nodes import Subject
from catalogue.engine.inputs import ScanFailed
from catalogue.membership.estimating import NoDataYet
from catalogue.models import User
from catalogue.published import explain_each
from catalogue.segments.vocabulary import stored_labels


def why_in(
    key: str, asked_id: str, subject: Subject, *, viewer: User, now: datetime
) -> dict[str, Any]:
    """`explained`: why they are in the segment or not; or `problem`: why that cannot be said.
    Raises Http404 for a segment whose people the viewer may not see, and for one that is not
    there."""
    try:
        found = explain_each(
            asked_id,
            viewer=viewer,
            now=now,
            keys=[key.replace("\0", "")],
            labels=stored_labels(viewer),
            subject=subject,
        )
    except (NoDataYet, ScanFailed) as error:
        return {"problem": str(error)}
    explained = found.segments.get(key)
    if explained is None:
        raise Http404(f"There is no segment “{key}” whose people you may see.")
    if isinstance(explained, DefinitionError):
        return {"problem": explained.faults[0].message}
    return {"explained": explained}
