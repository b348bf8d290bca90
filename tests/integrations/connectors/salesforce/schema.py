"""The fields of a contact, as a fake Salesforce describes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

ID_FIELD = "Segment_Catalogue_Id__c"
OTHERS = ("Why__c", "Segment__c", "Name__c", "Message__c", "Since__c", "Goal__c", "Title")


def fields(kind: str) -> Iterator[dict[str, Any]]:
    """What a description says of each field of a kind of record."""
    if kind != "Contact":
        return
    free = {"createable": True, "updateable": True, "externalId": False, "unique": False}
    ours = {"externalId": True, "unique": True, "caseSensitive": True, "length": 255}
    fixed = {"createable": False, "updateable": False}
    yield {"name": ID_FIELD, "type": "string", **free, **ours}
    # As an admin makes one who takes the default: "ABC" and "abc" are duplicates.
    yield {"name": "Careless_Id__c", "type": "string", **free, **ours, "caseSensitive": False}
    for name in ("LastName", "FirstName", "Email", "AccountId", "HasOptedOutOfEmail", *OTHERS):
        yield {"name": name, "type": "string", "caseSensitive": False, **free}
    for name in ("Id", "Name", "LastModifiedDate", "Score__c"):
        yield {"name": name, "type": "string", "caseSensitive": False, **free, **fixed}
