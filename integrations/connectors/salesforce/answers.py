"""What Salesforce says of requests and records, and what we make of it.

https://developer.salesforce.com/docs/platform/api-rest/guide/errorcodes.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from integrations.errors import (
    AuthError,
    ConfigError,
    IntegrationError,
    RateLimited,
    TransientError,
    redact,
)
from integrations.http import DEFAULT_WAIT, Reply
from integrations.protocol import Outcome, Rejected, RetryAfter, Unknown

# The daily allowance is of the last 24 hours: it comes back little by little.
ALLOWANCE_WAIT = 900.0
# A record that another request holds; Salesforce itself has waited ten seconds for it by then.
LOCK_WAIT = 5.0
GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"})
_WAITING = frozenset({"UNABLE_TO_LOCK_ROW", "ALL_OR_NONE_OPERATION_ROLLED_BACK"})
_UNCERTAIN = frozenset({"UNKNOWN_EXCEPTION", "SERVER_UNAVAILABLE", "REQUEST_RUNNING_TOO_LONG"})
_RIGHTS = frozenset({"INVALID_TYPE_FOR_OPERATION", "INVALID_TYPE", "API_CURRENTLY_DISABLED"})
_SETTINGS = frozenset(
    {"INVALID_FIELD", "INVALID_FIELD_FOR_INSERT_UPDATE", "STORAGE_LIMIT_EXCEEDED", "NOT_FOUND"}
)
# Whose message is written by an admin or names fields; others may quote what we sent.
_TELLING = frozenset(
    {
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "DELETE_FAILED",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "FIELD_FILTER_VALIDATION_EXCEPTION",
        "INSUFFICIENT_ACCESS_OR_READONLY",
        "REQUIRED_FIELD_MISSING",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one record of a collection: its id, or the code and message of an error."""

    id: str = ""
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()


def results(reply: Reply, expected: int) -> list[Result]:
    """One result per record of a collection, in order. TransientError unless there are exactly as
    many as `expected` and each says what became of it."""
    if reply.status != 200:
        raise refusal(reply)
    said = reply.json()
    if not isinstance(said, list) or len(said) != expected:
        raise reply.senseless("Salesforce did not answer for every record.")
    return [_result(reply, one) for one in said]


def _result(reply: Reply, said: Any) -> Result:
    if isinstance(said, dict) and said.get("success") is True:
        if isinstance(said.get("id"), str) and said["id"]:
            return Result(id=said["id"])
    elif isinstance(said, dict) and said.get("success") is False:
        errors = said.get("errors")
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return _failed(errors[0])
    raise reply.senseless("Salesforce's answer about a record makes no sense.")


def _failed(error: dict[str, Any]) -> Result:
    fields = error.get("fields")
    return Result(
        code=str(error.get("statusCode") or "UNKNOWN_EXCEPTION"),
        message=str(error.get("message") or ""),
        fields=tuple(map(str, fields)) if isinstance(fields, list) else (),
    )


def outcome(result: Result) -> Outcome:
    """What the error of one record means for it. Raises AuthError and ConfigError for errors that
    every other record would meet as well."""
    if result.code in _RIGHTS:
        raise AuthError(f"Salesforce lets us no longer write: {result.code}.", vendor="salesforce")
    if result.code in _SETTINGS:
        raise ConfigError(_setting(result), vendor="salesforce")
    if result.code in _WAITING:
        return RetryAfter(LOCK_WAIT)
    if result.code in _UNCERTAIN:
        return Unknown(f"Salesforce answered {result.code}")
    return Rejected(_reason(result))


def _setting(result: Result) -> str:
    if result.code == "STORAGE_LIMIT_EXCEEDED":
        return "Salesforce's storage is full; nothing more can be written until there is room."
    named = ", ".join(result.fields) or redact(result.message)
    return f"Salesforce's contacts cannot be written as they are mapped: {named} ({result.code})."


def _reason(result: Result) -> str:
    if result.code == "DUPLICATES_DETECTED":
        return (
            "a duplicate rule of Salesforce finds somebody like this already (DUPLICATES_DETECTED);"
            " give that contact our id, or set the option adopt"
        )
    about = ", ".join(result.fields)
    if result.code in _TELLING:
        about = ": ".join(part for part in (about, redact(result.message).rstrip(".")) if part)
    return f"Salesforce refuses it: {result.code}" + (f" ({about})" if about else "")


def codes(reply: Reply) -> tuple[str, ...]:
    """The error codes of a request that was refused as a whole."""
    try:
        said = reply.json()
    except TransientError:
        return ()
    errors = said if isinstance(said, list) else []
    return tuple(str(one.get("errorCode", "")) for one in errors if isinstance(one, dict))


def refusal(reply: Reply) -> IntegrationError:
    """An answer that is no success, as the error it is."""
    found = codes(reply)
    if set(found) & {*_SETTINGS, "INVALID_TYPE"} or reply.status == 404:
        return ConfigError(
            "Salesforce does not have a field or an object that we ask for, or our user may not see"
            " it; see what it answered.",
            **reply.story(),
        )
    if reply.status >= 400 and found:
        return reply.refused(f"Salesforce refuses the request: {', '.join(found)}.")
    return reply.senseless("Salesforce's answer makes no sense.")


def judge(reply: Reply) -> IntegrationError | None:
    """403 is also what an account gets that has asked too often."""
    if reply.status in (403, 503) and "REQUEST_LIMIT_EXCEEDED" in codes(reply):
        is_short = "Concurrent" in reply.text
        return RateLimited(
            "Salesforce has answered as many requests as it allows.",
            retry_after=DEFAULT_WAIT if is_short else ALLOWANCE_WAIT,
            **reply.story(),
        )
    return None
