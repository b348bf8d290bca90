from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Where segments go and what came of it."""

    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
