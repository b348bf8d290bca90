"""The tool's own id of a person, where it has one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from catalogue.models.inserting import InsertQuerySet
from integrations.models.destination import Destination


class RemoteContact(models.Model):
    """Told by the tool when it accepted the person; all lists of a destination share it. It is how
    a read-back recognises people where the tool names them by its own ids."""

    destination = models.ForeignKey(
        Destination, on_delete=models.CASCADE, related_name="remote_contacts"
    )
    ordinal = models.BigIntegerField()
    remote_id = models.CharField(max_length=200)

    objects: ClassVar = InsertQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["destination", "ordinal"], name="remote_contact_once"),
        ]
        indexes = [
            models.Index(fields=["destination", "remote_id"], name="remote_contact_remote_id"),
        ]

    def __str__(self) -> str:
        return f"contact of {self.ordinal}"
