"""Bugs to plant, each of which a run of faults has to catch: else its zeros mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Plant = Callable[[], None]
MUTANTS: dict[str, Plant] = {}


def plant(name: str) -> None:
    """Plant one bug in this process."""
    MUTANTS[name]()


def mutant(function: Plant) -> Plant:
    MUTANTS[function.__name__] = function
    return function


@mutant
def acknowledged_before_it_is_sent() -> None:
    """Whoever is claimed counts as confirmed."""
    from pyroaring import BitMap

    from integrations.models import Audience
    from integrations.models.audience import acknowledged_fields
    from integrations.protocol import Operation
    from integrations.sync import ledger

    original = ledger.claim

    def claim(**about: Any) -> Any:
        made = original(**about)
        row = Audience.objects.get(pk=about["hold"].audience_id)
        members = row.acknowledged_members()
        named = BitMap(record.ordinal for record in made.records)
        moved = members | named if made.operation is Operation.ADD else members - named
        about["hold"].write(**acknowledged_fields(moved))
        return made

    ledger.claim = claim


@mutant
def suppression_is_not_looked_up_again() -> None:
    """Who was allowed when the plan was made is sent."""
    from integrations.sync.sending import Sender

    Sender._allowed = lambda self: self.target.people  # type: ignore[method-assign]


@mutant
def suppression_makes_no_sync_due() -> None:
    """A list is looked at again only when the segment has a new version."""
    from integrations.sync import targets

    targets.published.privacy_state = lambda consent="", now=None: ""  # type: ignore[assignment]


@mutant
def the_fence_is_not_looked_at() -> None:
    """A worker whose lease was lost writes on."""
    from integrations.models.audience import AudienceQuerySet, later

    def write(self: Any, audience_id: int, *, fence: int, seconds: float, **fields: Any) -> None:
        self.filter(pk=audience_id).update(lease_expires_at=later(seconds), **fields)

    AudienceQuerySet.write = write  # type: ignore[method-assign]


@mutant
def silence_is_taken_for_success() -> None:
    """Whatever is not known counts as confirmed."""
    from integrations.protocol import Accepted, Unknown
    from integrations.sync import pushing
    from integrations.sync.pushing import Answer

    original = pushing._asked

    def asked(*about: Any) -> Answer:
        answer = original(*about)
        believed = [Accepted() if isinstance(o, Unknown) else o for o in answer.outcomes]
        return Answer(outcomes=believed, error=answer.error, fault=answer.fault)

    pushing._asked = asked


@mutant
def the_difference_is_taken_from_what_was_sent() -> None:
    """The cursor moves when a sync is planned: who was sent once is never sent again."""
    from integrations.models import Audience

    Audience.acknowledged_members = lambda self: self.sent_members()  # type: ignore[method-assign]


@mutant
def who_may_be_there_is_forgotten() -> None:
    """An add whose answer was lost is not taken back when the person leaves."""
    from pyroaring import BitMap

    from integrations.models import Audience

    Audience.uncertain_members = lambda self: BitMap()  # type: ignore[method-assign]


@mutant
def strangers_are_removed() -> None:
    """Every list is a mirror."""
    from integrations.models import SyncMode
    from integrations.sync import run

    run.SyncMode = type(  # type: ignore[misc,assignment]
        "Everything", (), {"MIRROR": SyncMode.MANAGED, "ENRICH": SyncMode.ENRICH}
    )


@mutant
def a_wish_to_wait_is_ignored() -> None:
    """Retry-After is read as: at once."""
    from integrations import reply

    reply.waiting_time = lambda header, *, now: 0.0


@mutant
def one_bad_record_parks_its_whole_batch() -> None:
    """What was refused together is refused one by one."""
    from integrations.protocol import Rejected, Split
    from integrations.sync import ledger

    original = ledger.sort_outcomes

    def sort(records: Any, outcomes: Any) -> Any:
        refused = [Rejected(o.reason) if isinstance(o, Split) else o for o in outcomes]
        return original(records, refused)

    ledger.sort_outcomes = sort


@mutant
def a_list_that_is_gone_is_made_again() -> None:
    """Nobody is asked."""
    from integrations.sync.work import Asked

    Asked.recreate = property(lambda self: True)  # type: ignore[assignment]


@mutant
def what_is_read_back_is_not_believed() -> None:
    """The tool is asked what it holds, and nothing is put right by it."""
    from integrations.models import Audience, DriftReport
    from integrations.sync import read_back

    def believe(hold: Any, audience: Audience, seen: Any, **about: Any) -> DriftReport:
        return DriftReport.objects.create(
            audience=audience,
            version=audience.version,
            as_of=about["as_of"],
            held=seen.held,
            missing=len(seen.missing),
            extra=len(seen.extra),
        )

    read_back._believe = believe


@mutant
def there_is_no_brake() -> None:
    """An empty segment empties its list."""
    from integrations.sync import planning

    planning.brake_sentence = lambda steps: None
