"""Scenarios of contacts: who is made, matched, written to, forgotten, and left alone."""

from __future__ import annotations

from integrations.protocol import Accepted, Observed, Operation, Rejected
from tests.integrations.contract.subject import Subject


def nobody_is_made_twice(subject: Subject) -> None:
    before = subject.harness.contacts()
    subject.add(1, 2)
    subject.add(1, 2)
    subject.remote_ids.clear()
    subject.add(1, 2)

    assert subject.harness.contacts() == before + 2
    subject.holds(1, 2)


def who_is_known_already_is_matched_and_not_made_again(subject: Subject) -> None:
    subject.harness.own(subject.harness.identity(1))
    before = subject.harness.contacts()

    subject.add(1)

    assert subject.harness.contacts() == before
    subject.holds(1)


def somebody_is_removed_whose_remote_id_was_never_told(subject: Subject) -> None:
    subject.add(1, 2)
    subject.remote_ids.clear()

    (outcome,) = subject.remove(1)

    assert isinstance(outcome, Accepted)
    subject.holds(2)


def what_a_tool_keeps_of_its_own_is_left_alone(subject: Subject) -> None:
    identity = subject.harness.identity(1)
    kept = subject.harness.own(identity)

    subject.add(1)
    subject.remove(1)

    assert subject.harness.owned(identity) == kept


def removal_takes_off_the_list_and_keeps_the_contact(subject: Subject) -> None:
    subject.add(1)
    subject.remove(1)

    assert subject.harness.has_contact(subject.harness.identity(1))
    subject.holds()


def fields_are_written_and_written_anew(subject: Subject) -> None:
    names = mapped(subject)
    subject.add(1, fields={name: f"first {name}" for name in names})
    subject.add(1, fields={name: f"then {name}" for name in names})

    held = subject.harness.fields_of(subject.audience, subject.harness.identity(1))
    assert {name: held.get(name) for name in names} == {name: f"then {name}" for name in names}
    subject.holds(1)


def fields_of_one_are_not_those_of_another(subject: Subject) -> None:
    (name, *_) = mapped(subject)
    records = [subject.record(number, fields={name: f"of {number}"}) for number in (1, 2)]
    subject.send(Operation.ADD, records)

    for number in (1, 2):
        held = subject.harness.fields_of(subject.audience, subject.harness.identity(number))
        assert held.get(name) == f"of {number}"


def enriching_writes_fields_and_touches_no_list(subject: Subject) -> None:
    (name, *_) = mapped(subject)
    subject.add(1)
    subject.remove(1)
    before = subject.harness.contacts()

    known = subject.send(Operation.ENRICH, [subject.record(1, fields={name: "rich"})])
    stranger = subject.send(Operation.ENRICH, [subject.record(88, fields={name: "rich"})])

    assert [type(known[0]), type(stranger[0])] == [Accepted, Rejected]
    held = subject.harness.fields_of(subject.audience, subject.harness.identity(1))
    assert held.get(name) == "rich"
    assert subject.harness.contacts() == before
    subject.holds()


def who_is_erased_is_gone_from_the_tool(subject: Subject) -> None:
    subject.add(1, 2)

    (outcome,) = subject.connector.erase([subject.record(1)])

    assert isinstance(outcome, Accepted)
    assert not subject.harness.has_contact(subject.harness.identity(1))
    subject.holds(2)


def erasing_somebody_unknown_is_accepted(subject: Subject) -> None:
    subject.add(1)

    (outcome,) = subject.connector.erase([subject.record(66)])

    assert isinstance(outcome, Accepted)
    subject.holds(1)


def who_opted_out_over_there_is_told_to_us(subject: Subject) -> None:
    subject.add(1, 2)
    subject.harness.opt_out(subject.audience, subject.harness.identity(1))

    observed = subject.connector.read_back(subject.audience)
    told = {subject.harness.named(member) for member in getattr(observed, "opted_out", ())}
    (again,) = subject.try_to_add(1)

    refused = isinstance(again, Rejected) and again.opted_out
    assert isinstance(observed, Observed)
    assert told == set(subject.expected(1)) or refused


def mapped(subject: Subject) -> list[str]:
    """The tool's fields that the harness maps, by name."""
    options = subject.harness.options
    names = [str(options[f"field_{one}"]) for one in subject.manifest.fields]
    assert names, "a connector that writes fields maps some in its harness"
    return names


SCENARIOS = (
    nobody_is_made_twice,
    who_is_known_already_is_matched_and_not_made_again,
    somebody_is_removed_whose_remote_id_was_never_told,
    what_a_tool_keeps_of_its_own_is_left_alone,
    removal_takes_off_the_list_and_keeps_the_contact,
    fields_are_written_and_written_anew,
    fields_of_one_are_not_those_of_another,
    enriching_writes_fields_and_touches_no_list,
    who_is_erased_is_gone_from_the_tool,
    erasing_somebody_unknown_is_accepted,
    who_opted_out_over_there_is_told_to_us,
)
