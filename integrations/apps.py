from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Where segments go and what came of it."""

    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Answer what the catalogue's pages ask about tools."""
        from catalogue.ports import (
            register_erasure_elsewhere,
            register_retained,
            register_sync_runs,
            register_tool_states,
        )
        from integrations.sync.erasing import ErasureInTools
        from integrations.sync.retention import retained
        from integrations.sync.run_lines import Syncs
        from integrations.sync.states import tool_states

        register_tool_states(tool_states)
        register_sync_runs(Syncs())
        register_erasure_elsewhere(ErasureInTools())
        register_retained(retained)
