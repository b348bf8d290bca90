"""Every noun that integrations put into the admin."""

from integrations.admin import audience, destination, drift, rejection, sync_run

__all__ = ["audience", "destination", "drift", "rejection", "sync_run"]
