"""How Salesforce words what went well and what did not."""

from __future__ import annotations

from typing import Any

from tests.fakes.vendor import Answer


class Refused(Exception):
    """A request that Salesforce answers with an error."""

    def __init__(self, status: int, code: str, message: str = "no") -> None:
        super().__init__(code)
        self.answer = Answer(status=status, content=[{"message": message, "errorCode": code}])


def done(record: str, *, created: bool | None) -> dict[str, Any]:
    """One record of a collection that went well."""
    about = {} if created is None else {"created": created}
    return {"id": record, "success": True, "errors": [], **about}


def error(code: str, message: str = "no", *fields: str) -> dict[str, Any]:
    """One record of a collection that did not."""
    about = {"statusCode": code, "message": message, "fields": list(fields)}
    return {"success": False, "errors": [about]}


def oauth(error: str, description: str = "no", *, status: int = 400) -> Answer:
    """A log-in that is refused."""
    return Answer(status=status, content={"error": error, "error_description": description})
