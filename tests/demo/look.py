"""What a workspace holds, as one JSON object: `python -m tests.demo.look`, in its environment."""

from __future__ import annotations

import json

import django

django.setup()

from catalogue.membership.versions import members_of  # noqa: E402
from catalogue.models import (  # noqa: E402
    Account,
    Customer,
    Draft,
    EventEntry,
    Load,
    MembershipVersion,
    PropertyEntry,
    RefreshRun,
    Segment,
    TraitEntry,
    User,
)


def main() -> None:
    print(
        json.dumps(
            {
                "customers": Customer.objects.count(),
                "accounts": Account.objects.count(),
                "null_shares": dict(
                    TraitEntry.objects.filter(subject="customer").values_list("name", "null_share")
                ),
                "events": dict(EventEntry.objects.values_list("name", "event_count")),
                "properties": [
                    f"{p.event.name}.{p.name}"
                    for p in PropertyEntry.objects.select_related("event")
                ],
                "rows_known": sum(Load.objects.values_list("rows_known", flat=True)),
                "rows_refused": sum(Load.objects.values_list("rows_refused", flat=True)),
                "loads": Load.objects.count(),
                "runs": [
                    [run.state, run.now.isoformat(), run.error]
                    for run in RefreshRun.objects.order_by("now")
                ],
                "segments": {segment.key: _segment(segment) for segment in Segment.objects.all()},
                "users": {user.username: _user(user) for user in User.objects.all()},
            }
        )
    )


def _segment(segment: Segment) -> dict[str, object]:
    versions = MembershipVersion.objects.filter(segment=segment).order_by("number")
    return {
        "status": segment.status,
        "team": segment.team.name,
        "owner": segment.owner.username if segment.owner else None,
        "models": segment.models_used,
        "why": segment.why,
        "goal": segment.goal,
        "evidence": segment.evidence.count(),
        "definitions": [
            [version.number, version.message] for version in segment.definitions.order_by("number")
        ],
        "draft": Draft.objects.filter(segment=segment).count(),
        "messages": {message.function: message.text for message in segment.messages.all()},
        "versions": [
            {
                "now": version.now.isoformat(),
                "size": version.size,
                "entered": version.entered_count,
                "left": version.left_count,
                "members": list(members_of(version)),
            }
            for version in versions
        ],
    }


def _user(user: User) -> dict[str, object]:
    return {
        "admin": user.is_superuser,
        "seats": {seat.team.slug: [seat.role, seat.see_people] for seat in user.seats.all()},
        "demo_password": user.check_password("fieldnote-demo"),
    }


if __name__ == "__main__":
    main()
