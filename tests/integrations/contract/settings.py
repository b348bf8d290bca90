"""Scenarios of `check`: what is set up wrongly is told before anything is sent."""

from __future__ import annotations

import pytest

from integrations.errors import AuthError, ConfigError, TransientError
from tests.integrations.contract.subject import Subject


def a_working_account_passes_its_check(subject: Subject) -> None:
    assert subject.connector.check().endswith(".")


def wrong_credentials_are_told(subject: Subject) -> None:
    with pytest.raises(AuthError) as refused:
        subject.reopened(**subject.harness.wrong_credentials()).check()
    assert refused.value.sentence


def rights_that_are_missing_are_told(subject: Subject) -> None:
    subject.harness.refuse_rights()

    with pytest.raises((AuthError, ConfigError)) as refused:
        subject.connector.check()
    assert refused.value.sentence


def a_field_that_does_not_exist_is_told_by_its_name(subject: Subject) -> None:
    options = subject.harness.unknown_field()

    with pytest.raises(ConfigError) as refused:
        subject.reopened(**options).check()
    assert any(str(value) in refused.value.sentence for value in options.values())


def a_field_that_cannot_be_written_is_told_by_its_name(subject: Subject) -> None:
    options = subject.harness.read_only_field()

    with pytest.raises(ConfigError) as refused:
        subject.reopened(**options).check()
    assert any(str(value) in refused.value.sentence for value in options.values())


def a_check_writes_nothing(subject: Subject) -> None:
    before = len(subject.fake.writes())
    subject.connector.check()

    assert len(subject.fake.writes()) == before
    subject.holds()


def a_tool_that_does_not_answer_is_told(subject: Subject) -> None:
    subject.fake.break_all("500", times=50)

    with pytest.raises(TransientError):
        subject.connector.check()


SCENARIOS = (
    a_working_account_passes_its_check,
    wrong_credentials_are_told,
    rights_that_are_missing_are_told,
    a_field_that_does_not_exist_is_told_by_its_name,
    a_field_that_cannot_be_written_is_told_by_its_name,
    a_check_writes_nothing,
    a_tool_that_does_not_answer_is_told,
)
