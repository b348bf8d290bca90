from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """What a segment is and who is in it."""

    name = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have every membership version measured, and divided by goal and experiments."""
        from catalogue.experiments import audiences
        from catalogue.goals import registering
        from catalogue.metrics.gauges import register_all

        register_all()
        registering.register_all()
        audiences.register()
